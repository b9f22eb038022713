/**
 * Block headers of every Substrate chain with 32-byte blake2 hashes and 32-bit block numbers, from 2019 until
 * today.
 *
 * `parent(32) ‖ compact number ‖ state root(32) ‖ extrinsics root(32) ‖ Vec<DigestItem>`. The block hash is
 * over all of these bytes, seals included.
 * @see
 * https://github.com/paritytech/polkadot-sdk/blob/04bde5623cea69bcfab2626395ad445fd01a884f/substrate/primitives/runtime/src/generic/header.rs
 */
import type { Crypto } from "../crypto/index.ts";
import { decodeAll, encode, type Reader, readCompactU32, type Writer } from "../scale/index.ts";
import { type DigestItem, fixed32, readDigestItem, writeDigestItem } from "./digest.ts";

/** A decoded block header. Hashes and roots are 32 bytes. */
export interface Header {
  readonly parentHash: Uint8Array;
  readonly number: number;
  readonly stateRoot: Uint8Array;
  readonly extrinsicsRoot: Uint8Array;
  readonly digest: readonly DigestItem[];
}

/** A header and the bytes it was decoded from. */
export interface ReceivedHeader {
  readonly header: Header;
  /** The bytes over which the block hash is computed, as a view of the message. */
  readonly encodedHeader: Uint8Array;
}

/**
 * The length of the shortest possible header, in bytes. Decoders use it to limit the number of headers in a
 * message.
 */
export const leastHeaderBytes = 98;

/**
 * The number of digest items in one header.
 * @limit items
 * @source chosen: chains write fewer than ten. A decoded item takes about a hundred bytes of memory, an
 * encoded one as little as two
 * @past `codec/too-long`
 */
export const maxDigestItems = 64;

/**
 * Reads a header inside a larger value; byte strings are views of the input.
 * @throws CodecError
 */
export function readHeader(r: Reader): Header {
  const parentHash = r.take(32);
  const number = readCompactU32(r);
  return {
    parentHash,
    number,
    stateRoot: r.take(32),
    extrinsicsRoot: r.take(32),
    digest: r.vec(1, readDigestItem, maxDigestItems),
  };
}

/**
 * Writes a header inside a larger value.
 * @throws CodecError `codec/out-of-range`
 */
export function writeHeader(w: Writer, header: Header): void {
  if (!Number.isInteger(header.number) || header.number > 0xffff_ffff) w.u32(header.number);
  w.raw(fixed32(header.parentHash)).compact(header.number);
  w.raw(fixed32(header.stateRoot)).raw(fixed32(header.extrinsicsRoot)).vec(header.digest, writeDigestItem);
}

/**
 * Decodes bytes that are exactly one header.
 * @throws CodecError
 */
export function decodeHeader(bytes: Uint8Array): Header {
  return decodeAll(bytes, readHeader);
}

/**
 * Reads a header inside a larger value, and returns the header together with its bytes.
 * @throws CodecError
 */
export function readReceivedHeader(r: Reader): ReceivedHeader {
  const start = r.offset;
  const header = readHeader(r);
  return { header, encodedHeader: r.bytes.subarray(start, r.offset) };
}

/**
 * Decodes bytes that are exactly one header, and returns the header together with the bytes.
 * @throws CodecError
 */
export function decodeReceivedHeader(bytes: Uint8Array): ReceivedHeader {
  return decodeAll(bytes, readReceivedHeader);
}

/**
 * Encodes a header in SCALE. The block hash is computed over these bytes.
 * @throws CodecError `codec/out-of-range`
 */
export function encodeHeader(header: Header): Uint8Array {
  return encode(header, writeHeader);
}

/**
 * The hash of a block.
 * @param encoded the exact bytes of the header
 */
export function headerHash(crypto: Pick<Crypto, "blake2b256">, encoded: Uint8Array): Uint8Array {
  return crypto.blake2b256(encoded);
}
