export type { AncestryLink } from "./ancestry.ts";
export * from "./authority.ts";
export * from "./digest.ts";
export * from "./error.ts";
export * from "./justification.ts";
export * from "./verify.ts";
export { assertUsableSet } from "./voters.ts";
