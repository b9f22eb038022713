import { ProtocolError } from "../errors/index.ts";

export type TrieErrorDetail =
  /** A trie node that is not the one encoding of a node: cut short, padded, with a child or value no canonical trie has. */
  | { readonly code: "trie/bad-node"; readonly reason: BadNode }
  /** No node of the proof hashes to the root that is trusted: a proof of another state, or of none. */
  | { readonly code: "trie/root-missing"; readonly root: Uint8Array }
  /** The proof lacks a node or a value on the way to the key, so it says neither what is there nor that nothing is. */
  | { readonly code: "trie/incomplete-proof"; readonly missing: Uint8Array }
  /** One node is given twice. */
  | { readonly code: "trie/duplicate-node"; readonly hash: Uint8Array }
  /** A proof of more nodes or bytes than its reader takes. */
  | { readonly code: "trie/too-large"; readonly what: "nodes" | "bytes"; readonly limit: number }
  /** A key longer than the 32767 bytes that a node can express. */
  | { readonly code: "trie/key-too-long"; readonly length: number };

export type BadNode =
  | "malformed"
  | "reserved-header"
  | "empty-below-root"
  | "partial-too-long"
  | "padding"
  | "too-few-children"
  | "child-length"
  | "short-hashed-value";

/** A node or proof that does not show what it should. */
export class TrieError extends ProtocolError<TrieErrorDetail> {}
