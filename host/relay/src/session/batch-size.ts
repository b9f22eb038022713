/**
 * The number of items in one call. It halves when a call is too large for the node, the gateway or the
 * worker, and grows with each accepted call.
 */
import { RelayError, refusedForSize } from "../error.ts";

/** A number of items, from 1 to a fixed limit. */
export class BatchSize {
  readonly #most: number;
  #size: number;

  constructor(most: number) {
    this.#most = most;
    this.#size = most;
  }

  get size(): number {
    return this.#size;
  }

  /** Whether the size is below its limit. */
  get reduced(): boolean {
    return this.#size < this.#most;
  }

  /** Halves the size. Returns false if it is 1 already. */
  halve(): boolean {
    if (this.#size === 1) return false;
    this.#size = Math.ceil(this.#size / 2);
    return true;
  }

  /** Grows the size by an eighth, up to the limit. */
  accepted(): void {
    this.#size = Math.min(this.#most, this.#size + Math.ceil(this.#size / 8));
  }
}

/**
 * Sends a call. If the call is refused for its size, halves the size for the next call and returns true.
 * Also halves the size if the worker does not answer, because the call may have been too large.
 */
export async function shrinking(size: BatchSize, send: () => Promise<boolean>): Promise<boolean> {
  try {
    const more = await send();
    size.accepted();
    return more;
  } catch (error) {
    if (error instanceof RelayError && error.code === "relay/worker-unreachable") size.halve();
    if (!refusedForSize(error) || !size.halve()) throw error;
    return true;
  }
}
