import { type ReceivedHeader, readReceivedHeader } from "../chain/index.ts";
import { decodeAll, encode, type Reader, type Writer } from "../scale/index.ts";
import {
  type Encodable,
  readOptionBytes,
  readProof,
  readSignedBlock,
  type SignedBlock,
  writeOptionBytes,
  writeProof,
  writeSignedBlock,
} from "./headers.ts";

/**
 * The events of a block and their proof against its state root. All three fields are absent when the sender
 * did not look up the block's events.
 */
export interface ProvenEvents {
  /** The value of `System.Events`. */
  readonly events?: Uint8Array | undefined;
  /** Nodes of the state trie, in any order. */
  readonly proof?: readonly Uint8Array[] | undefined;
  /** The storage key that the sender proved. The caller compares it with the expected key. */
  readonly key?: Uint8Array | undefined;
}

/** A block with its body and events: the format from June to September 2020. */
export interface BlockWithEvents extends ProvenEvents {
  readonly block: SignedBlock;
}

/** A block's header and events, without the body: the format since October 2020. */
export interface BlockHeaderWithEvents extends ReceivedHeader, ProvenEvents {}

/**
 * Decodes bytes that are exactly one `BlockWithEvents`; byte strings are views of the input.
 * @throws CodecError
 */
export function decodeBlockWithEvents(bytes: Uint8Array): BlockWithEvents {
  return decodeAll(bytes, (r) => ({ block: readSignedBlock(r), ...readProvenEvents(r) }));
}

/**
 * The SCALE bytes that a relay sends for a block, its body and its events.
 * @throws CodecError `codec/out-of-range`
 */
export function encodeBlockWithEvents(
  value: ProvenEvents & { readonly block: Encodable<SignedBlock> },
): Uint8Array {
  return encode(value, (w, value) => {
    writeSignedBlock(w, value.block);
    writeProvenEvents(w, value);
  });
}

/**
 * Decodes bytes that are exactly one `BlockHeaderWithEvents`; byte strings are views of the input.
 * @throws CodecError
 */
export function decodeBlockHeaderWithEvents(bytes: Uint8Array): BlockHeaderWithEvents {
  return decodeAll(bytes, (r) => ({ ...readReceivedHeader(r), ...readProvenEvents(r) }));
}

/**
 * The SCALE bytes that a relay sends for a header and its events.
 * @throws CodecError `codec/out-of-range`
 */
export function encodeBlockHeaderWithEvents(value: Encodable<BlockHeaderWithEvents>): Uint8Array {
  return encode(value, (w, value) => writeProvenEvents(w.raw(value.encodedHeader), value));
}

function readProvenEvents(r: Reader): ProvenEvents {
  return { events: readOptionBytes(r), proof: r.option(readProof), key: readOptionBytes(r) };
}

function writeProvenEvents(w: Writer, { events, proof, key }: ProvenEvents): void {
  writeOptionBytes(w, events);
  w.option(proof, writeProof);
  writeOptionBytes(w, key);
}
