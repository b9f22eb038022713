/**
 * Finds the justifications that a node stores with its blocks. A node stores a justification with each block
 * that ends a set, and with the first finalized block at or after each multiple of its
 * `justification_period`. The relay remembers the blocks that have no justification, and does not request
 * them again.
 * @see polkadot-sdk `substrate/client/consensus/grandpa/src/environment.rs` (`finalize_block`)
 */
import { RelayError } from "../error.ts";
import type { Capabilities } from "../node/capabilities.ts";
import type { SubstrateNode } from "../node/node.ts";

/**
 * The periods to try: polkadot-sdk's default, then the smallest period in use. Most other periods are
 * multiples of the smallest.
 */
const usualPeriods = [512, 64] as const;
/** How many blocks after a multiple of the period are searched for a justification. */
const spread = 8;
/**
 * The multiples of a justification period that are tried up to the last wanted block, and as many after it.
 * @limit multiples
 * @source chosen
 * @past the relay waits for the node's next justification
 */
const mostMultiples = 6;

/** A justification, and the number of the block with which a node stores it. */
export interface StoredProof {
  readonly number: number;
  readonly justification: Uint8Array;
}

/** The justification stored with a block, if there is one. */
export async function storedAt(
  node: SubstrateNode,
  capabilities: Capabilities,
  number: number,
): Promise<StoredProof | undefined> {
  if (capabilities.misses(number)) return undefined;
  const justification = await justificationAt(node, number);
  if (justification === undefined) capabilities.missed(number);
  return justification && { number, justification };
}

/** A node that has discarded a block's body has discarded its justification, too. */
async function justificationAt(node: SubstrateNode, number: number): Promise<Uint8Array | undefined> {
  try {
    return (await node.blockAt(number)).justification;
  } catch (error) {
    if (!(error instanceof RelayError) || error.code !== "relay/no-block") throw error;
    return undefined;
  }
}

/**
 * Finds a justification stored at a multiple of the period or shortly after it: the last justification within
 * `from`…`to`, or else the first justification within `to`…`horizon`.
 */
export async function storedAtPeriod(
  node: SubstrateNode,
  capabilities: Capabilities,
  from: number,
  to: number,
  horizon: number,
): Promise<StoredProof | undefined> {
  for (const period of capabilities.period === undefined ? usualPeriods : [capabilities.period])
    for (const multiple of multiplesOf(period, from, to, horizon)) {
      const found = await firstPast(
        node,
        capabilities,
        Math.max(from, multiple),
        Math.min(multiple + spread, horizon),
      );
      if (found === undefined) continue;
      capabilities.period = period;
      return found;
    }
  return undefined;
}

/**
 * The multiples of the period to search from, best first. A multiple may be lower than `from`: if finality
 * skips the multiple, the node stores the justification with a later block.
 */
export function multiplesOf(period: number, from: number, to: number, horizon: number): number[] {
  const within: number[] = [];
  for (let at = Math.floor(to / period) * period; at > 0 && at + spread >= from; at -= period)
    within.push(at);
  const beyond: number[] = [];
  for (let at = (Math.floor(to / period) + 1) * period; at <= horizon; at += period) beyond.push(at);
  return [...within.slice(0, mostMultiples), ...beyond.slice(0, mostMultiples)];
}

async function firstPast(
  node: SubstrateNode,
  capabilities: Capabilities,
  from: number,
  to: number,
): Promise<StoredProof | undefined> {
  for (let number = from; number <= to; number++) {
    const found = await storedAt(node, capabilities, number);
    if (found !== undefined) return found;
  }
  return undefined;
}
