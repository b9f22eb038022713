/** How much goes into one call: less after the gateway found a call too large, more again while calls go through. */
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

  /** Answers whether there was anything left to halve. */
  halve(): boolean {
    if (this.#size === 1) return false;
    this.#size = Math.ceil(this.#size / 2);
    return true;
  }

  accepted(): void {
    this.#size = Math.min(this.#most, this.#size + Math.ceil(this.#size / 8));
  }
}
