import type { Trie } from "@pruntime/core/trie";

/** States by block number: the recent ones, and one in so many of the older from which those between can be recomputed. */
export class States {
  readonly #window: number;
  /** Re-executes the block of this number on its parent's state. */
  readonly #execute: (number: number, parent: Trie) => Trie;
  readonly #recent = new Map<number, Trie>();
  readonly #checkpoints: Trie[] = [];
  /** Recomputed states, the least recently made first. */
  readonly #recomputed = new Map<number, Trie>();

  constructor(window: number, genesis: Trie, execute: (number: number, parent: Trie) => Trie) {
    this.#window = window;
    this.#execute = execute;
    this.add(0, genesis);
  }

  add(number: number, state: Trie): void {
    this.#recent.set(number, state);
    this.#recent.delete(number - this.#window);
    if (number % this.#window === 0) this.#checkpoints[number / this.#window] = state;
  }

  /** The state if it is one of the recent. */
  recent(number: number): Trie | undefined {
    return this.#recent.get(number);
  }

  /** The state after a block of the chain; recomputed from the nearest one before it if need be. */
  at(number: number): Trie {
    const known = this.#known(number);
    if (known !== undefined) return known;
    let start = number - 1;
    while (this.#known(start) === undefined) start--;
    let state = this.#known(start) as Trie;
    for (let next = start + 1; next <= number; next++) {
      state = this.#execute(next, state);
      this.#keep(next, state);
    }
    return state;
  }

  #known(number: number): Trie | undefined {
    const checkpoint = number % this.#window === 0 ? this.#checkpoints[number / this.#window] : undefined;
    return checkpoint ?? this.#recent.get(number) ?? this.#recomputed.get(number);
  }

  #keep(number: number, state: Trie): void {
    this.#recomputed.set(number, state);
    const [oldest] = this.#recomputed.keys();
    if (this.#recomputed.size > this.#window && oldest !== undefined) this.#recomputed.delete(oldest);
  }
}
