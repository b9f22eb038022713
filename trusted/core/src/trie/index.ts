export * from "./error.ts";
export type { StateVersion, TrieParameters } from "./node.ts";
export { type NodeStore, StoredNodes } from "./nodes.ts";
export { orderedKey, orderedRoot, orderedTrie } from "./ordered.ts";
export {
  defaultProofLimits,
  openStateProof,
  openStateProofWork,
  type ProofLimits,
  StateProof,
} from "./proof.ts";
export * from "./store-error.ts";
export { Trie } from "./trie.ts";
