import { equal } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import { Writer } from "@pruntime/core/scale";
import type { RuntimeVersion } from "../types.ts";
import type { SignedExtrinsic } from "./extrinsic.ts";

/** The data that is signed in addition to the extrinsic itself. */
export interface SignedContext {
  readonly version: RuntimeVersion;
  readonly genesisHash: Uint8Array;
  /** The hash of the block with which the era begins. */
  readonly birthHash: Uint8Array;
}

const longestPlainPayload = 256;

/** Whether the signer signed this call, with these extensions, for this chain. */
export function isSignedBySigner(
  crypto: Crypto,
  extrinsic: SignedExtrinsic,
  context: SignedContext,
): boolean {
  if (extrinsic.coversMetadata) return false;
  return verify(crypto, extrinsic, signedPayload(crypto, extrinsic, context));
}

/**
 * Returns the bytes that are signed: `call ‖ extra ‖ spec version ‖ transaction version ‖ genesis ‖ birth ‖
 * no metadata hash`, or their BLAKE2b-256 hash if they are longer than 256 bytes.
 */
function signedPayload(
  crypto: Crypto,
  { call, extra }: SignedExtrinsic,
  { version, genesisHash, birthHash }: SignedContext,
): Uint8Array {
  const w = new Writer().raw(call).raw(extra).u32(version.specVersion).u32(version.transactionVersion);
  const payload = w.raw(genesisHash).raw(birthHash).u8(0).finish();
  return payload.length > longestPlainPayload ? crypto.blake2b256(payload) : payload;
}

function verify(
  crypto: Crypto,
  { signer, signature: { kind, bytes } }: SignedExtrinsic,
  payload: Uint8Array,
): boolean {
  switch (kind) {
    case "ed25519":
      return crypto.ed25519.verify(signer, payload, bytes);
    case "sr25519":
      return crypto.sr25519.verify(signer, payload, bytes);
    case "ecdsa": {
      const publicKey = crypto.secp256k1.recover(crypto.blake2b256(payload), bytes);
      return publicKey !== undefined && equal(crypto.blake2b256(publicKey), signer);
    }
  }
}
