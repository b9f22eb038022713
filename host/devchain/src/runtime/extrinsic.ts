/**
 * Decodes signed extrinsics of version 4. Their content after the compact length is `0x84 ‖ address ‖
 * signature ‖ era ‖ compact nonce ‖ compact tip ‖ metadata mode ‖ call`.
 */
import { type Era, type MultiSignature, readEra, readMultiSignature } from "@pruntime/core/extrinsics";
import { decodeAll, type Reader, readCompact, readCompactU32 } from "@pruntime/core/scale";

/** A decoded signed extrinsic. Its byte strings are copies. */
export interface SignedExtrinsic {
  /** The whole extrinsic with its length prefix, as in block bodies. */
  readonly encoded: Uint8Array;
  /** The signer's account id, 32 bytes. */
  readonly signer: Uint8Array;
  readonly signature: MultiSignature;
  readonly era: Era;
  readonly nonce: number;
  readonly tip: bigint;
  /** Whether the signature claims to cover the metadata's hash. */
  readonly coversMetadata: boolean;
  /** The extensions' own bytes, which the signature also covers. */
  readonly extra: Uint8Array;
  readonly call: Uint8Array;
}

const version = 4;
const signedFlag = 0x80;

/**
 * Decodes one signed extrinsic of version 4 whose address is an account id.
 * @throws CodecError for all other bytes
 */
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
      const signature = readMultiSignature(r);
      return { encoded: own, signer, signature, ...readExtra(r), call: r.take(r.left) };
    },
  );
}

function readExtra(r: Reader): Pick<SignedExtrinsic, "era" | "nonce" | "tip" | "coversMetadata" | "extra"> {
  const start = r.offset;
  const [era, nonce, tip, coversMetadata] = [readEra(r), readCompactU32(r), readCompact(r), r.bool()];
  return { era, nonce, tip, coversMetadata, extra: r.bytes.subarray(start, r.offset) };
}
