/** A node's address, and the facts that the relay has learned about the node over several connections. */
import type { RelayStats } from "../watch/stats.ts";
import { Capabilities } from "./capabilities.ts";
import type { ConnectOptions, NodeConnection } from "./connection.ts";
import { RateLimit, withRateLimit } from "./rate-limit.ts";
import { connectNode } from "./rpc.ts";

/** How to connect to an endpoint, and how long it rests after a failure. */
export interface EndpointOptions extends ConnectOptions {
  /** How long the endpoint rests after a first failure, in milliseconds. */
  readonly firstPauseMs: number;
  /** The longest time that the endpoint rests, in milliseconds. */
  readonly maxPauseMs: number;
  /** Maximum number of parallel requests to the node. */
  readonly parallel: number;
}

/** A node that the relay may use. */
export class Endpoint {
  readonly url: string;
  /** Whether the node keeps the state of all blocks. */
  readonly archive: boolean;
  readonly rateLimit: RateLimit;
  capabilities: Capabilities = new Capabilities();
  readonly #options: EndpointOptions;
  readonly #stats: RelayStats;
  #pauseMs: number;
  #restsUntil = 0;

  constructor(url: string, archive: boolean, options: EndpointOptions, stats: RelayStats) {
    this.url = url;
    this.archive = archive;
    this.#options = options;
    this.#stats = stats;
    this.#pauseMs = options.firstPauseMs;
    this.rateLimit = new RateLimit(options.parallel);
  }

  /** Milliseconds until the node may be used again. */
  get restMs(): number {
    return Math.max(0, this.#restsUntil - Date.now());
  }

  /**
   * Opens a connection whose requests stay within the rate limit.
   * @throws {@link RelayError} `relay/node-unreachable`, `relay/rate-limited`
   */
  async connect(): Promise<NodeConnection> {
    const connection = await connectNode(this.url, this.#options);
    const counted = (method: string, ...params: readonly unknown[]): Promise<unknown> => {
      this.#stats.requests++;
      return connection.request(method, ...params);
    };
    return withRateLimit({ ...connection, request: counted }, this.rateLimit, () => {
      this.#stats.rateLimited++;
    });
  }

  /**
   * Rests the endpoint, longer after each consecutive failure, and forgets the node's capabilities.
   * @param leastMs the wait that the node asks for, in milliseconds
   * @returns the rest in milliseconds
   */
  failed(leastMs = 0): number {
    const pauseMs = Math.max(leastMs, this.#pauseMs);
    this.#restsUntil = Date.now() + pauseMs;
    this.#pauseMs = Math.min(this.#options.maxPauseMs, 2 * this.#pauseMs);
    this.capabilities = new Capabilities();
    return pauseMs;
  }

  /**
   * Records that the node's answers have advanced the worker. The next failure then causes the shortest rest
   * again.
   */
  worked(): void {
    this.#pauseMs = this.#options.firstPauseMs;
  }
}
