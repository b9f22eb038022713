export * from "../../api/src/innocent.ts";
