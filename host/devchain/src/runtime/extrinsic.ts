/**
 * Extrinsics of version 4. Signed: `0x84 ‖ address ‖ signature ‖ era ‖ compact nonce ‖ compact tip ‖ metadata mode ‖ call`; bare: `0x04 ‖ call`;
 * both behind their compact length.
 */
import { decodeAll, type Reader, readCompact, readCompactU32 } from "@pruntime/core/scale";
import type { Era } from "./era.ts";
import { readEra } from "./era.ts";

export type SignatureKind = "ed25519" | "sr25519" | "ecdsa";

/** A signed extrinsic, taken apart. Byte strings are its own. */
export interface SignedExtrinsic {
  /** With its length prefix, as blocks carry it. */
  readonly encoded: Uint8Array;
  /** Account id, 32 bytes. */
  readonly signer: Uint8Array;
  readonly signature: { readonly kind: SignatureKind; readonly bytes: Uint8Array };
  readonly era: Era;
  readonly nonce: number;
  readonly tip: bigint;
  /** Whether the signature is said to cover the metadata's hash. */
  readonly coversMetadata: boolean;
  /** The extensions' own bytes, which the signature is over too. */
  readonly extra: Uint8Array;
  readonly call: Uint8Array;
}

const version = 4;
const signedFlag = 0x80;

/** @throws CodecError for anything but one signed extrinsic of version 4 whose address is an account id */
export function decodeSigned(encoded: Uint8Array): SignedExtrinsic {
  const own = encoded.slice();
  return decodeAll(
    decodeAll(own, (r) => r.vecU8()),
    (r) => {
      const tag = r.u8();
      if (tag !== (version | signedFlag)) throw r.badTag("ExtrinsicVersion", tag);
      const address = r.u8();
      if (address !== 0) throw r.badTag("MultiAddress", address);
      const signer = r.take(32);
      return { encoded: own, signer, signature: readSignature(r), ...readExtra(r), call: r.take(r.left) };
    },
  );
}

function readSignature(r: Reader): SignedExtrinsic["signature"] {
  const tag = r.u8();
  switch (tag) {
    case 0:
      return { kind: "ed25519", bytes: r.take(64) };
    case 1:
      return { kind: "sr25519", bytes: r.take(64) };
    case 2:
      return { kind: "ecdsa", bytes: r.take(65) };
    default:
      throw r.badTag("MultiSignature", tag);
  }
}

function readExtra(r: Reader): Pick<SignedExtrinsic, "era" | "nonce" | "tip" | "coversMetadata" | "extra"> {
  const start = r.offset;
  const [era, nonce, tip, coversMetadata] = [readEra(r), readCompactU32(r), readCompact(r), r.bool()];
  return { era, nonce, tip, coversMetadata, extra: r.bytes.subarray(start, r.offset) };
}
