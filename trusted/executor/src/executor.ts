/**
 * Runs commands and answers queries for any contracts. If a command could not be opened, names an unknown
 * contract or fails, the status in its execution receipt says so. An error without a code is a bug: the
 * executor rethrows it, and discards all of the command's writes.
 */
import type { Crypto } from "@pruntime/core/crypto";
import type { Trie } from "@pruntime/core/trie";
import { complete, forEach, nothing, type Work } from "@pruntime/core/work";
import { type Batch, type BatchOwner, ExecutorBatch } from "./batch.ts";
import type { Contract, Service } from "./contract.ts";
import { type ContractId, contractKey, contractText } from "./contract-id.ts";
import { ExecutorError } from "./error.ts";
import { Commitment } from "./state/commitment.ts";
import { EntryMap } from "./state/entry-map.ts";
import { LoadingState } from "./state/load.ts";
import { assertFits, memoryOf } from "./state/memory.ts";
import { type Entries, entriesPerUnit, Overlay, type StateView, stateOf, viewOf } from "./state/overlay.ts";
import { Snapshot } from "./state/snapshot.ts";
import { sorted } from "./state/sorted.ts";

/** The cryptography, key, contracts and services that an executor uses. */
export interface ExecutorOptions {
  readonly crypto: Crypto;
  /** The state key, 32 bytes. Workers with the same state key and the same state have the same root. */
  readonly stateKey: Uint8Array;
  readonly contracts: readonly Contract[];
  readonly services?: readonly Service[];
  /**
   * The memory that the state and the changes of a batch may need, in bytes. Workers may have different
   * budgets: too small a budget stops dispatch, but never changes the result of a command.
   */
  readonly stateBudget?: number;
}

/** A loaded state that can replace the present one. */
export interface Replacement {
  /** The root of the loaded state, 32 bytes. */
  readonly stateRoot: Uint8Array;
  readonly apply: Work<void>;
}

/** The state of all contracts. Every change goes through this class. */
export class Executor {
  readonly #contracts: ReadonlyMap<string, Contract>;
  readonly #services: readonly Service[];
  readonly #commitment: Commitment;
  readonly #budget: number;
  /** The memory that the committed state needs, in bytes. */
  #bytes = 0;
  /** The committed state: `#entries`, or the last batch on top of `#entries` until the batch is merged. */
  #committed: Entries;
  #entries: EntryMap;
  /** The merge of the last batch into `#entries`. */
  #merge: Work<void> = nothing();
  #trie: Trie;
  #open: Batch | undefined;
  /** The dump and the load in progress. Their memory counts, and both are given up if a batch needs it. */
  #snapshot: Snapshot | undefined;
  #loading: LoadingState | undefined;

