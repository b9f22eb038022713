/** Reads the storage queries of the modern API, and answers them item by item. */
import { to0x } from "@pruntime/core/bytes";
import type { Block } from "../../block.ts";
import { invalidParams } from "../error.ts";
import type { NodeView } from "../node-view.ts";
import { bytes, record, text } from "../params.ts";

const queryTypes = [
  "value",
  "hash",
  "closestDescendantMerkleValue",
  "descendantsValues",
  "descendantsHashes",
] as const;
type QueryType = (typeof queryTypes)[number];

/** A query about one key, or about all keys that begin with it. */
export interface StorageQuery {
  readonly key: Uint8Array;
  readonly type: QueryType;
  /** Only descendants after this key are returned; `undefined` returns all. */
  readonly after: Uint8Array | undefined;
}

/** One item of an answer: the key, and one of `value`, `hash`, `closestDescendantMerkleValue`. */
export type StorageItem = Readonly<Record<string, string>>;

/** Reads one query. @throws {@link RpcError} `-32602` */
export function storageQuery(value: unknown, name: string): StorageQuery {
  const { key, type, paginationStartKey: after } = record(value, name);
  const known = queryTypes.find((other) => other === text(type, `${name}.type`));
  if (known === undefined) throw invalidParams(`${name}.type is not a query type`);
  const start =
    after === undefined || after === null ? undefined : bytes(after, `${name}.paginationStartKey`);
  return { key: bytes(key, `${name}.key`), type: known, after: start };
}

/** Answers queries in order, lazily. An absent value produces no item. @throws {@link RpcError} `4003` */
export function* storageItems(
  node: NodeView,
  block: Block,
  queries: readonly StorageQuery[],
): Generator<StorageItem> {
  const state = node.state(block);
  for (const { key, type, after } of queries) {
    if (type === "closestDescendantMerkleValue") yield* closestDescendant(node, block, key);
    else if (type === "value" || type === "hash") {
      const value = state.get(key);
      if (value !== undefined) yield item(node, key, value, type);
    } else {
      const shown = type === "descendantsValues" ? "value" : "hash";
      for (const [below, value] of state.entries(key, after)) yield item(node, below, value, shown);
    }
  }
}

function item({ chain }: NodeView, key: Uint8Array, value: Uint8Array, shown: "value" | "hash"): StorageItem {
  return { key: to0x(key), [shown]: to0x(shown === "value" ? value : chain.crypto.blake2b256(value)) };
}

/**
 * Yields the hash of the topmost trie node whose key starts with `key`, or nothing if no key in the state
 * starts with `key`. The hash changes if any value under these keys changes.
 */
function* closestDescendant(node: NodeView, block: Block, key: Uint8Array): Generator<StorageItem> {
  const state = node.state(block);
  if (state.entries(key).next().done === true) return;
  const proof = state.prove([key]);
  const value = state.get(key);
  const { blake2b256 } = node.chain.crypto;
  const hashes = proof.map((part) => to0x(blake2b256(part)));
  // The last part of the proof may be a large value, which is stored outside its trie node.
  if (value !== undefined && hashes.at(-1) === to0x(blake2b256(value))) hashes.pop();
  yield { key: to0x(key), closestDescendantMerkleValue: hashes.at(-1) ?? to0x(state.root) };
}
