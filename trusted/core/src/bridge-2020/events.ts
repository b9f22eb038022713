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

/** The events of a block and their proof at its state root; a block whose events nobody looked up has none of the three. */
export interface ProvenEvents {
  /** The value of `System.Events`. */
  readonly events?: Uint8Array | undefined;
  /** Nodes of the state trie, in no order. */
  readonly proof?: readonly Uint8Array[] | undefined;
  /** The storage key the sender has proven: to be compared with the one meant. */
  readonly key?: Uint8Array | undefined;
}

/** A block with its body, June to September 2020. */
export interface BlockWithEvents extends ProvenEvents {
  readonly block: SignedBlock;
}

/** A block without its body, from October 2020. */
export interface BlockHeaderWithEvents extends ReceivedHeader, ProvenEvents {}

/** @throws CodecError */
export function decodeBlockWithEvents(bytes: Uint8Array): BlockWithEvents {
  return decodeAll(bytes, (r) => ({ block: readSignedBlock(r), ...readProvenEvents(r) }));
}

export function encodeBlockWithEvents(
  value: ProvenEvents & { readonly block: Encodable<SignedBlock> },
): Uint8Array {
  return encode(value, (w, value) => {
    writeSignedBlock(w, value.block);
    writeProvenEvents(w, value);
  });
}

/** @throws CodecError */
export function decodeBlockHeaderWithEvents(bytes: Uint8Array): BlockHeaderWithEvents {
  return decodeAll(bytes, (r) => ({ ...readReceivedHeader(r), ...readProvenEvents(r) }));
}

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
