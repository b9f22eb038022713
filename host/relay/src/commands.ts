/** Fetches what dispatch needs of finalized blocks: their events with a read proof, or, for 2020 chains, their bodies. */
import { encodeBlockHeaderWithEvents, encodeSignedBlock } from "@pruntime/core/bridge-2020";
import type { Crypto } from "@pruntime/core/crypto";
import { systemEventsKey, timestampNowKey } from "@pruntime/core/storage-key";
import type { SubstrateNode } from "./node/node.ts";
import { inParallel } from "./parallel.ts";

/** SCALE `BlockHeaderWithEvents` of blocks `from`…`to`, cut where they would exceed `maxBytes` in all (one block always goes). */
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
  const blocks = await inParallel(numbers, 8, async (number) => {
    const header = await node.headerAt(number);
    const [events, proof] = await Promise.all([node.storage(eventsKey, header.hash), node.readProof(keys, header.hash)]);
    return encodeBlockHeaderWithEvents({
      encodedHeader: header.encoded,
      events,
      proof,
      key: eventsKey,
    });
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

/** SCALE `SignedBlock` of one block. */
export async function fetchSignedBlock(node: SubstrateNode, number: number): Promise<Uint8Array> {
  const { header, extrinsics, justification } = await node.blockAt(number);
  return encodeSignedBlock({ encodedHeader: header.encoded, extrinsics, justification });
}
