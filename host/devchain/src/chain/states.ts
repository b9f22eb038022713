import { to0x } from "@pruntime/core/bytes";
import type { Trie } from "@pruntime/core/trie";
import type { Block } from "../block.ts";

/** Access to the blocks of the best branch. */
export interface Branch {
  readonly blockAt: (number: number) => Block | undefined;
  /** Re-executes the block with this number on its parent's state. */
  readonly execute: (number: number, parent: Trie) => Trie;
}

/**
 * Keeps the recent states of all branches, and some older states of the best branch. Recomputes all other old
 * states of the best branch from the states that it keeps.
 */
export class States {
  readonly #window: number;
  readonly #branch: Branch;
  /** Recent states by block number and block hash. */
  readonly #recent = new Map<number, Map<string, Trie>>();
  readonly #checkpoints: Trie[] = [];
  /** Recomputed states of the best branch by block number, oldest entry first. */
  readonly #recomputed = new Map<number, Trie>();

  constructor(window: number, branch: Branch) {
    this.#window = window;
    this.#branch = branch;
  }

  add({ hash, header: { number } }: Block, state: Trie): void {
    const ofNumber = this.#recent.get(number) ?? new Map<string, Trie>();
    this.#recent.set(number, ofNumber.set(to0x(hash), state));
    const old = number - this.#window;
    const checkpoint = old >= 0 && old % this.#window === 0 ? this.#bestRecent(old) : undefined;
    if (checkpoint !== undefined) this.#checkpoints[old / this.#window] = checkpoint;
    this.#recent.delete(old);
  }

  /**
   * Forgets the checkpoints after block `number` and all recomputed states, because the blocks after `number`
   * have left the best branch.
   */
  retract(number: number): void {
    this.#checkpoints.length = Math.min(this.#checkpoints.length, Math.floor(number / this.#window) + 1);
    this.#recomputed.clear();
  }

  /** The state after a block of any branch, if that state is recent. */
  recent({ hash, header: { number } }: Block): Trie | undefined {
    return this.#recent.get(number)?.get(to0x(hash));
  }

  /** The state after a block of the best branch; recomputed from the nearest earlier state if necessary. */
  at(number: number): Trie {
    const known = this.#known(number);
    if (known !== undefined) return known;
    let start = number - 1;
    while (this.#known(start) === undefined) start--;
    let state = this.#known(start) as Trie;
    for (let next = start + 1; next <= number; next++) {
      state = this.#branch.execute(next, state);
      this.#keep(next, state);
    }
    return state;
  }

  #known(number: number): Trie | undefined {
    const checkpoint = number % this.#window === 0 ? this.#checkpoints[number / this.#window] : undefined;
    return checkpoint ?? this.#bestRecent(number) ?? this.#recomputed.get(number);
  }

  #bestRecent(number: number): Trie | undefined {
    const block = this.#branch.blockAt(number);
    return block === undefined ? undefined : this.recent(block);
  }

  #keep(number: number, state: Trie): void {
    this.#recomputed.set(number, state);
    const [oldest] = this.#recomputed.keys();
    if (this.#recomputed.size > this.#window && oldest !== undefined) this.#recomputed.delete(oldest);
  }
}
