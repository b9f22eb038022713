import { CodecError, type Reader } from "../scale/index.ts";

/** The blocks in which a transaction is valid. */
export type Era =
  | { readonly kind: "immortal" }
  /**
   * Valid for a window of `period` blocks. The window starts where the block number modulo `period` is
   * `phase`.
   */
  | { readonly kind: "mortal"; readonly period: number; readonly phase: number };

/**
 * Reads an era. An immortal era is the single byte 0. A mortal era is a little-endian `u16`. If its low four
 * bits are the number n, the period is 2^(n + 1) blocks. Its high twelve bits give the phase in units of
 * `max(1, period / 4096)`.
 * @throws CodecError `codec/out-of-range` for a period under four, or for a phase that is not below the
 * period
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
