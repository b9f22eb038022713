export * from "../../gateway/src/innocent.ts";
