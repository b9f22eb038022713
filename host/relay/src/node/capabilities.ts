/**
 * What a node's answers have shown about where it keeps its finality proofs. Wrong guesses cost requests,
 * never truth.
 */

const mostMisses = 8_192;

/** Facts and guesses about one node. */
export class Capabilities {
  /** Justifications are stored when finality crosses a multiple of this; `undefined` until one is found. */
  period: number | undefined;
  /**
   * How many headers before the first wanted one are read for changes of authorities that are not yet
   * enacted.
   */
  lookBack = 64;
  #provesFrom = 0;
  readonly #misses = new Set<number>();

  /** Whether `grandpa_proveFinality` is worth a request about this block. */
  proves(number: number): boolean {
    return number >= this.#provesFrom;
  }

  /** Rules out `grandpa_proveFinality` for blocks before this one. */
  provesNothingBefore(number: number): void {
    this.#provesFrom = number;
  }

  /** Whether the block is known to have no stored justification. A final block gets none later. */
  misses(number: number): boolean {
    return this.#misses.has(number);
  }

  missed(number: number): void {
    if (this.#misses.size >= mostMisses) this.#misses.clear();
    this.#misses.add(number);
  }
}