  /** @throws {@link ExecutorError} `executor/bad-state-key`, `executor/duplicate-contract` */
  constructor({ crypto, stateKey, contracts, services = [], stateBudget = Infinity }: ExecutorOptions) {
    this.#budget = stateBudget;
    this.#contracts = byKey(contracts);
    this.#services = services;
    this.#commitment = new Commitment(crypto, stateKey);
    this.#committed = this.#entries = new EntryMap(this.#commitment.seed);
    const genesis = new Overlay(this.#entries);
    for (const contract of contracts) contract.genesis?.(stateOf(genesis, contract.id));
    this.#trie = this.#commitment.of(genesis.changes());
    complete(complete(this.#commit(genesis, this.#trie)));
  }

  /** Root of the committed state, 32 bytes. */
  get stateRoot(): Uint8Array {
    return this.#trie.root;
  }

  /** The memory that the committed state needs and the memory that it may need, in bytes. */
  get memory(): { readonly bytes: number; readonly budget: number } {
    return { bytes: this.#bytes, budget: this.#budget };
  }

  /** Starts a batch on the committed state. Closes any batch that is still open, without effect. */
  begin(): Batch {
    const owner: BatchOwner = {
      contractOf: (id) => this.#contractOf(id),
      commitment: this.#commitment,
      isOpen: () => this.#open === batch,
      assertFits: (bytes) => this.#assertBatchFits(bytes),
      commit: (overlay, trie) => this.#commit(overlay, trie),
    };
    const batch: Batch = new ExecutorBatch(owner, this.#settled(), this.#trie);
    this.#open = batch;
    return batch;
  }

  /**
   * Answers a request from the committed state. Returns `undefined` if there is no contract with this id.
   * @param origin the account that signed the request
   * @throws ContractError `contract/bad-request`
   */
  query(origin: Uint8Array | undefined, id: ContractId, request: Uint8Array): Uint8Array | undefined {
    return this.#contractOf(id)?.query({ origin }, viewOf(this.#committed, id), request);
  }

  /** The committed state of a contract. The view must not be kept: the next commit changes what it reads. */
  stateOf(id: ContractId): StateView {
    return viewOf(this.#committed, id);
  }

  /**
   * Takes a snapshot of the committed state, in units. No batch may be committed before the work ends.
   * Later batches do not change the snapshot, until it is given up or another one is taken.
   */
  *snapshotWork(): Work<Snapshot> {
    this.#snapshot?.giveUp();
    this.#snapshot = yield* this.presentWork();
    return this.#snapshot;
  }

  /** As {@link snapshotWork}, but the snapshot is valid only until the next batch is committed. */
  *presentWork(): Work<Snapshot> {
    const entries = this.#settled();
    return new Snapshot(entries, yield* sorted(entries.keys()));
  }

  /** Begins to load a state. A load that is in progress is given up. */
  beginLoad(): LoadingState {
    this.#loading?.giveUp();
    const loading = new LoadingState({
      entries: this.#entries.emptyCopy(),
      commitment: this.#commitment,
      checkOf: (id) => {
        const contract = this.#contractOf(id);
        return contract && ((key, value) => contract.checkEntry(key, value));
      },
      assertFits: (bytes) => assertFits(this.#bytes + (this.#snapshot?.bytes ?? 0) + bytes, this.#budget),
    });
    this.#loading = loading;
    return loading;
  }

  /**
   * Prepares to replace the whole state by a loaded one. The returned work makes the replacement in its first
   * unit. It closes an open batch, and cannot fail. If this method throws, nothing changes.
   * @throws {@link ExecutorError} `executor/given-up`; the errors of services that refuse the state
   */
  *replacing(loaded: LoadingState): Work<Replacement> {
    const trie = yield* loaded.settle();
    const { entries, bytes } = loaded;
    const followers: Work<void>[] = [];
    for (const service of this.#services)
      followers.push(yield* service.replacing(viewOf(entries, service.contract)));
    return { stateRoot: trie.root, apply: this.#replace(entries, bytes, trie, followers) };
  }

  *#replace(entries: EntryMap, bytes: number, trie: Trie, followers: readonly Work<void>[]): Work<void> {
    this.#settled();
    this.#trie = trie;
    this.#committed = this.#entries = entries;
    this.#bytes = bytes;
    this.#open = undefined;
    this.#snapshot?.giveUp();
    this.#snapshot = this.#loading = undefined;
    yield;
    for (const follow of followers) yield* follow;
  }

  /**
   * Checks that this many bytes of changes fit. Gives up a snapshot and a load if only their memory is in the
   * way, so that a dump never stops dispatch, and a block that does not fit never stops a dump.
   */
  #assertBatchFits(bytes: number): void {
    const needed = this.#bytes + bytes;
    assertFits(needed, this.#budget);
    const aside = (this.#snapshot?.bytes ?? 0) + (this.#loading?.bytes ?? 0);
    if (needed + aside <= this.#budget) return;
    this.#snapshot?.giveUp();
    this.#loading?.giveUp();
  }

  #contractOf(id: ContractId): Contract | undefined {
    return this.#contracts.get(contractKey(id));
  }

  /**
   * Prepares the commit of a batch: all services read the new state. If a service throws, nothing changes.
   * The returned work first puts the batch on top of the committed entries, in one unit. It then merges the
   * batch into these entries, and lets the services follow. Readers see no difference during the merge,
   * because they look in the batch first.
   */
  *#commit(overlay: Overlay, trie: Trie): Work<Work<void>> {
    const followers: Work<void>[] = [];
    for (const service of this.#services)
      followers.push(yield* service.committing(viewOf(overlay, service.contract)));
    return this.#committing(overlay, trie, followers);
  }

  *#committing(overlay: Overlay, trie: Trie, followers: readonly Work<void>[]): Work<void> {
    this.#open = undefined;
    this.#trie = trie;
    this.#committed = overlay;
    this.#merge = this.#merging(overlay);
    yield* this.#merge;
    for (const follow of followers) yield* follow;
  }

  *#merging(overlay: Overlay): Work<void> {
    const entries = this.#entries;
    yield* forEach(overlay.changes(), entriesPerUnit, ([path, value]) => {
      const old = entries.get(path);
      this.#snapshot?.keep(path, old, this.#budget - this.#bytes - (this.#loading?.bytes ?? 0));
      if (old !== undefined) this.#bytes -= memoryOf(path, old);
      if (value !== undefined) this.#bytes += memoryOf(path, value);
      if (value === undefined) entries.delete(path);
      else entries.set(path, value);
    });
    this.#committed = entries;
  }

  /** The committed entries, after the last batch has been merged into them completely. */
  #settled(): EntryMap {
    complete(this.#merge);
    return this.#entries;
  }
}

function byKey(contracts: readonly Contract[]): ReadonlyMap<string, Contract> {
  const found = new Map<string, Contract>();
  for (const contract of contracts) {
    const key = contractKey(contract.id);
    if (found.has(key))
      throw new ExecutorError({ code: "executor/duplicate-contract", contractId: contractText(contract.id) });
    found.set(key, contract);
  }
  return found;
}
