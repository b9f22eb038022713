export * from "../../trusted/runtime/src/innocent.ts";
