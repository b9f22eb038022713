import { ProtocolError } from "../errors/index.ts";

export type TrieErrorDetail =
  /**
   * A trie node is not canonical: it is cut short or padded, or has a child or value that no canonical trie
   * has.
   */
  | { readonly code: "trie/bad-node"; readonly reason: BadNode }
  /** No node of the proof has the trusted root's hash: it proves another state, or nothing. */
  | { readonly code: "trie/root-missing"; readonly root: Uint8Array }
  /**
   * The proof lacks a node or a value on the path to the key, so it shows neither a value nor its absence.
   */
  | { readonly code: "trie/incomplete-proof"; readonly missing: Uint8Array }
  /** The proof contains one node twice. */
  | { readonly code: "trie/duplicate-node"; readonly hash: Uint8Array }
  /** The proof has more nodes or bytes than its reader accepts. */
  | { readonly code: "trie/too-large"; readonly what: "nodes" | "bytes"; readonly limit: number }
  /** A key is longer than 32,767 bytes, the most that a node can express. */
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
