import { calculate_state_root } from "@acala-network/chopsticks-executor";
import fc from "fast-check";
import { concat, fromHex, to0x, toHex, utf8 } from "../../src/bytes/index.ts";
import { portableCrypto } from "../../src/crypto/index.ts";
import { type StateVersion, Trie, type TrieParameters } from "../../src/trie/index.ts";

export const hash = portableCrypto.blake2b256;
export const parameters = (version: StateVersion): TrieParameters => ({ hash, version });
export const versions: readonly StateVersion[] = [0, 1];

export type Entry = readonly [Uint8Array, Uint8Array];
export type Change = readonly [Uint8Array, Uint8Array | undefined];

export const key = (hex: string): Uint8Array => fromHex(hex);
export const filled = (length: number, byte = 0x5a): Uint8Array => new Uint8Array(length).fill(byte);
export const rootOf = (version: StateVersion, entries: Iterable<Entry>): string =>
  toHex(Trie.from(parameters(version), entries).root);

/** The root as smoldot's trie computes it. */
export async function peerRoot(version: StateVersion, entries: readonly Entry[]): Promise<string> {
  const last = new Map(entries.map(([k, v]) => [to0x(k), to0x(v)]));
  return (await calculate_state_root([...last], version)).slice(2);
}

/** Returns the bytes as a subarray of a longer array. */
export const offsetView = (bytes: Uint8Array): Uint8Array =>
  concat(Uint8Array.of(9, 9, 9), bytes, Uint8Array.of(9)).subarray(3, 3 + bytes.length);

/** Pseudo-random bytes that depend only on `seed` and `length`. */
export const noise = (seed: number | string, length = 32): Uint8Array => {
  const blocks: Uint8Array[] = [];
  for (let i = 0; 32 * i < length; i++) blocks.push(hash(utf8(`${seed}/${i}`)));
  return concat(...blocks).slice(0, length);
};

/** Short keys of few distinct nibbles, so that keys often share prefixes or are prefixes of others. */
export const anyKey: fc.Arbitrary<Uint8Array> = fc
  .array(fc.constantFrom(0x00, 0x01, 0x10, 0x11), { maxLength: 3 })
  .map((bytes) => Uint8Array.from(bytes));

/**
 * Values with lengths around each threshold: a node of 32 bytes or more is hashed, and so is a value of 33
 * bytes or more in version 1.
 */
export const anyValue: fc.Arbitrary<Uint8Array> = fc
  .tuple(fc.constantFrom(0, 1, 3, 27, 28, 31, 32, 33, 40, 64), fc.nat(255))
  .map(([length, byte]) => filled(length, byte));

export const anyEntries: fc.Arbitrary<Entry[]> = fc.array(fc.tuple(anyKey, anyValue), { maxLength: 40 });
export const anyChanges: fc.Arbitrary<Change[]> = fc.array(
  fc.tuple(anyKey, fc.option(anyValue, { nil: undefined, freq: 3 })),
  {
    maxLength: 40,
  },
);
export const anyVersion: fc.Arbitrary<StateVersion> = fc.constantFrom(...versions);

/** Entries like those of a chain: a few pallets, with account maps below them. */
export function chainLike(size: number): Entry[] {
  return Array.from({ length: size }, (_, i) => [
    concat(noise(`pallet ${i % 7}`), noise(i, 16 + (i % 3) * 16)),
    noise(-i, (i * 13) % 90),
  ]);
}
