export * from "../../verifiers/src/innocent.ts";
