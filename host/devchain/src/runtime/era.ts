import { CodecError, type Reader } from "@pruntime/core/scale";

/** For which blocks a transaction is meant. */
export type Era =
  | { readonly kind: "immortal" }
  | { readonly kind: "mortal"; readonly period: number; readonly phase: number };

/**
 * One byte (0, immortal) or two: the low four bits give the period, the rest the phase in units of period / 4096.
 * @throws CodecError
 * @see https://spec.polkadot.network/id-extrinsics#id-mortality
 */
export function readEra(r: Reader): Era {
  const first = r.u8();
  if (first === 0) return { kind: "immortal" };
  const bits = first | (r.u8() << 8);
  const period = 2 << (bits & 15);
  const phase = (bits >> 4) * Math.max(1, period >> 12);
  if (period < 4 || phase >= period) throw new CodecError({ code: "codec/out-of-range", type: "era" });
  return { kind: "mortal", period, phase };
}

/** The block whose hash the signature is over, as seen from block `number`: genesis when immortal. */
export function birth(era: Era, number: number): number {
  if (era.kind === "immortal") return 0;
  const { period, phase } = era;
  return Math.floor((Math.max(number, phase) - phase) / period) * period + phase;
}

/** For how many more blocks after `number` the era lasts. */
export function longevity(era: Era, number: number): bigint {
  return era.kind === "immortal" ? (1n << 64n) - 1n : BigInt(birth(era, number) + era.period - number);
}
