import { encode } from "../scale/index.ts";
import { complete, type Work } from "../work/index.ts";
import type { StateVersion } from "./node.ts";
import { Trie } from "./trie.ts";

/**
 * The root of a trie in which each value of a list is stored under its compact-encoded index. A header's
 * extrinsics root is such a root.
 * @see https://spec.polkadot.network/chap-state#sect-merkl-proof
 */
export function orderedRoot(
  hash: (data: Uint8Array) => Uint8Array,
  values: readonly Uint8Array[],
  version: StateVersion = 0,
): Uint8Array {
  return complete(orderedRootWork(hash, values, version));
}

/** Computes {@link orderedRoot} in units. */
export function* orderedRootWork(
  hash: (data: Uint8Array) => Uint8Array,
  values: readonly Uint8Array[],
  version: StateVersion,
): Work<Uint8Array> {
  const entries = values.map((value, i) => [encode(i, (w, index) => w.compact(index)), value] as const);
  const trie = yield* Trie.empty({ hash, version }).applying(entries);
  yield* trie.settling();
  return trie.root;
}
