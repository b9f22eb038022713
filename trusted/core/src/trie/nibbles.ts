/**
 * Keys as nibbles (half bytes), high half first. A byte string and two indices identify a run of nibbles, so
 * no nibble is ever unpacked.
 */

export interface Nibbles {
  readonly bytes: Uint8Array;
  /** Index of the first nibble. */
  readonly start: number;
  /** Index after the last nibble. */
  readonly end: number;
}

/** The nibble at `index`, from 0 to 15. Even indices are high halves. */
export function nibbleAt(bytes: Uint8Array, index: number): number {
  const byte = bytes[index >> 1] as number;
  return (index & 1) === 0 ? byte >> 4 : byte & 15;
}

/**
 * The first index in [`start`, `end`) where the two keys differ, or `end`. Both keys must have at least `end`
 * nibbles.
 */
export function firstDifference(a: Uint8Array, b: Uint8Array, start: number, end: number): number {
  let i = start;
  if ((i & 1) === 1 && i < end) {
    if (nibbleAt(a, i) !== nibbleAt(b, i)) return i;
    i++;
  }
  for (; i < end; i += 2) {
    const difference = (a[i >> 1] as number) ^ (b[i >> 1] as number);
    if (difference !== 0) return difference > 15 ? i : Math.min(i + 1, end);
  }
  return end;
}

/** Returns whether the nibbles of `key` from index `at` on start with `run`, the partial key of a node. */
export function hasRunAt(key: Uint8Array, at: number, run: Nibbles): boolean {
  const length = run.end - run.start;
  if (2 * key.length - at < length) return false;
  if (((at ^ run.start) & 1) === 0) return hasBytesAt(key, at, run);
  for (let i = 0; i < length; i++)
    if (nibbleAt(key, at + i) !== nibbleAt(run.bytes, run.start + i)) return false;
  return true;
}

/**
 * Like {@link hasRunAt}, but compares whole bytes. `at` and `start` must be both even or both odd, and `end`
 * must be even, as it is for a node's partial key.
 */
function hasBytesAt(key: Uint8Array, at: number, { bytes, start, end }: Nibbles): boolean {
  let i = start;
  if ((i & 1) === 1 && i < end && nibbleAt(key, at) !== nibbleAt(bytes, i++)) return false;
  const shift = (at - start) >> 1;
  for (; i < end; i += 2) if (key[(i >> 1) + shift] !== bytes[i >> 1]) return false;
  return true;
}
