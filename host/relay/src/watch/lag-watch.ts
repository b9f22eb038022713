/**
 * Compares a node's finalized head with those of the others now and then, and ends its session when it is far
 * behind: nothing else would show that it stands still.
 */
import { RelayError } from "../error.ts";
import type { SubstrateNode } from "../node/node.ts";

export interface LagOptions {
  /** Blocks a node may be behind. */
  readonly maxLag: number;
  /** 0: never. */
  readonly everyMs: number;
}

export class LagWatch {
  /** Why the session was ended, if it was from here. */
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
      const own = await this.#node.finalizedNumber(); // after the others: what comes late is not lag
      if (other !== undefined && other > own + this.#options.maxLag && !this.#stopped) {
        this.trouble = new RelayError({ code: "relay/node-lagging", node: own, other });
        this.#node.connection.close();
        return;
      }
    } catch (error) {
      if (!(error instanceof RelayError)) throw error; // the session meets the same trouble itself
    }
    this.#arm();
  }
}
