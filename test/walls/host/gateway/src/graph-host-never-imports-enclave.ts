export * from "../../../enclave/src/innocent.ts";
