/**
 * Runs commands and answers queries for any contracts. If a command could not be opened, names an unknown
 * contract or fails, the status in its execution receipt says so. An error without a code is a bug: the
 * executor rethrows it, and discards all of the command's writes.
 */
import type { Crypto } from "@pruntime/core/crypto";
import type { Trie } from "@pruntime/core/trie";
import { type Batch, type BatchOwner, ExecutorBatch } from "./batch.ts";
import type { Contract, Service } from "./contract.ts";
import { type ContractId, contractKey, contractText } from "./contract-id.ts";
import { ExecutorError } from "./error.ts";
import { Commitment } from "./state/commitment.ts";
import { decodeDump, encodeDump } from "./state/dump.ts";
import { Overlay, stateOf, viewOf } from "./state/overlay.ts";

/** The cryptography, key, contracts and services that an executor uses. */
export interface ExecutorOptions {
  readonly crypto: Crypto;
  /** The state key, 32 bytes. Workers with the same state key and the same state have the same root. */
  readonly stateKey: Uint8Array;
  readonly contracts: readonly Contract[];
  readonly services?: readonly Service[];
}

/** The state of all contracts. Every change goes through this class. */
export class Executor {
  readonly #contracts: ReadonlyMap<string, Contract>;
  readonly #services: readonly Service[];
  readonly #commitment: Commitment;
  #entries = new Map<string, Uint8Array>();
  #trie: Trie;
  #open: Batch | undefined;

  /** @throws {@link ExecutorError} `executor/bad-state-key`, `executor/duplicate-contract` */
  constructor({ crypto, stateKey, contracts, services = [] }: ExecutorOptions) {
    this.#contracts = byKey(contracts);
    this.#services = services;
    this.#commitment = new Commitment(crypto, stateKey);
    const genesis = new Overlay(this.#entries);
    for (const contract of contracts) contract.genesis?.(stateOf(genesis, contract.id));
    this.#merge(genesis);
    this.#trie = this.#commitment.of(this.#entries);
  }

  /** Root of the committed state, 32 bytes. */
  get stateRoot(): Uint8Array {
    return this.#trie.root;
  }

  /** Starts a batch on the committed state. Closes any batch that is still open, without effect. */
  begin(): Batch {
    const owner: BatchOwner = {
      contractOf: (id) => this.#contractOf(id),
      commitment: this.#commitment,
      isOpen: () => this.#open === batch,
      commit: (overlay, trie) => {
        this.#merge(overlay);
        this.#open = undefined;
        this.#trie = trie;
      },
    };
    const batch: Batch = new ExecutorBatch(owner, this.#entries, this.#trie);
    this.#open = batch;
    return batch;
  }

  /**
   * Answers a request from the committed state. Returns `undefined` if there is no contract with this id.
   * @param origin the account that signed the request
   * @throws ContractError `contract/bad-request`
   */
  query(origin: Uint8Array | undefined, id: ContractId, request: Uint8Array): Uint8Array | undefined {
    return this.#contractOf(id)?.query({ origin }, viewOf(this.#entries, id), request);
  }

  /** Returns a dump of the committed state. */
  encodeState(): Uint8Array {
    return encodeDump(this.#entries);
  }

  /**
   * Replaces the whole state with a dump, and closes an open batch. If the method throws, nothing changes.
   * @throws CodecError, BytesError, {@link ExecutorError} `executor/dump-…`, and the errors of services that
   * refuse the state
   */
  loadState(bytes: Uint8Array): void {
    const entries = decodeDump(bytes, (id) => {
      const contract = this.#contractOf(id);
      return contract && ((key, value) => contract.checkEntry(key, value));
    });
    const replaced = this.#services.map((service) => service.replacing(viewOf(entries, service.contract)));
    this.#trie = this.#commitment.of(entries);
    this.#entries = entries;
    this.#open = undefined;
    for (const takeNote of replaced) takeNote();
  }

  #contractOf(id: ContractId): Contract | undefined {
    return this.#contracts.get(contractKey(id));
  }

  /** Merges the writes after all services have read the new state. If a service throws, nothing changes. */
  #merge(overlay: Overlay): void {
    const committed = this.#services.map((service) => service.committing(viewOf(overlay, service.contract)));
    for (const [path, value] of overlay.changes()) {
      if (value === undefined) this.#entries.delete(path);
      else this.#entries.set(path, value);
    }
    for (const takeNote of committed) takeNote();
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
