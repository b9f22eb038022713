/** Request bodies. */
import { toHex, utf8 } from "@pruntime/core/bytes";
import type { Random } from "@pruntime/core/crypto";
import { canonicalJson, type JsonObject } from "@pruntime/core/json";

/** The request envelope of 2020. The nonce makes each request's hash its own, so no reply fits two. */
export function requestBody(random: Random, input: JsonObject): Uint8Array {
  return utf8(canonicalJson({ input, nonce: { id: u32(random(4)), value: toHex(random(16)) } }));
}

/** A number of four bytes, big-endian. */
export function u32(bytes: Uint8Array): number {
  return bytes.reduce((value, byte) => value * 256 + byte, 0);
}
