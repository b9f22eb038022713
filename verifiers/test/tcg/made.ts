/** Makes measured-boot logs for tests. */
import { concat, utf8 } from "@pruntime/core/bytes";

const le = (value: number, length: number) =>
  Uint8Array.from({ length }, (_, i) => (value >>> (8 * i)) & 255);

/** The first event, which lists the number and the digest length of each hash algorithm. */
export function start(algorithms: readonly (readonly [number, number])[]): Uint8Array {
  const list = algorithms.map(([algorithm, length]) => concat(le(algorithm, 2), le(length, 2)));
  const data = concat(
    utf8("Spec ID Event03\0"),
    new Uint8Array(8),
    le(algorithms.length, 4),
    ...list,
    le(0, 1),
  );
  return concat(le(0, 4), le(3, 4), new Uint8Array(20), le(data.length, 4), data);
}

/**
 * An event with three bytes of data. A digest of 32 bytes is for SHA-256. Any other digest is for SHA-384.
 */
export function event(register: number, type: number, ...digests: readonly Uint8Array[]): Uint8Array {
  const list = digests.map((digest) => concat(le(digest.length === 32 ? 11 : 12, 2), digest));
  return concat(
    le(register, 4),
    le(type, 4),
    le(digests.length, 4),
    ...list,
    le(3, 4),
    Uint8Array.of(1, 2, 3),
  );
}

/** A log with these events, after a first event that lists SHA-256 and SHA-384. */
export function log(events: readonly Uint8Array[]): Uint8Array {
  const algorithms = [
    [11, 32],
    [12, 48],
  ] as const;
  return concat(start(algorithms), ...events);
}
