/** Makes signatures in the layout of TPMs for tests. */
import { sign } from "node:crypto";
import { concat } from "@pruntime/core/bytes";
import type { Keys } from "../../../trusted/core/test/attestation/pki.ts";

const be = (value: number) => Uint8Array.of(value >> 8, value & 255);
const sized = (bytes: Uint8Array) => concat(be(bytes.length), bytes);

/** Signs bytes and returns a TPMT_SIGNATURE: RSASSA for an RSA key, ECDSA for any other key. */
export function signature({ privateKey: key }: Keys, bytes: Uint8Array): Uint8Array {
  if (key.asymmetricKeyType === "rsa") return concat(be(0x14), be(0x0b), sized(sign("sha256", bytes, key)));
  const raw = sign("sha256", bytes, { key, dsaEncoding: "ieee-p1363" });
  return concat(be(0x18), be(0x0b), sized(raw.subarray(0, 32)), sized(raw.subarray(32)));
}
