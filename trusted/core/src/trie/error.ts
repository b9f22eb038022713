import { ProtocolError } from "../errors/index.ts";

/** Why a trie node, a proof or a key is rejected. */
export type TrieErrorDetail =
  /**
   * A trie node is not canonical: it is cut short or padded, or has a child or value that no canonical trie
   * has.
   */
  | { readonly code: "trie/bad-node"; readonly reason: BadNode }
  /** No node of the proof has the trusted root's hash: it proves another state, or nothing. */
  | { readonly code: "trie/root-missing"; readonly root: Uint8Array }
  /**
   * The proof lacks a node or a value on the path to the key, so it proves neither a value nor the absence of
   * one.
   */
  | { readonly code: "trie/incomplete-proof"; readonly missing: Uint8Array }
  /** The proof contains one node twice. */
  | { readonly code: "trie/duplicate-node"; readonly hash: Uint8Array }
  /** The proof has more nodes or bytes than its reader accepts. */
  | { readonly code: "trie/too-large"; readonly what: "nodes" | "bytes"; readonly limit: number }
  /** A key is longer than 32,767 bytes, the most that a node can express. */
  | { readonly code: "trie/key-too-long"; readonly length: number };

/** The rule that the bytes of a trie node break. */
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
