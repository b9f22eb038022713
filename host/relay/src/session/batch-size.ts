/**
 * How much goes into one call: half as much after a call was too large for the gateway, more again with each
 * accepted one.
 */
import { wasRefused } from "../error.ts";

/** A count of items, from 1 to the limit it was made with. */
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
 * Sends a call. If the gateway finds it too large, returns true, so that the next call is sent at half the
 * size.
 */
export async function shrinking(size: BatchSize, send: () => Promise<boolean>): Promise<boolean> {
  try {
    const more = await send();
    size.accepted();
    return more;
  } catch (error) {
    if (!wasRefused(error, "http/too-large") || !size.halve()) throw error;
    return true;
  }
}
