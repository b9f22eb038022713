/**
 * Finds the next stretch of headers that one justification proves. A stretch never goes beyond the block that ends an authority set. Proofs come from, in
 * this order: a justification stored with the last wanted block, `grandpa_proveFinality`, justifications stored before it, and the live subscription.
 */

import { equal } from "@pruntime/core/bytes";
import { decodeHeader } from "@pruntime/core/chain";
import { decodeJustification, grandpaDigests } from "@pruntime/core/grandpa";
import { RelayError } from "./error.ts";
import type { NodeHeader, SubstrateNode } from "./node/node.ts";
import { inParallel } from "./parallel.ts";

/** Consecutive headers and a justification of the last. */
export interface Stretch {
  readonly headers: readonly NodeHeader[];
  readonly justification: Uint8Array;
}

/** The last justification the node has announced. */
export interface LiveJustifications {
  readonly latest: () => Uint8Array | undefined;
}

/** Farthest a proof may lie ahead of the first wanted header. One set of a large chain is about ten thousand blocks. */
const maxStretch = 20_000;

/** @throws {@link RelayError} `relay/no-proof` when the node has none yet */
export async function nextStretch(
  node: SubstrateNode,
  live: LiveJustifications,
  from: number,
  finalized: number,
  wanted: number,
): Promise<Stretch> {
  const headers = await untilSetEnds(node, from, Math.min(finalized, from + wanted - 1));
  return (
    (await storedWith(node, headers, headers.length - 1)) ??
    (await byProveFinality(node, from, headers)) ??
    (await storedBefore(node, headers)) ??
    (await announced(node, live, from, headers)) ??
    unproven(from)
  );
}

function unproven(from: number): never {
  throw new RelayError({ code: "relay/no-proof", from });
}

/** Headers `from`…`to`, cut behind the block at which an announced change of authorities takes effect. */
async function untilSetEnds(node: SubstrateNode, from: number, to: number): Promise<NodeHeader[]> {
  const headers: NodeHeader[] = [];
  let end = to;
  while (from + headers.length <= end) {
    const next = from + headers.length;
    const numbers = Array.from({ length: Math.min(64, end - next + 1) }, (_, i) => next + i);
    for (const header of await inParallel(numbers, 16, (number) => node.headerAt(number))) {
      headers.push(header);
      for (const digest of grandpaDigests(decodeHeader(header.encoded)))
        if (digest.kind === "scheduled-change") end = Math.min(end, header.number + digest.delay);
    }
  }
  return headers.filter(({ number }) => number <= end);
}

async function storedWith(node: SubstrateNode, headers: readonly NodeHeader[], index: number): Promise<Stretch | undefined> {
  const last = headers[index];
  if (last === undefined) return undefined;
  const { justification } = await node.blockAt(last.number);
  return justification && { headers: headers.slice(0, index + 1), justification };
}

async function byProveFinality(node: SubstrateNode, from: number, known: readonly NodeHeader[]): Promise<Stretch | undefined> {
  const proof = await node.proveFinality(from);
  return proof && reaching(node, from, known, proof.justification);
}

async function storedBefore(node: SubstrateNode, headers: readonly NodeHeader[]): Promise<Stretch | undefined> {
  for (let i = headers.length - 2; i >= 0; i--) {
    const stretch = await storedWith(node, headers, i);
    if (stretch !== undefined) return stretch;
  }
  return undefined;
}

async function announced(
  node: SubstrateNode,
  live: LiveJustifications,
  from: number,
  known: readonly NodeHeader[],
): Promise<Stretch | undefined> {
  const justification = live.latest();
  return justification && reaching(node, from, known, justification);
}

/** The headers up to a justification's target; `undefined` when it proves nothing that is wanted, or lies beyond the end of the set. */
async function reaching(
  node: SubstrateNode,
  from: number,
  known: readonly NodeHeader[],
  justification: Uint8Array,
): Promise<Stretch | undefined> {
  const { targetNumber, targetHash } = decodeJustification(justification);
  if (targetNumber < from || targetNumber - from >= maxStretch) return undefined;
  const headers =
    targetNumber < from + known.length ? known.slice(0, targetNumber - from + 1) : await untilSetEnds(node, from, targetNumber);
  const last = headers.at(-1);
  return last?.number === targetNumber && equal(last.hash, targetHash) ? { headers, justification } : undefined;
}
