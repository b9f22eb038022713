/** Builds request bodies. */
import { toHex, utf8 } from "@pruntime/core/bytes";
import type { Random } from "@pruntime/core/crypto";
import { canonicalJson, type JsonObject } from "@pruntime/core/json";

/**
 * Builds the body of a request: the 2020 envelope with a random nonce. The nonce makes the hash of every
 * request unique, so a reply fits only one request.
 */
export function requestBody(random: Random, input: JsonObject): Uint8Array {
  return utf8(canonicalJson({ input, nonce: { id: u32(random(4)), value: toHex(random(16)) } }));
}

/** Reads four bytes as a big-endian number. */
export function u32(bytes: Uint8Array): number {
  return bytes.reduce((value, byte) => value * 256 + byte, 0);
}
