/**
 * Computes the blocks for which a mortal transaction is valid.
 * @see https://spec.polkadot.network/id-extrinsics#id-mortality
 */
import type { Era } from "@pruntime/core/extrinsics";

/**
 * The number of the block whose hash the signature covers, if block `number` includes the transaction. For an
 * immortal transaction, this is block 0.
 */
export function birth(era: Era, number: number): number {
  if (era.kind === "immortal") return 0;
  const { period, phase } = era;
  return Math.floor((Math.max(number, phase) - phase) / period) * period + phase;
}

/** The number of blocks in the rest of the era, starting with block `number`. */
export function longevity(era: Era, number: number): bigint {
  return era.kind === "immortal" ? (1n << 64n) - 1n : BigInt(birth(era, number) + era.period - number);
}
