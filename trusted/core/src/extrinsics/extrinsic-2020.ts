/**
 * Extrinsics of version 4 as chains of 2020 wrote them, with addresses in the form of the indices pallet.
 *
 * `length ‖ 0x84 ‖ address ‖ signature ‖ era ‖ compact nonce ‖ compact tip ‖ call`, or
 * `length ‖ 0x04 ‖ call` without a signer.
 * @see https://github.com/paritytech/substrate/blob/v2.0.0/primitives/runtime/src/generic/unchecked_extrinsic.rs
 */
import { CodecError, decodeAll, Reader, readCompact, readCompactU32 } from "../scale/index.ts";
import { type Era, readEra } from "./era.ts";
import { type MultiSignature, readMultiSignature } from "./multi-signature.ts";

/** An extrinsic of a 2020 chain, with or without a signature. */
export type Extrinsic2020 = SignedExtrinsic2020 | UnsignedExtrinsic2020;

/** A signed transaction. Its byte strings are views of the input. */
export interface SignedExtrinsic2020 {
  readonly signer: Signer2020;
  /** Not verified here. The chain verifies the signature before it includes the extrinsic in a block. */
  readonly signature: MultiSignature;
  readonly era: Era;
  readonly nonce: number;
  readonly tip: bigint;
  /** Pallet index, call index and arguments, as a view of the input. */
  readonly call: Uint8Array;
}

/**
 * An extrinsic without a signature: an inherent, which the block's author adds, or an unsigned transaction.
 */
export interface UnsignedExtrinsic2020 {
  readonly signer?: undefined;
  readonly call: Uint8Array;
}

/** The address of a transaction's signer. */
export type Signer2020 =
  | { readonly kind: "account"; readonly id: Uint8Array }
  /** An index that the chain's state maps to an account. */
  | { readonly kind: "index"; readonly index: number };

/**
 * Decodes one extrinsic.
 * @param bytes the extrinsic, starting with its compact length
 * @throws CodecError
 */
export function decodeExtrinsic2020(bytes: Uint8Array): Extrinsic2020 {
  return readBody(new Reader(decodeAll(bytes, (r) => r.vecU8())));
}

function readBody(r: Reader): Extrinsic2020 {
  const version = r.u8();
  if (version === 0x04) return { call: r.take(r.left) };
  if (version !== 0x84) throw r.badTag("extrinsic version", version);
  return {
    signer: readSigner(r),
    signature: readMultiSignature(r),
    era: readEra(r),
    nonce: readCompactU32(r),
    tip: readTip(r),
    call: r.take(r.left),
  };
}

/**
 * Reads an address. A first byte up to 0xef is itself an index. 0xfc announces an index of two bytes, 0xfd an
 * index of four bytes, and 0xff an account.
 */
function readSigner(r: Reader): Signer2020 {
  const { offset } = r;
  const tag = r.u8();
  if (tag === 0xff) return { kind: "account", id: r.take(32) };
  if (tag < 0xf0) return { kind: "index", index: tag };
  if (tag !== 0xfc && tag !== 0xfd) throw r.badTag("address", tag);
  const [index, least] = tag === 0xfc ? [r.u16(), 0xf0] : [r.u32(), 0x1_0000];
  if (index < least) throw new CodecError({ code: "codec/non-canonical", offset, type: "address" });
  return { kind: "index", index };
}

function readTip(r: Reader): bigint {
  const tip = readCompact(r);
  if (tip >> 128n !== 0n) throw new CodecError({ code: "codec/out-of-range", type: "compact u128" });
  return tip;
}
