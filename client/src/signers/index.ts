export * from "./ethereum.ts";
export * from "./extension.ts";
export { keyPairSigner, type QuerySigner } from "./signer.ts";
export * from "./ss58.ts";
