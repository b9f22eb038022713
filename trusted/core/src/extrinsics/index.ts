export type { Era } from "./era.ts";
export * from "./extrinsic-2020.ts";
export * from "./push-command-2020.ts";
export * from "./root.ts";
