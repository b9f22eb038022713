/**
 * Compares a node's finalized chain with those of other nodes, at once and then at intervals. Ends the node's
 * session if the node is far behind, because a node that has stopped gives no other sign. Also ends the
 * session if another node reports a different finalized block at the same height.
 */
import { equal, to0x } from "@pruntime/core/bytes";
import { RelayError } from "../error.ts";
import type { OtherNode } from "../node/endpoints.ts";
import type { SubstrateNode } from "../node/node.ts";

/** How far behind a node may be, and how often the relay compares the node with other nodes. */
export interface LagOptions {
  /** Maximum number of blocks that a node may be behind. */
  readonly maxLag: number;
  /** Milliseconds between checks; 0 disables them. */
  readonly everyMs: number;
}

/** Watches one session's node. */
export class LagWatch {
  /** The reason why the watch ended the session; `undefined` if it did not end the session. */
  trouble: RelayError | undefined;
  readonly #node: SubstrateNode;
  readonly #others: () => Promise<readonly OtherNode[]>;
  readonly #options: LagOptions;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(node: SubstrateNode, others: () => Promise<readonly OtherNode[]>, options: LagOptions) {
    this.#node = node;
    this.#others = others;
    this.#options = options;
    if (options.everyMs > 0) void this.#compare();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #compare(): Promise<void> {
    try {
      const others = await this.#others();
      await assertAgreement(this.#node, others);
      const own = await this.#node.finalizedNumber(); // read last, so that a delay does not look like lag
      const highest = Math.max(own, ...others.map(({ finalized }) => finalized));
      if (highest > own + this.#options.maxLag)
        throw new RelayError({ code: "relay/node-lagging", node: own, other: highest });
    } catch (error) {
      if (!(error instanceof RelayError)) throw error;
      if (reported.includes(error.code) && !this.#stopped) {
        this.trouble = error;
        this.#node.connection.close();
        return;
      }
    }
    if (!this.#stopped) this.#timer = setTimeout(() => void this.#compare(), this.#options.everyMs);
  }
}

/**
 * The errors for which the watch ends the session. Other errors come from the session's own node, and the
 * session itself reports them.
 */
const reported: readonly string[] = ["relay/node-lagging", "relay/nodes-disagree"];

/**
 * Compares a node's finalized hashes with those of other nodes, each at the height that the other node names.
 * @throws {@link RelayError} `relay/nodes-disagree` if a hash differs
 */
export async function assertAgreement(node: SubstrateNode, others: readonly OtherNode[]): Promise<void> {
  for (const { endpoint, number, hash: otherHash } of others) {
    const hash = await node.hashAt(number);
    if (equal(hash, otherHash)) continue;
    throw new RelayError({
      code: "relay/nodes-disagree",
      number,
      node: node.connection.url,
      hash: to0x(hash),
      other: endpoint.url,
      otherHash: to0x(otherHash),
    });
  }
}
