export * from "./body.ts";
export * from "./command-remark.ts";
export { type Era, readEra } from "./era.ts";
export * from "./extrinsic-2020.ts";
export * from "./multi-signature.ts";
export * from "./push-command-2020.ts";
export * from "./root.ts";
