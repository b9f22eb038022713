/** A node's address, and what the relay has learned about it over several connections. */
import type { RelayStats } from "../watch/stats.ts";
import { Capabilities } from "./capabilities.ts";
import { RateLimit, withRateLimit } from "./rate-limit.ts";
import { type ConnectOptions, connectNode, type NodeConnection } from "./rpc.ts";

/** How to connect to an endpoint, and how long it rests after a failure. */
export interface EndpointOptions extends ConnectOptions {
  /** Rest after a first failure, in milliseconds. */
  readonly firstPauseMs: number;
  /** Longest rest, in milliseconds. */
  readonly maxPauseMs: number;
  /** Requests at once, at most. */
  readonly parallel: number;
}

/** A node that the relay may use. */
export class Endpoint {
  readonly url: string;
  /** Whether it keeps the state of all blocks. */
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

  /** Milliseconds until it may be used again. */
  get restMs(): number {
    return Math.max(0, this.#restsUntil - Date.now());
  }

  /** Opens a connection, within the rate limit. @throws {@link RelayError} `relay/node-unreachable` */
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
   * Rests the endpoint, longer after each failure in a row, and forgets what it claimed about itself.
   * @returns how long it rests, in milliseconds
   */
  failed(): number {
    const pauseMs = this.#pauseMs;
    this.#restsUntil = Date.now() + pauseMs;
    this.#pauseMs = Math.min(this.#options.maxPauseMs, 2 * pauseMs);
    this.capabilities = new Capabilities();
    return pauseMs;
  }

  /** Its answers have advanced the worker: the next failure counts as the first. */
  worked(): void {
    this.#pauseMs = this.#options.firstPauseMs;
  }
}
