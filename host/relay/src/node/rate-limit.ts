/**
 * Limits the number of parallel requests to a node. The limit falls when the node refuses requests or does
 * not answer in time, and rises while the node answers.
 */
import { RelayError } from "../error.ts";
import type { NodeConnection } from "./rpc.ts";

/** The limit for parallel requests to one node. */
export class RateLimit {
  readonly #most: number;
  #width: number;
  #answered = 0;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(most: number) {
    this.#most = most;
    this.#width = most;
  }

  get width(): number {
    return this.#width;
  }

  async run<T>(task: () => Promise<T>): Promise<T> {
    while (this.#running >= this.#width) await new Promise<void>((resolve) => this.#waiting.push(resolve));
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

  /** Raises the limit by one for every 64 answers. */
  answered(): void {
    if (this.#width === this.#most || ++this.#answered < 64) return;
    this.#width++;
    this.#answered = 0;
    this.#waiting.shift()?.();
  }
}

const firstPauseMs = 100;
const mostTries = 7; // 6.3 s of pauses in total

/**
 * Returns a connection that keeps its requests within the limit. If the node refuses a request because it
 * received too many, the connection sends the request again after a pause.
 * @param retried is called at each such pause
 */
export function withRateLimit(
  connection: NodeConnection,
  rateLimit: RateLimit,
  retried: () => void,
): NodeConnection {
  const once = async (method: string, params: readonly unknown[]): Promise<unknown> => {
    try {
      const answer = await rateLimit.run(() => connection.request(method, ...params));
      rateLimit.answered();
      return answer;
    } catch (error) {
      if (isAny(error, "relay/rate-limited", "relay/node-timeout")) rateLimit.slower();
      throw error;
    }
  };
  const request = async (method: string, ...params: readonly unknown[]): Promise<unknown> => {
    for (let attempt = 0; ; attempt++) {
      try {
        return await once(method, params);
      } catch (error) {
        if (!isAny(error, "relay/rate-limited") || attempt + 1 >= mostTries) throw error;
        retried();
        await orClosed(connection, firstPauseMs * 2 ** attempt);
      }
    }
  };
  return { ...connection, request };
}

function isAny(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof RelayError && codes.includes(error.code);
}

async function orClosed({ closed }: NodeConnection, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([new Promise((resolve) => (timer = setTimeout(resolve, ms))), closed]);
  clearTimeout(timer);
}
