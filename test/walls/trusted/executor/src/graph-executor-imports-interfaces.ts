export * from "../../runtime/src/innocent.ts";
