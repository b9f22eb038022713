/**
 * Measures how much of a block's limits its extrinsics use, with the rules of FRAME's `CheckWeight`.
 * @see https://github.com/paritytech/polkadot-sdk/blob/stable2503/substrate/frame/system/src/extensions/check_weight.rs
 */
import type { BlockLimits } from "../frame/limits.ts";

/** The length and weight of an extrinsic. All signed extrinsics are of the normal class. */
export interface Size {
  /** The length in bytes, including the length prefix. */
  readonly bytes: number;
  /** The weight in picoseconds, without the base weight of every extrinsic. */
  readonly weight: bigint;
}

/** Whether an empty block has room for a signed extrinsic. */
export function fitsEmptyBlock({ weights, length }: BlockLimits, { bytes, weight }: Size): boolean {
  const { max_extrinsic: most } = weights.per_class.normal;
  return bytes <= length.max.normal && (most === undefined || weight <= most.ref_time);
}

/** Adds up the lengths and weights of one block's extrinsics. */
export class BlockMeter {
  readonly #limits: BlockLimits;
  #bytes = 0;
  /** The weight of the signed extrinsics. */
  #normal = 0n;
  /** The weight of the block itself and of its inherents. */
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
