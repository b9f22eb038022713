/**
 * Measures how much of a block's limits its extrinsics use, with the rules of FRAME's `CheckWeight`.
 * @see https://github.com/paritytech/polkadot-sdk/blob/stable2503/substrate/frame/system/src/extensions/check_weight.rs
 */
import type { BlockLimits } from "../frame/limits.ts";

/** The size of a signed extrinsic: all of them belong to the normal class. */
export interface Size {
  /** With its length prefix. */
  readonly bytes: number;
  /** Picoseconds, without the base weight of extrinsics. */
  readonly weight: bigint;
}

/** Whether an empty block has room for a signed extrinsic. */
export function fitsEmptyBlock({ weights, length }: BlockLimits, { bytes, weight }: Size): boolean {
  const { max_extrinsic: most } = weights.per_class.normal;
  return bytes <= length.max.normal && (most === undefined || weight <= most.ref_time);
}

/** Adds up the extrinsics of one block. */
export class BlockMeter {
  readonly #limits: BlockLimits;
  #bytes = 0;
  /** Of signed extrinsics. */
  #normal = 0n;
  /** Of the block itself and its inherents. */
  #mandatory: bigint;

  constructor(limits: BlockLimits) {
    this.#limits = limits;
    this.#mandatory = limits.weights.base_block.ref_time;
  }

  addInherent({ bytes, weight }: Size): void {
    this.#bytes += bytes;
    this.#mandatory += weight + this.#limits.weights.per_class.mandatory.base_extrinsic.ref_time;
  }

  /** Whether the block still has room for a signed extrinsic. */
  fits({ bytes, weight }: Size): boolean {
    const { weights, length } = this.#limits;
    const { base_extrinsic, max_total, reserved } = weights.per_class.normal;
    const normal = this.#normal + weight + base_extrinsic.ref_time;
    if (this.#bytes + bytes > length.max.normal) return false;
    if (max_total !== undefined && normal > max_total.ref_time) return false;
    if (normal + this.#mandatory <= weights.max_block.ref_time) return true;
    return reserved === undefined || normal <= reserved.ref_time;
  }

  add({ bytes, weight }: Size): void {
    this.#bytes += bytes;
    this.#normal += weight + this.#limits.weights.per_class.normal.base_extrinsic.ref_time;
  }
}
