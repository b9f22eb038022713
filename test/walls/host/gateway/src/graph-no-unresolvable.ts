export * from "./nowhere.ts";
