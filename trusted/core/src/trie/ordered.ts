import { encode } from "../scale/index.ts";
import { complete, type Work } from "../work/index.ts";
import type { StateVersion } from "./node.ts";
import { Trie } from "./trie.ts";

/** The key of a list's value in its {@link orderedTrie}. */
export function orderedKey(index: number): Uint8Array {
  return encode(index, (w, value) => w.compact(value));
}

/**
 * Builds a trie in which each value of a list is stored under its compact-encoded index. A header's
 * extrinsics root is the root of such a trie.
 * @see https://spec.polkadot.network/chap-state#sect-merkl-proof
 */
export function* orderedTrie(
  hash: (data: Uint8Array) => Uint8Array,
  values: readonly Uint8Array[],
  version: StateVersion,
): Work<Trie> {
  const entries = values.map((value, i) => [orderedKey(i), value] as const);
  const trie = yield* Trie.empty({ hash, version }).applying(entries);
  yield* trie.settling();
  return trie;
}

/** The root of an {@link orderedTrie}. */
export function orderedRoot(
  hash: (data: Uint8Array) => Uint8Array,
  values: readonly Uint8Array[],
  version: StateVersion = 0,
): Uint8Array {
  return complete(orderedTrie(hash, values, version)).root;
}
