export * from "./error.ts";
export type { StateVersion, TrieParameters } from "./node.ts";
export { orderedRoot, orderedRootWork } from "./ordered.ts";
export {
  defaultProofLimits,
  openStateProof,
  openStateProofWork,
  type ProofLimits,
  StateProof,
} from "./proof.ts";
export { Trie } from "./trie.ts";
