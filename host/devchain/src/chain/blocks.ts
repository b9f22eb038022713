import { equal, to0x } from "@pruntime/core/bytes";
import type { Block } from "../block.ts";

/**
 * The blocks that joined the best branch (`enacted`) and the blocks that left it (`retracted`) when the best
 * block changed. Both lists ascend by block number.
 */
export interface Reorganization {
  readonly enacted: readonly Block[];
  readonly retracted: readonly Block[];
}

/** Indexes all blocks by hash, and the blocks of the best branch also by number. */
export class Blocks {
  readonly #all = new Map<string, Block>();
  readonly #best: Block[];
  /** The blocks outside the best branch that finality has not ruled out. */
  readonly #side = new Set<Block>();
  readonly #children = new Map<string, number>();
  /** The numbers of the blocks on the best branch that end an authority set, ascending. */
  readonly setEnds: number[] = [];

  constructor(genesis: Block) {
    this.#all.set(to0x(genesis.hash), genesis);
    this.#best = [genesis];
  }

  /** Adds a block to the side branches. {@link setBest} may later move it to the best branch. */
  add(block: Block): void {
    const parent = to0x(block.header.parentHash);
    this.#all.set(to0x(block.hash), block);
    this.#children.set(parent, this.childrenOf(block.header.parentHash) + 1);
    this.#side.add(block);
  }

  /** Makes the branch that ends with `block` the best branch. */
  setBest(block: Block): Reorganization {
    const enacted: Block[] = [];
    let fork = block;
    for (; !this.isBest(fork); fork = this.#parentOf(fork)) enacted.push(fork);
    const retracted = this.#best.splice(fork.header.number + 1);
    while ((this.setEnds.at(-1) ?? 0) > fork.header.number) this.setEnds.pop();
    for (const each of retracted) this.#side.add(each);
    for (const each of enacted.reverse()) {
      this.#side.delete(each);
      this.#best.push(each);
      if (each.endsSet) this.setEnds.push(each.header.number);
    }
    return { enacted, retracted };
  }

  /** Removes the side blocks that do not descend from `finalized`, and returns them. */
  prune(finalized: Block): readonly Block[] {
    const pruned = [...this.#side].filter((block) => !this.descends(block, finalized));
    for (const block of pruned) this.#side.delete(block);
    return pruned;
  }

  get side(): readonly Block[] {
    return [...this.#side];
  }

  /** The block with this number on the best branch. */
  at(number: number): Block | undefined {
    return this.#best[number];
  }

  of(hash: Uint8Array): Block | undefined {
    return this.#all.get(to0x(hash));
  }

  /** Returns the block with this number on the best branch. @throws RangeError if there is no such block */
  existing(number: number): Block {
    const block = this.#best[number];
    if (block === undefined) throw new RangeError(`no block ${number}`);
    return block;
  }

  isBest({ hash, header: { number } }: Block): boolean {
    const other = this.#best[number];
    return other !== undefined && equal(other.hash, hash);
  }

  /** Whether `ancestor` is the block itself or one of its ancestors. */
  descends(block: Block, ancestor: Block): boolean {
    let at = block;
    while (at.header.number > ancestor.header.number) at = this.#parentOf(at);
    return equal(at.hash, ancestor.hash);
  }

  /**
   * Returns the highest side block that descends from `block`, or `block` itself if no side block does. If
   * several blocks are equally high, returns the first of them.
   */
  highestOn(block: Block): Block {
    const above = this.side.filter((other) => this.descends(other, block));
    return above.reduce((best, other) => (other.header.number > best.header.number ? other : best), block);
  }

  childrenOf(hash: Uint8Array): number {
    return this.#children.get(to0x(hash)) ?? 0;
  }

  /**
   * The GRANDPA round that finalizes the block: the number of blocks in the block's authority set up to and
   * including the block. Genesis is not counted.
   */
  roundOf({ header: { number }, setId }: Block): bigint {
    const before = setId === 0n ? 0 : (this.setEnds[Number(setId) - 1] ?? 0);
    return BigInt(number - before);
  }

  #parentOf({ header: { parentHash, number } }: Block): Block {
    const parent = this.of(parentHash);
    if (parent === undefined) throw new RangeError(`no parent of block ${number}`);
    return parent;
  }
}
