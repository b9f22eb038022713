export * from "./error.ts";
export * from "./proof.ts";
export * from "./verify.ts";
