/**
 * A state as it was at one moment, for a dump that takes longer than one call. The entries are not copied:
 * while the state changes, the snapshot keeps the replaced values. It can therefore be given up at any time,
 * when the state needs the memory.
 */
import { Writer } from "@pruntime/core/scale";
import { ExecutorError } from "../error.ts";
import { fromBinary } from "./binary.ts";
import type { EntryMap } from "./entry-map.ts";
import { memoryOf } from "./memory.ts";

/**
 * The entries in one part of a dump.
 * @limit entries
 * @source chosen: reading one part, with its changes of the trie, is a few units of work
 * @past the next part begins
 */
export const entriesPerPart = 256;

/**
 * The paths and values in one part of a dump. The last of them may exceed it.
 * @limit bytes
 * @source chosen: as the entries in one part
 * @past the next part begins
 */
const bytesPerPart = 64 << 10;

/** The memory that a snapshot needs for each path, in bytes: one element of a list. */
const pathOverhead = 8;

/** A state as it was when the snapshot was taken. */
export class Snapshot {
  /** The number of entries. */
  readonly count: number;
  readonly #entries: EntryMap;
  #paths: readonly string[];
  /** The values that have been replaced or deleted since the snapshot was taken. */
  readonly #kept: EntryMap;
  #bytes: number;
  #use: "open" | "read" | "given-up" = "open";

  /**
   * @param entries the state's entries, which may change if {@link keep} is called before each change
   * @param paths the paths of all entries, in ascending order
   */
  constructor(entries: EntryMap, paths: readonly string[]) {
    this.#entries = entries;
    this.#kept = entries.emptyCopy();
    this.#paths = paths;
    this.count = paths.length;
    this.#bytes = pathOverhead * paths.length;
  }

  /** The memory that the list of paths and the kept values need, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether the snapshot was given up. */
  get givenUp(): boolean {
    return this.#use === "given-up";
  }

  /** Lets the entries be read again, although they were read to their end. */
  reopen(): void {
    if (this.#use === "read") this.#use = "open";
  }

  /** Gives the snapshot up, and releases its memory. */
  giveUp(): void {
    this.#use = "given-up";
    this.#kept.clear();
    this.#paths = [];
    this.#bytes = 0;
  }

  /**
   * Keeps the value that a path has before a change. A snapshot that was read to its end is given up instead,
   * and so is one that needs more than `room` bytes.
   */
  keep(path: string, old: Uint8Array | undefined, room: number): void {
    if (this.#use === "read") this.giveUp();
    if (this.#use === "given-up" || old === undefined || this.#kept.has(path)) return;
    this.#kept.set(path, old);
    this.#bytes += memoryOf(path, old);
    if (this.#bytes > room) this.giveUp();
  }

  /**
   * The entries in ascending order, each as `Vec<u8> path ‖ Vec<u8> value`, some entries in each part.
   * @throws {@link ExecutorError} `executor/given-up`
   */
  *parts(): Generator<Uint8Array, void> {
    let [w, entries, bytes] = [new Writer(), 0, 0];
    for (let i = 0; i < this.count; i++) {
      if (this.#use === "given-up") throw new ExecutorError({ code: "executor/given-up" });
      const path = this.#paths[i] as string;
      const value = (this.#kept.get(path) ?? this.#entries.get(path)) as Uint8Array;
      w.vecU8(fromBinary(path)).vecU8(value);
      bytes += path.length + value.length;
      if (++entries < entriesPerPart && bytes < bytesPerPart) continue;
      yield w.finish();
      [w, entries, bytes] = [new Writer(), 0, 0];
    }
    if (entries > 0) yield w.finish();
    this.#use = "read";
  }
}
