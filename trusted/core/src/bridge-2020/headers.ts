import { type ReceivedHeader, readReceivedHeader } from "../chain/index.ts";
import { readExtrinsics } from "../extrinsics/index.ts";
import { type Authority, readAuthorityList, writeAuthorityList } from "../grandpa/index.ts";
import { decodeAll, encode, type Reader, type Writer } from "../scale/index.ts";
import { defaultProofLimits } from "../trie/index.ts";

/** What an encoder needs of a value: the header's bytes stand for the header. */
export type Encodable<T extends ReceivedHeader> = Omit<T, "header">;

/** Where a worker starts: the genesis header and a read proof of its authorities. */
export interface BridgeInitInfo extends ReceivedHeader {
  readonly authorities: readonly Authority[];
  /** Nodes of the state trie, in no order. */
  readonly proof: readonly Uint8Array[];
}

/** A block's header and body. */
export interface SignedBlock extends ReceivedHeader {
  /** Each with its compact length in front, as the extrinsics root is over them. */
  readonly extrinsics: readonly Uint8Array[];
  readonly justification?: Uint8Array | undefined;
}

/** The next authority set and a proof of it at the last header of the batch. */
export interface AuthoritySetChange {
  readonly authorities: readonly Authority[];
  readonly setId: bigint;
  /** Nodes of the state trie, in no order. */
  readonly proof: readonly Uint8Array[];
}

/** One header of a batch; the last has a justification. */
export interface HeaderToSync extends ReceivedHeader {
  readonly justification?: Uint8Array | undefined;
}

/** @throws CodecError */
export function decodeBridgeInitInfo(bytes: Uint8Array): BridgeInitInfo {
  return decodeAll(bytes, (r) => ({
    ...readReceivedHeader(r),
    authorities: readAuthorityList(r),
    proof: readProof(r),
  }));
}

export function encodeBridgeInitInfo(info: Encodable<BridgeInitInfo>): Uint8Array {
  return encode(info, (w, { encodedHeader, authorities, proof }) => {
    writeAuthorityList(w.raw(encodedHeader), authorities);
    writeProof(w, proof);
  });
}

/** @throws CodecError */
export function decodeSignedBlock(bytes: Uint8Array): SignedBlock {
  return decodeAll(bytes, readSignedBlock);
}

export function encodeSignedBlock(block: Encodable<SignedBlock>): Uint8Array {
  return encode(block, writeSignedBlock);
}

export function readSignedBlock(r: Reader): SignedBlock {
  return {
    ...readReceivedHeader(r),
    extrinsics: readExtrinsics(r),
    justification: readOptionBytes(r),
  };
}

export function writeSignedBlock(w: Writer, block: Encodable<SignedBlock>): void {
  w.raw(block.encodedHeader).vec(block.extrinsics, (w, extrinsic) => w.raw(extrinsic));
  writeOptionBytes(w, block.justification);
}

/** @throws CodecError */
export function decodeAuthoritySetChange(bytes: Uint8Array): AuthoritySetChange {
  return decodeAll(bytes, (r) => ({
    authorities: readAuthorityList(r),
    setId: r.u64(),
    proof: readProof(r),
  }));
}

export function encodeAuthoritySetChange(change: AuthoritySetChange): Uint8Array {
  return encode(change, (w, { authorities, setId, proof }) => {
    writeAuthorityList(w, authorities);
    writeProof(w.u64(setId), proof);
  });
}

/** @throws CodecError */
export function decodeHeaderToSync(bytes: Uint8Array): HeaderToSync {
  return decodeAll(bytes, (r) => ({ ...readReceivedHeader(r), justification: readOptionBytes(r) }));
}

export function encodeHeaderToSync(header: Encodable<HeaderToSync>): Uint8Array {
  return encode(header, (w, { encodedHeader, justification }) =>
    writeOptionBytes(w.raw(encodedHeader), justification),
  );
}

/** No more nodes than a proof may have: a node can be written in one byte, and read it takes a hundred. */
export function readProof(r: Reader): readonly Uint8Array[] {
  return r.vec(1, (r) => r.vecU8(), defaultProofLimits.nodes);
}

export function writeProof(w: Writer, proof: readonly Uint8Array[]): void {
  w.vec(proof, (w, node) => w.vecU8(node));
}

export function readOptionBytes(r: Reader): Uint8Array | undefined {
  return r.option((r) => r.vecU8());
}

export function writeOptionBytes(w: Writer, bytes: Uint8Array | undefined): void {
  w.option(bytes, (w, bytes) => w.vecU8(bytes));
}
