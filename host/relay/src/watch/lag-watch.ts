/**
 * Compares a node's finalized head with those of other nodes at intervals. If the node is far behind, ends
 * its session. A node that no longer receives blocks gives no other sign.
 */
import { RelayError } from "../error.ts";
import type { SubstrateNode } from "../node/node.ts";

/** How far behind a node may be, and how often the relay compares it with the others. */
export interface LagOptions {
  /** The most blocks that a node may be behind. */
  readonly maxLag: number;
  /** Milliseconds between checks; 0 disables them. */
  readonly everyMs: number;
}

/** Watches one session's node. */
export class LagWatch {
  /** The reason why the watch ended the session; `undefined` if it did not end the session. */
  trouble: RelayError | undefined;
  readonly #node: SubstrateNode;
  readonly #highestOther: () => Promise<number | undefined>;
  readonly #options: LagOptions;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(node: SubstrateNode, highestOther: () => Promise<number | undefined>, options: LagOptions) {
    this.#node = node;
    this.#highestOther = highestOther;
    this.#options = options;
    this.#arm();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #arm(): void {
    if (this.#stopped || this.#options.everyMs === 0) return;
    this.#timer = setTimeout(() => void this.#compare(), this.#options.everyMs);
  }

  async #compare(): Promise<void> {
    try {
      const other = await this.#highestOther();
      const own = await this.#node.finalizedNumber(); // read last, so that a delay does not look like lag
      if (other !== undefined && other > own + this.#options.maxLag && !this.#stopped) {
        this.trouble = new RelayError({ code: "relay/node-lagging", node: own, other });
        this.#node.connection.close();
        return;
      }
    } catch (error) {
      if (!(error instanceof RelayError)) throw error; // the session itself reports this error
    }
    this.#arm();
  }
}
