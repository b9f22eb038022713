export * from "./error.ts";
export type { StateVersion, TrieParameters } from "./node.ts";
export { orderedKey, orderedRoot, orderedTrie } from "./ordered.ts";
export {
  defaultProofLimits,
  openStateProof,
  openStateProofWork,
  type ProofLimits,
  StateProof,
} from "./proof.ts";
export { Trie } from "./trie.ts";
