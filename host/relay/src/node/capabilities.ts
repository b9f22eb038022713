/**
 * Facts about a node's finality proofs, learned from its answers. A wrong guess costs requests, but cannot
 * cause a wrong result.
 */

/**
 * The blocks of which a node is known to have no justification.
 * @limit blocks
 * @source chosen
 * @past all are forgotten, which costs requests
 */
const mostMisses = 8_192;

/** Facts and guesses about one node. */
export class Capabilities {
  /**
   * The node stores a justification when finality crosses a multiple of this number; `undefined` until the
   * relay has found the number.
   */
  period: number | undefined;
  /**
   * How many headers before the first wanted header are read, to find changes of authorities that are not
   * enacted yet.
   */
  lookBack = 64;
  #provesFrom = 0;
  readonly #misses = new Set<number>();

  /** Whether a `grandpa_proveFinality` request for this block may succeed. */
  proves(number: number): boolean {
    return number >= this.#provesFrom;
  }

  /** Whether the node does not offer `grandpa_proveFinality`. */
  get provesNone(): boolean {
    return this.#provesFrom === Number.POSITIVE_INFINITY;
  }

  /** Rules out `grandpa_proveFinality` for blocks before this one. */
  provesNothingBefore(number: number): void {
    this.#provesFrom = number;
  }

  /** Whether the block is known to have no stored justification. A finalized block never gets one later. */
  misses(number: number): boolean {
    return this.#misses.has(number);
  }

  missed(number: number): void {
    if (this.#misses.size >= mostMisses) this.#misses.clear();
    this.#misses.add(number);
  }
}
