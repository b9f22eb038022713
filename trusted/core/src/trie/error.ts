import { ProtocolError } from "../errors/index.ts";

/** Why a trie node, a proof or a key is rejected. */
export type TrieErrorDetail =
  /**
   * A trie node is not canonical: it is cut short or padded, or has a child or value that no canonical trie
   * has.
   */
  | { readonly code: "trie/bad-node"; readonly reason: BadNode }
  /** No node of the proof has the trusted root's hash: the proof is empty, or proves a different state. */
  | { readonly code: "trie/root-missing"; readonly root: Uint8Array }
  /**
   * The proof lacks a node on the path to the key, or the key's value. The proof therefore does not show
   * whether the key has a value, or which value.
   */
  | { readonly code: "trie/incomplete-proof"; readonly missing: Uint8Array }
  /** The proof contains a node or a value twice. */
  | { readonly code: "trie/duplicate-node"; readonly hash: Uint8Array }
  /** The proof has more nodes or bytes than its reader accepts. */
  | { readonly code: "trie/too-large"; readonly what: "nodes" | "bytes"; readonly limit: number }
  /** A key is longer than 32,767 bytes, the most that a node can express. */
  | { readonly code: "trie/key-too-long"; readonly length: number };

/** The rule that the bytes of a trie node violate. */
export type BadNode =
  | "malformed"
  | "reserved-header"
  | "empty-below-root"
  | "partial-too-long"
  | "padding"
  | "too-few-children"
  | "child-length"
  | "short-hashed-value";

/** A trie node, a proof or a key that is not acceptable. */
export class TrieError extends ProtocolError<TrieErrorDetail> {}
