/**
 * Makes the Aura digest items of headers: slot and seal. The validators of a set take turns as block authors.
 */
import { type DigestItem, encodeHeader, type Header } from "@pruntime/core/chain";
import type { Crypto } from "@pruntime/core/crypto";
import { encode } from "@pruntime/core/scale";
import type { Validators } from "./authorities.ts";

const engine = "aura";

/**
 * The digest item with a block's slot. A slot lasts one millisecond, so no two blocks of a branch share a
 * slot.
 */
export function slotDigest(timeMs: bigint): DigestItem {
  return { kind: "pre-runtime", engine, data: encode(timeMs, (w, slot) => w.u64(slot)) };
}

/** Adds a seal to the header: the author's signature over the hash of the unsealed header. */
export function sealHeader(crypto: Crypto, validators: Validators, setId: bigint, unsealed: Header): Header {
  const authors = validators.keys(setId);
  const author = authors[unsealed.number % authors.length];
  if (author === undefined) throw new TypeError("a set without validators");
  const data = author.sign(crypto.blake2b256(encodeHeader(unsealed)));
  return { ...unsealed, digest: [...unsealed.digest, { kind: "seal", engine, data }] };
}
