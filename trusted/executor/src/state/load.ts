/**
 * Reads the parts of a dump with entries (snapshot.ts), and checks each entry. The state that takes shape
 * here has no effect until the executor replaces its own state by it.
 */
import { CodecError, Reader } from "@pruntime/core/scale";
import type { Trie } from "@pruntime/core/trie";
import type { Work } from "@pruntime/core/work";
import { type ContractId, contractText } from "../contract-id.ts";
import { ContractError, ExecutorError } from "../error.ts";
import { toBinary } from "./binary.ts";
import type { Commitment } from "./commitment.ts";
import type { EntryMap } from "./entry-map.ts";
import { memoryOf } from "./memory.ts";
import { decodePath, type Path } from "./path.ts";
import { entriesPerPart } from "./snapshot.ts";

/**
 * Returns whether a contract's state can have an entry with this key, which is binary text (binary.ts).
 * @throws CodecError if the contract stores values of one type under the key, and `value` does not decode as
 * that type
 */
export type CheckEntry = (key: string, value: Uint8Array) => boolean;

/** The part of an executor that loading a state uses. */
export interface LoadOwner {
  /** An empty map for the entries. */
  readonly entries: EntryMap;
  readonly commitment: Commitment;
  /** Returns the check of a contract's entries, or `undefined` if the contract does not exist. */
  readonly checkOf: (contract: ContractId) => CheckEntry | undefined;
  /** @throws {@link ExecutorError} `executor/state-full` if a state of this many bytes does not fit */
  readonly assertFits: (bytes: number) => void;
}

/** A state that is being loaded, entry by entry in ascending order of their paths. */
export class LoadingState {
  readonly entries: EntryMap;
  readonly #owner: LoadOwner;
  #count = 0;
  #bytes = 0;
  #trie: Trie;
  #last = "";
  #givenUp = false;

  constructor(owner: LoadOwner) {
    this.#owner = owner;
    this.entries = owner.entries;
    this.#trie = owner.commitment.of([]);
  }

  /** The number of entries that have been added. */
  get count(): number {
    return this.#count;
  }

  /** The memory that the loaded entries need, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Gives the load up, and releases its memory. */
  giveUp(): void {
    this.#givenUp = true;
    this.entries.clear();
    this.#bytes = 0;
    this.#trie = this.#owner.commitment.of([]);
  }

  /**
   * Adds the entries of one part. The values are copied.
   * @throws CodecError, BytesError; {@link ExecutorError} `executor/dump-order`, `executor/dump-contract`,
   * `executor/dump-entry`, `executor/state-full`, `executor/given-up`
   */
  *add(part: Uint8Array): Work<void> {
    this.assertOpen();
    const r = new Reader(part);
    const added: (readonly [path: string, value: Uint8Array])[] = [];
    while (r.left > 0) {
      added.push(this.#read(r));
      if (added.length % entriesPerPart === 0) yield;
    }
    this.#trie = yield* this.#owner.commitment.applyingWork(this.#trie, added);
  }

  /**
   * Computes the commitment to all entries.
   * @throws {@link ExecutorError} `executor/given-up`
   */
  *settle(): Work<Trie> {
    this.assertOpen();
    yield* this.#trie.settling();
    return this.#trie;
  }

  /** Reads and checks one entry, and adds it to {@link entries}. */
  #read(r: Reader): readonly [path: string, value: Uint8Array] {
    const entry = this.#count;
    const [bytesOfPath, given] = [r.vecU8(), r.vecU8()];
    const parts = partsOf(bytesOfPath, entry); // also bounds the length of the path
    const path = toBinary(bytesOfPath);
    if (path <= this.#last) throw new ExecutorError({ code: "executor/dump-order", entry });
    this.#check(parts, given, entry);
    this.#owner.assertFits(this.#bytes + memoryOf(path, given));
    const value = given.slice();
    this.#bytes += memoryOf(path, value);
    this.#last = path;
    this.#count++;
    this.entries.set(path, value);
    return [path, value];
  }

  #check({ contract, key }: Path, value: Uint8Array, entry: number): void {
    const check = this.#owner.checkOf(contract);
    if (check === undefined)
      throw new ExecutorError({ code: "executor/dump-contract", contractId: contractText(contract) });
    if (!check(key, value)) throw new ExecutorError({ code: "executor/dump-entry", entry });
  }

  /** @throws {@link ExecutorError} `executor/given-up` */
  assertOpen(): void {
    if (this.#givenUp) throw new ExecutorError({ code: "executor/given-up" });
  }
}

function partsOf(path: Uint8Array, entry: number): Path {
  try {
    return decodePath(path);
  } catch (cause) {
    if (!(cause instanceof CodecError || cause instanceof ContractError)) throw cause;
    throw new ExecutorError({ code: "executor/dump-entry", entry }, { cause });
  }
}
