/**
 * The entries of a whole state by their paths, in many maps. V8 copies a map when the map outgrows its room.
 * With a million entries in one map, a query would wait a tenth of a second for that one step.
 */
import type { Entries } from "./overlay.ts";

/** The number of maps. Each of them stays so small that V8 copies it within a millisecond. */
const mapCount = 1_024;

/** A map from path to value. */
export class EntryMap implements Entries {
  readonly #maps = Array.from({ length: mapCount }, () => new Map<string, Uint8Array>());
  readonly #seed: number;

  /**
   * @param seed any 32-bit integer that the authors of commands do not know. Otherwise they could choose
   * paths that all belong to one map.
   */
  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Returns a map without entries and with the same seed. */
  emptyCopy(): EntryMap {
    return new EntryMap(this.#seed);
  }

  get(path: string): Uint8Array | undefined {
    return this.#mapOf(path).get(path);
  }

  has(path: string): boolean {
    return this.#mapOf(path).has(path);
  }

  set(path: string, value: Uint8Array): void {
    this.#mapOf(path).set(path, value);
  }

  delete(path: string): void {
    this.#mapOf(path).delete(path);
  }

  clear(): void {
    for (const map of this.#maps) map.clear();
  }

  /** The paths of all entries, in no particular order. */
  *keys(): Generator<string, void> {
    for (const map of this.#maps) yield* map.keys();
  }

  #mapOf(path: string): Map<string, Uint8Array> {
    let hash = this.#seed;
    for (let i = 0; i < path.length; i++) hash = Math.imul(hash ^ path.charCodeAt(i), 0x01000193); // FNV-1a
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b); // so that all bits count, as in MurmurHash3
    return this.#maps[(hash ^ (hash >>> 13)) & (mapCount - 1)] as Map<string, Uint8Array>;
  }
}
