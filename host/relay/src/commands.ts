/** Fetches what dispatch needs of finalized blocks: their events with a read proof, or, for 2020 chains, their bodies. */
import { encodeBlockHeaderWithEvents, encodeSignedBlock } from "@pruntime/core/bridge-2020";
import { decodeHeader } from "@pruntime/core/chain";
import type { Crypto } from "@pruntime/core/crypto";
import { systemEventsKey, timestampNowKey, wellKnownKeys } from "@pruntime/core/storage-key";
import type { NodeHeader, SubstrateNode } from "./node/node.ts";
import { inParallel } from "./parallel.ts";

/**
 * SCALE `BlockHeaderWithEvents` of blocks `from`…`to`, cut where they would exceed `maxBytes` in all (one block always goes), and behind a block that changes the
 * runtime: what the events after it mean is another question.
 */
export async function fetchEvents(
  node: SubstrateNode,
  crypto: Crypto,
  from: number,
  to: number,
  maxBytes: number,
): Promise<Uint8Array[]> {
  const keys = [systemEventsKey(crypto), timestampNowKey(crypto)];
  const [eventsKey] = keys as [Uint8Array];
  const numbers = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  const headers = untilRuntimeChanges(await inParallel(numbers, 8, (number) => node.headerAt(number)));
  const blocks = await inParallel(headers, 8, async (header) => {
    const [events, proof] = await Promise.all([node.storage(eventsKey, header.hash), node.readProof(keys, header.hash)]);
    return encodeBlockHeaderWithEvents({ encodedHeader: header.encoded, events, proof, key: eventsKey });
  });
  return upTo(blocks, maxBytes);
}

/** The first blocks that stay within `maxBytes` together, and at least one. */
function upTo(blocks: readonly Uint8Array[], maxBytes: number): Uint8Array[] {
  let bytes = 0;
  const end = blocks.findIndex((block, i) => {
    bytes += block.length;
    return i > 0 && bytes > maxBytes;
  });
  return end < 0 ? [...blocks] : blocks.slice(0, end);
}

function untilRuntimeChanges(headers: readonly NodeHeader[]): readonly NodeHeader[] {
  const changes = ({ encoded }: NodeHeader): boolean =>
    decodeHeader(encoded).digest.some(({ kind }) => kind === "runtime-environment-updated");
  const last = headers.findIndex(changes);
  return last < 0 ? headers : headers.slice(0, last + 1);
}

/** A read proof of the runtime's code in the state of a block. */
export async function fetchCodeProof(node: SubstrateNode, number: number): Promise<Uint8Array[]> {
  return node.readProof([wellKnownKeys.code], await node.hashAt(number));
}

/** SCALE `SignedBlock` of one block. */
export async function fetchSignedBlock(node: SubstrateNode, number: number): Promise<Uint8Array> {
  const { header, extrinsics, justification } = await node.blockAt(number);
  return encodeSignedBlock({ encodedHeader: header.encoded, extrinsics, justification });
}
