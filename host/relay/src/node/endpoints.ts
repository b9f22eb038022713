/** Keeps the nodes that a relay may follow, in the operator's order, and chooses the next node. */

import { equal } from "@pruntime/core/bytes";
import type { Endpoint } from "./endpoint.ts";
import { SubstrateNode } from "./node.ts";

/** The list of nodes. A node that follows another chain is removed. */
export class Endpoints {
  #all: readonly Endpoint[];

  /** @param all preferred nodes first, archives after them */
  constructor(all: readonly Endpoint[]) {
    this.#all = all;
  }

  get size(): number {
    return this.#all.length;
  }

  /** The archive nodes, which provide state that other nodes have discarded. */
  get archives(): readonly Endpoint[] {
    return this.#all.filter(({ archive }) => archive);
  }

  /** Returns the node with this URL. */
  of(url: string): Endpoint | undefined {
    return this.#all.find((endpoint) => endpoint.url === url);
  }

  /** Returns the first node that is not resting, or the node whose rest ends first. */
  next(): Endpoint | undefined {
    return this.#all.reduce<Endpoint | undefined>(
      (best, endpoint) => (best === undefined || endpoint.restMs < best.restMs ? endpoint : best),
      undefined,
    );
  }

  /** Removes a node permanently. */
  drop(endpoint: Endpoint): void {
    this.#all = this.#all.filter((other) => other !== endpoint);
  }

  /**
   * Asks the other nodes of the same chain for their finalized heads. Also asks each other node for its hash
   * at the highest height that is final both for that node and for `node`. Nodes that do not answer are left
   * out.
   * @param resting whether resting nodes are asked, too
   */
  async othersOf(node: SubstrateNode, own: Endpoint, resting = false): Promise<readonly OtherNode[]> {
    const others = this.#all.filter((endpoint) => endpoint !== own && (resting || endpoint.restMs === 0));
    const reports = await Promise.allSettled(others.map((endpoint) => reportOf(endpoint, node)));
    return reports.flatMap((report) => (report.status === "fulfilled" ? (report.value ?? []) : []));
  }
}

/** A node's finalized chain, as far as it can be compared with another node's. */
export interface OtherNode {
  readonly endpoint: Endpoint;
  /** The number of this node's finalized head. */
  readonly finalized: number;
  /** The highest height that is final for both nodes. */
  readonly number: number;
  /** This node's finalized hash at height `number`. */
  readonly hash: Uint8Array;
}

/** @returns `undefined` for a node of another chain, because a session with such a node fails by itself */
async function reportOf(endpoint: Endpoint, node: SubstrateNode): Promise<OtherNode | undefined> {
  const [genesis, height] = [await node.genesisHash(), await node.finalizedNumber()];
  try {
    const connection = await endpoint.connect();
    try {
      const other = new SubstrateNode(connection, node.crypto);
      if (!equal(await other.genesisHash(), genesis)) return undefined;
      const finalized = await other.finalizedNumber();
      const number = Math.min(height, finalized);
      return { endpoint, finalized, number, hash: await other.hashAt(number) };
    } finally {
      connection.close();
    }
  } catch (cause) {
    endpoint.failed();
    throw cause;
  }
}
