import type { Crypto } from "../crypto/index.ts";
import { orderedTrie } from "../trie/index.ts";
import { complete, type Work } from "../work/index.ts";

/**
 * The `extrinsicsRoot` of a block's header: the root of a trie over the block's extrinsics.
 * @param extrinsics the extrinsics, each starting with its compact length, as in the block
 * @param systemVersion the `system_version` of the runtime that made the block; from 2 on, the trie has
 * layout V1
 * @see https://github.com/paritytech/polkadot-sdk/pull/4257
 */
export function extrinsicsRoot(
  crypto: Pick<Crypto, "blake2b256">,
  extrinsics: readonly Uint8Array[],
  systemVersion = 0,
): Uint8Array {
  return complete(extrinsicsRootWork(crypto, extrinsics, systemVersion));
}

/** Computes {@link extrinsicsRoot} in units. */
export function* extrinsicsRootWork(
  crypto: Pick<Crypto, "blake2b256">,
  extrinsics: readonly Uint8Array[],
  systemVersion: number,
): Work<Uint8Array> {
  return (yield* orderedTrie(crypto.blake2b256, extrinsics, systemVersion >= 2 ? 1 : 0)).root;
}
