/**
 * Fetches the data with which a worker dispatches finalized blocks: read proofs of their events, read proofs
 * of the runtime's code, the bodies that the worker requests, and whole blocks for workers that read commands
 * from bodies.
 */
import { encodeBlockHeaderWithEvents, encodeSignedBlock } from "@pruntime/core/bridge-2020";
import { decodeHeader } from "@pruntime/core/chain";
import type { Crypto } from "@pruntime/core/crypto";
import { encodeBody } from "@pruntime/core/extrinsics";
import { systemEventsKey, timestampNowKey, wellKnownKeys } from "@pruntime/core/storage-key";
import { RelayError } from "../error.ts";
import type { NodeHeader, SubstrateNode } from "../node/node.ts";
import { inParallel } from "../node/parallel.ts";

const atOnce = 8;

/**
 * Fetches the blocks as SCALE `BlockHeaderWithEvents`. Only their proofs contain the events. The list ends
 * before it would exceed `maxBytes`, but has at least one block. The list also ends after a block that
 * changes the runtime, because later events need other metadata, and before a block whose state no node has.
 * @throws {@link RelayError} `relay/gap` if the first block is such a block
 */
export async function fetchEvents(
  node: SubstrateNode,
  crypto: Crypto,
  headers: readonly NodeHeader[],
  maxBytes: number,
): Promise<Uint8Array[]> {
  const wanted = untilRuntimeChanges(headers);
  const blocks: Uint8Array[] = [];
  let bytes = 0;
  for (let next = 0; next < wanted.length; next += atOnce) {
    for (const block of await inParallel(wanted.slice(next, next + atOnce), atOnce, (header) =>
      fetchBlock(node, crypto, header),
    )) {
      if (block instanceof Discarded) {
        if (blocks.length > 0) return blocks;
        throw await gapFrom(node, block);
      }
      bytes += block.length;
      if (blocks.length > 0 && bytes > maxBytes) return blocks;
      blocks.push(block);
    }
  }
  return blocks;
}

async function fetchBlock(
  node: SubstrateNode,
  crypto: Crypto,
  { number, hash, encoded }: NodeHeader,
): Promise<Uint8Array | Discarded> {
  const key = systemEventsKey(crypto);
  const keys = [wellKnownKeys.pendingCode, key, timestampNowKey(crypto)];
  try {
    const proof = await node.readProof(keys, hash);
    return encodeBlockHeaderWithEvents({ encodedHeader: encoded, events: undefined, proof, key });
  } catch (error) {
    if (!(error instanceof RelayError) || error.code !== "relay/state-discarded") throw error;
    return new Discarded(number, error);
  }
}

/** A block whose state no node has any more. */
class Discarded {
  readonly number: number;
  readonly cause: RelayError;

  constructor(number: number, cause: RelayError) {
    this.number = number;
    this.cause = cause;
  }
}

/** The error that names the blocks from this one to the last whose state no node has any more. */
async function gapFrom(node: SubstrateNode, { number: from, cause }: Discarded): Promise<RelayError> {
  const to = (await node.firstAvailable(from)) - 1;
  return new RelayError({ code: "relay/gap", from, to }, { cause });
}

function untilRuntimeChanges(headers: readonly NodeHeader[]): readonly NodeHeader[] {
  const last = headers.findIndex(changesRuntime);
  return last < 0 ? headers : headers.slice(0, last + 1);
}

/** Whether a block's digest announces that the block changes the runtime. */
export function changesRuntime({ encoded }: NodeHeader): boolean {
  return decodeHeader(encoded).digest.some(({ kind }) => kind === "runtime-environment-updated");
}

/**
 * Fetches a read proof from the state of a block. It proves the runtime's code, and the pending code that the
 * next block runs, if there is any.
 */
export function fetchCodeProof(node: SubstrateNode, hash: Uint8Array): Promise<readonly Uint8Array[]> {
  return node.readProof([wellKnownKeys.code, wellKnownKeys.pendingCode], hash);
}

/**
 * Fetches the bodies of these blocks, each with its number. The list ends before it would exceed `maxBytes`,
 * but has at least one body.
 */
export async function fetchBodies(
  node: SubstrateNode,
  numbers: readonly number[],
  maxBytes: number,
): Promise<Uint8Array[]> {
  const bodies: Uint8Array[] = [];
  let bytes = 0;
  for (const number of numbers) {
    const body = encodeBody({ number, extrinsics: (await node.blockAt(number)).extrinsics });
    bytes += body.length;
    if (bodies.length > 0 && bytes > maxBytes) return bodies;
    bodies.push(body);
  }
  return bodies;
}

/** Fetches one block as SCALE `SignedBlock`. */
export async function fetchSignedBlock(node: SubstrateNode, number: number): Promise<Uint8Array> {
  const { header, extrinsics, justification } = await node.blockAt(number);
  return encodeSignedBlock({ encodedHeader: header.encoded, extrinsics, justification });
}
