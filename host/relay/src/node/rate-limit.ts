/**
 * Limits the number of parallel requests to a node. The limit falls when the node refuses requests or does
 * not answer in time, and rises while the node answers. After a refusal, the relay rests: it sends no request
 * to the node. The rest doubles with each consecutive refusal, and is at least as long as the node asks for,
 * but at most a minute.
 */
import { RelayError } from "../error.ts";
import type { NodeConnection } from "./connection.ts";

const firstRestMs = 100;
/**
 * The pause after a node refused a request because of its rate.
 * @limit ms
 * @source chosen
 * @past later pauses are as long
 */
const longestRestMs = 60_000;
/**
 * How often a request that a node refused because of its rate is sent.
 * @limit tries
 * @source chosen
 * @past `relay/rate-limited`
 */
const mostTries = 7;

/** The limit for requests to one node, over all connections to it. */
export class RateLimit {
  readonly #most: number;
  readonly #sleep: (ms: number) => Promise<void>;
  #width: number;
  #answered = 0;
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  #restMs = firstRestMs;
  /** Settles when the current rest is over; `undefined` when there is no rest. */
  #rest: Promise<void> | undefined;

  /**
   * @param most the maximum number of requests at once
   * @param sleep returns a promise that settles after the given number of milliseconds
   */
  constructor(most: number, sleep: (ms: number) => Promise<void> = sleepUnreferenced) {
    this.#most = most;
    this.#sleep = sleep;
    this.#width = most;
  }

  get width(): number {
    return this.#width;
  }

  /**
   * Runs a task within the limit, and not during a rest.
   * @param ended once this promise has settled, the task does not wait until a rest is over
   */
  async run<T>(task: () => Promise<T>, ended: Promise<void>): Promise<T> {
    for (;;) {
      if (this.#rest !== undefined) await Promise.race([this.#rest, ended]);
      if (this.#running < this.#width) break;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#running++;
    try {
      return await task();
    } finally {
      this.#running--;
      this.#waiting.shift()?.();
    }
  }

  slower(): void {
    this.#width = Math.max(1, this.#width >> 1);
    this.#answered = 0;
  }

  /**
   * Starts a rest. A refusal that arrives during a rest belongs to an earlier request, and has no further
   * effect.
   * @param leastMs the wait that the node asks for, in milliseconds
   */
  refused(leastMs = 0): void {
    if (this.#rest !== undefined) return;
    this.slower();
    const ms = Math.min(longestRestMs, Math.max(leastMs, this.#restMs));
    this.#restMs = Math.min(longestRestMs, 2 * this.#restMs);
    this.#rest = this.#sleep(ms).then(() => {
      this.#rest = undefined;
    });
  }

  /** Resets the next rest to the shortest length, and raises the limit by one for every 64 answers. */
  answered(): void {
    this.#restMs = firstRestMs;
    if (this.#width === this.#most || ++this.#answered < 64) return;
    this.#width++;
    this.#answered = 0;
    this.#waiting.shift()?.();
  }
}

/**
 * Keeps requests within the limit. If the node refuses a request because it gets too many requests, the
 * request is repeated after a rest, at most six times.
 * @param retried is called before each repetition
 */
export function withRateLimit(
  connection: NodeConnection,
  rateLimit: RateLimit,
  retried: () => void,
): NodeConnection {
  const once = async (method: string, params: readonly unknown[]): Promise<unknown> => {
    try {
      const answer = await rateLimit.run(() => connection.request(method, ...params), connection.closed);
      rateLimit.answered();
      return answer;
    } catch (error) {
      if (error instanceof RelayError) slowDown(rateLimit, error);
      throw error;
    }
  };
  const request = async (method: string, ...params: readonly unknown[]): Promise<unknown> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await once(method, params);
      } catch (error) {
        const refused = error instanceof RelayError && error.code === "relay/rate-limited";
        if (!refused || attempt >= mostTries) throw error;
        retried();
      }
    }
  };
  return { ...connection, request };
}

function slowDown(rateLimit: RateLimit, { detail }: RelayError): void {
  if (detail.code === "relay/rate-limited") rateLimit.refused(detail.afterMs);
  if (detail.code === "relay/node-timeout") rateLimit.slower();
}

/** A timer that does not keep the process alive. */
function sleepUnreferenced(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
