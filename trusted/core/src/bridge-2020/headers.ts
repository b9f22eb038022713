import { type ReceivedHeader, readReceivedHeader } from "../chain/index.ts";
import { readExtrinsics } from "../extrinsics/index.ts";
import { type Authority, readAuthorityList, writeAuthorityList } from "../grandpa/index.ts";
import { decodeAll, encode, type Reader, type Writer } from "../scale/index.ts";
import { defaultProofLimits } from "../trie/index.ts";

/**
 * The input of an encoder: a value without its decoded header, because the encoder writes the header's bytes.
 */
export type Encodable<T extends ReceivedHeader> = Omit<T, "header">;

/**
 * The data that a worker starts from: the genesis header, the authorities, and a proof of the authorities.
 */
export interface BridgeInitInfo extends ReceivedHeader {
  readonly authorities: readonly Authority[];
  /** Nodes of the state trie, in any order. */
  readonly proof: readonly Uint8Array[];
}

/** A block's header and body. */
export interface SignedBlock extends ReceivedHeader {
  /** The extrinsics, each starting with its compact length. The extrinsics root covers this form. */
  readonly extrinsics: readonly Uint8Array[];
  readonly justification?: Uint8Array | undefined;
}

/**
 * The next authority set, which a relay sends with a batch of headers. The proof is against the state root of
 * the last header in the batch.
 */
export interface AuthoritySetChange {
  readonly authorities: readonly Authority[];
  readonly setId: bigint;
  /** Nodes of the state trie, in any order. */
  readonly proof: readonly Uint8Array[];
}

/** One header of a batch that a relay sends. The last header of the batch has a justification. */
export interface HeaderToSync extends ReceivedHeader {
  readonly justification?: Uint8Array | undefined;
}

/**
 * Decodes bytes that are exactly one `BridgeInitInfo`; byte strings are views of the input.
 * @throws CodecError
 */
export function decodeBridgeInitInfo(bytes: Uint8Array): BridgeInitInfo {
  return decodeAll(bytes, (r) => ({
    ...readReceivedHeader(r),
    authorities: readAuthorityList(r),
    proof: readProof(r),
  }));
}

/**
 * The SCALE bytes with which a relay initializes a worker.
 * @throws CodecError `codec/out-of-range`
 */
export function encodeBridgeInitInfo(info: Encodable<BridgeInitInfo>): Uint8Array {
  return encode(info, (w, { encodedHeader, authorities, proof }) => {
    writeAuthorityList(w.raw(encodedHeader), authorities);
    writeProof(w, proof);
  });
}

/**
 * Decodes bytes that are exactly one `SignedBlock`; byte strings are views of the input.
 * @throws CodecError
 */
export function decodeSignedBlock(bytes: Uint8Array): SignedBlock {
  return decodeAll(bytes, readSignedBlock);
}

/**
 * The SCALE bytes of a block with its body. A missing justification is written as `None`.
 * @throws CodecError `codec/out-of-range`
 */
export function encodeSignedBlock(block: Encodable<SignedBlock>): Uint8Array {
  return encode(block, writeSignedBlock);
}

/**
 * Reads a block inside a larger value; byte strings are views of the input.
 * @throws CodecError
 */
export function readSignedBlock(r: Reader): SignedBlock {
  return {
    ...readReceivedHeader(r),
    extrinsics: readExtrinsics(r),
    justification: readOptionBytes(r),
  };
}

/**
 * Writes a block inside a larger value.
 * @throws CodecError `codec/out-of-range`
 */
export function writeSignedBlock(w: Writer, block: Encodable<SignedBlock>): void {
  w.raw(block.encodedHeader).vec(block.extrinsics, (w, extrinsic) => w.raw(extrinsic));
  writeOptionBytes(w, block.justification);
}

/**
 * Decodes bytes that are exactly one `AuthoritySetChange`; byte strings are views of the input.
 * @throws CodecError
 */
export function decodeAuthoritySetChange(bytes: Uint8Array): AuthoritySetChange {
  return decodeAll(bytes, (r) => ({
    authorities: readAuthorityList(r),
    setId: r.u64(),
    proof: readProof(r),
  }));
}

/**
 * The SCALE bytes that a relay sends for a new authority set.
 * @throws CodecError `codec/out-of-range`
 */
export function encodeAuthoritySetChange(change: AuthoritySetChange): Uint8Array {
  return encode(change, (w, { authorities, setId, proof }) => {
    writeAuthorityList(w, authorities);
    writeProof(w.u64(setId), proof);
  });
}

/**
 * Decodes bytes that are exactly one `HeaderToSync`; byte strings are views of the input.
 * @throws CodecError
 */
export function decodeHeaderToSync(bytes: Uint8Array): HeaderToSync {
  return decodeAll(bytes, (r) => ({ ...readReceivedHeader(r), justification: readOptionBytes(r) }));
}

/**
 * The SCALE bytes that a relay sends for one header of a batch.
 * @throws CodecError `codec/out-of-range`
 */
export function encodeHeaderToSync(header: Encodable<HeaderToSync>): Uint8Array {
  return encode(header, (w, { encodedHeader, justification }) =>
    writeOptionBytes(w.raw(encodedHeader), justification),
  );
}

/**
 * Reads the nodes of a proof, as views of the input. Limits their number, because a node can be as short as
 * one byte but uses a hundred bytes of memory once decoded.
 * @throws CodecError
 */
export function readProof(r: Reader): readonly Uint8Array[] {
  return r.vec(1, (r) => r.vecU8(), defaultProofLimits.nodes);
}

/** Writes the nodes of a proof as a `Vec<Vec<u8>>`. */
export function writeProof(w: Writer, proof: readonly Uint8Array[]): void {
  w.vec(proof, (w, node) => w.vecU8(node));
}

/**
 * Reads an `Option<Vec<u8>>` as a view of the input; `None` is `undefined`.
 * @throws CodecError
 */
export function readOptionBytes(r: Reader): Uint8Array | undefined {
  return r.option((r) => r.vecU8());
}

/** Writes an `Option<Vec<u8>>`; `undefined` is `None`. */
export function writeOptionBytes(w: Writer, bytes: Uint8Array | undefined): void {
  w.option(bytes, (w, bytes) => w.vecU8(bytes));
}
