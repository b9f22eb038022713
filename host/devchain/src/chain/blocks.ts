import { to0x } from "@pruntime/core/bytes";
import type { Block } from "../types.ts";

/** The one chain of blocks, by number and by hash, and where its authority sets end. */
export class Blocks {
  readonly #blocks: Block[] = [];
  readonly #numbers = new Map<string, number>();
  /** Numbers of the blocks that end a set, ascending. */
  readonly setEnds: number[] = [];

  add(block: Block): void {
    this.#blocks.push(block);
    this.#numbers.set(to0x(block.hash), block.header.number);
    if (block.endsSet) this.setEnds.push(block.header.number);
  }

  at(number: number): Block | undefined {
    return this.#blocks[number];
  }

  of(hash: Uint8Array): Block | undefined {
    const number = this.#numbers.get(to0x(hash));
    return number === undefined ? undefined : this.#blocks[number];
  }

  /** A block known to be there. */
  existing(number: number): Block {
    const block = this.#blocks[number];
    if (block === undefined) throw new RangeError(`no block ${number}`);
    return block;
  }

  /** How many blocks of its set come up to and with this one. */
  roundOf({ header: { number }, setId }: Block): bigint {
    const before = setId === 0n ? 0 : (this.setEnds[Number(setId) - 1] ?? 0);
    return BigInt(number - before);
  }
}
