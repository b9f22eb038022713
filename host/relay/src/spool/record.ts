/**
 * The parts of one finalized block that a spool stores:
 * `version u8 = 1 ‖ header Vec<u8> ‖ justification Option<Vec<u8>> ‖ extrinsics Option<Vec<Vec<u8>>> ‖
 * Vec<(keys [u8; 8], nodes Vec<Vec<u8>>)>`.
 *
 * The header identifies the block, because the hash of the header is the hash of the block. The relay does
 * not verify the other parts. The worker verifies them as if they came from a node.
 */
import { equal } from "@pruntime/core/bytes";
import { decodeHeader } from "@pruntime/core/chain";
import type { Crypto } from "@pruntime/core/crypto";
import { decodeAll, encode, type Reader, type Writer } from "@pruntime/core/scale";

/** A finalized block, as far as a spool has it. */
export interface SpooledBlock {
  readonly number: number;
  readonly hash: Uint8Array;
  readonly encodedHeader: Uint8Array;
  /** The GRANDPA justification that a node has stored with the block. */
  readonly justification?: Uint8Array | undefined;
  /** The body, each extrinsic with its length prefix; `undefined` if the spool does not have it. */
  readonly extrinsics?: readonly Uint8Array[] | undefined;
  readonly proofs: readonly SpooledProof[];
}

/** A read proof of some keys in a block's state. */
export interface SpooledProof {
  /** Names the keys, as {@link keysName} does. */
  readonly keys: Uint8Array;
  readonly nodes: readonly Uint8Array[];
}

const version = 1;
const nameLength = 8;

/** A name of 8 bytes for a list of storage keys. */
export function keysName(crypto: Crypto, keys: readonly Uint8Array[]): Uint8Array {
  return crypto.blake2b256(encode(keys, writeByteStrings)).slice(0, nameLength);
}

/** The nodes of the block's read proof of these keys; `undefined` if the spool does not have that proof. */
export function proofOf({ proofs }: SpooledBlock, keys: Uint8Array): readonly Uint8Array[] | undefined {
  return proofs.find((proof) => equal(proof.keys, keys))?.nodes;
}

/** Combines two records of one block. If both have a part, the result has the part of `later`. */
export function merged(earlier: SpooledBlock, later: SpooledBlock): SpooledBlock {
  const kept = earlier.proofs.filter(({ keys }) => proofOf(later, keys) === undefined);
  return {
    ...later,
    justification: later.justification ?? earlier.justification,
    extrinsics: later.extrinsics ?? earlier.extrinsics,
    proofs: [...kept, ...later.proofs],
  };
}

/** Encodes a record. */
export function encodeSpooled(block: SpooledBlock): Uint8Array {
  return encode(block, (w, { encodedHeader, justification, extrinsics, proofs }) => {
    w.u8(version).vecU8(encodedHeader);
    w.option(justification, (w, bytes) => w.vecU8(bytes));
    w.option(extrinsics, writeByteStrings);
    w.vec(proofs, (w, { keys, nodes }) => writeByteStrings(w.raw(keys), nodes));
  });
}

/** Decodes a record, completely. @throws CodecError */
export function decodeSpooled(crypto: Crypto, bytes: Uint8Array): SpooledBlock {
  return decodeAll(bytes, (r) => {
    const found = r.u8();
    if (found !== version) throw r.badTag("SpooledBlock", found);
    const encodedHeader = r.vecU8();
    return {
      number: decodeHeader(encodedHeader).number,
      hash: crypto.blake2b256(encodedHeader),
      encodedHeader,
      justification: r.option((r) => r.vecU8()),
      extrinsics: r.option(readByteStrings),
      proofs: r.vec(nameLength + 1, (r) => ({ keys: r.take(nameLength), nodes: readByteStrings(r) })),
    };
  });
}

function readByteStrings(r: Reader): Uint8Array[] {
  return r.vec(1, (r) => r.vecU8());
}

function writeByteStrings(w: Writer, strings: readonly Uint8Array[]): void {
  w.vec(strings, (w, bytes) => w.vecU8(bytes));
}
