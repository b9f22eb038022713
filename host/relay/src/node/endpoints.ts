/** Keeps the nodes that a relay may follow, in the operator's order, and chooses the next one. */

import type { Crypto } from "@pruntime/core/crypto";
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
   * Asks all other nodes that are not resting for their finalized heads, and returns the highest; `undefined`
   * if no node answers.
   */
  async highestOf(crypto: Crypto, except: Endpoint): Promise<number | undefined> {
    const others = this.#all.filter((endpoint) => endpoint !== except && endpoint.restMs === 0);
    const heads = await Promise.allSettled(others.map((endpoint) => headOf(endpoint, crypto)));
    const known = heads.flatMap((head) => (head.status === "fulfilled" ? [head.value] : []));
    return known.length === 0 ? undefined : Math.max(...known);
  }
}

async function headOf(endpoint: Endpoint, crypto: Crypto): Promise<number> {
  try {
    const connection = await endpoint.connect();
    try {
      return await new SubstrateNode(connection, crypto).finalizedNumber();
    } finally {
      connection.close();
    }
  } catch (cause) {
    endpoint.failed();
    throw cause;
  }
}
