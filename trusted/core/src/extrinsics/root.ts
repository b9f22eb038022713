import type { Crypto } from "../crypto/index.ts";
import { orderedRoot } from "../trie/index.ts";

/** What a header says of its body. @param extrinsics each with its compact length in front, as it stands in the block */
export function extrinsicsRoot(
  crypto: Pick<Crypto, "blake2b256">,
  extrinsics: readonly Uint8Array[],
): Uint8Array {
  return orderedRoot(crypto.blake2b256, extrinsics);
}
