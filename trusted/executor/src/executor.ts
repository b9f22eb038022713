/**
 * Runs commands and answers queries. Nothing a command or a query says throws past here: a command that cannot be read or fails becomes a
 * receipt, a malformed request a coded error. What does throw uncoded is a bug, and nothing of that command was written.
 */

import type { Crypto } from "@pruntime/core/crypto";
import { ProtocolError } from "@pruntime/core/errors";
import { type Json, JsonError, type JsonLimits, parseJson } from "@pruntime/core/json";
import type { Trie } from "@pruntime/core/trie";
import type { BlockContext, Contract, JoinOrder } from "./contract.ts";
import { builtInContracts } from "./contracts/index.ts";
import { DataArea, type DataLimits } from "./data/index.ts";
import { decodeDump, encodeDump } from "./dump.ts";
import { ContractError, ExecutorError } from "./error.ts";
import { type Receipt, system, systemId, writeReceipt } from "./receipts.ts";
import { Commitment } from "./root.ts";
import { Overlay, stateOf, viewOf } from "./state.ts";
import type { Status } from "./status.ts";

/** A command as it was found on the chain and opened. */
export interface OpenedCommand {
  readonly block: BlockContext;
  /** Index of the extrinsic within its block. */
  readonly index: number;
  /** Account, 32 bytes. */
  readonly sender: Uint8Array;
  readonly contractId: number;
  /** 32 bytes. */
  readonly txHash: Uint8Array;
  /** `undefined`: it could not be opened. */
  readonly text: string | undefined;
  /**
   * The text came out of an envelope that is not bound to its sender (v1): a query or reply of somebody else's opens as a command too, and so its receipt
   * must not repeat it.
   */
  readonly unbound?: boolean | undefined;
}

/** Commands longer (in UTF-16 units) or nested deeper than this are `BadCommand`s. */
export const commandLimits: JsonLimits = { maxLength: 1 << 16, maxDepth: 16 };

export interface ExecutorOptions {
  readonly crypto: Crypto;
  /** 32 bytes: workers that hold the same have the same roots. */
  readonly stateKey: Uint8Array;
  /** Beside the system contract; the built-in ones when absent. */
  readonly contracts?: readonly Contract[];
  readonly dataLimits?: DataLimits;
}

/** Commands on their way into the state. */
export interface Batch {
  /** Runs one command, whole or not at all. */
  execute(command: OpenedCommand): Receipt;
  /** Ends a block: the state root after it. */
  endBlock(): Uint8Array;
  /** Makes all of it the state. The batch is dead after it; one that is dropped instead leaves no trace. */
  commit(): void;
}

export class Executor {
  readonly #contracts: ReadonlyMap<number, Contract>;
  readonly #commitment: Commitment;
  readonly #data: DataArea;
  #entries = new Map<string, Uint8Array>();
  #trie: Trie;
  #open: ExecutorBatch | undefined;

  /** @throws {@link ExecutorError} `executor/bad-state-key`, `executor/duplicate-contract` */
  constructor({ crypto, stateKey, contracts = builtInContracts, dataLimits }: ExecutorOptions) {
    this.#contracts = byId([system, ...contracts]);
    this.#commitment = new Commitment(crypto, stateKey);
    this.#data = new DataArea(dataLimits);
    const genesis = new Overlay(this.#entries);
    for (const contract of contracts) contract.genesis?.(stateOf(genesis, contract.id));
    this.#merge(genesis);
    this.#trie = this.#commitment.of(this.#entries);
  }

  /** Root of the committed state, 32 bytes. */
  get stateRoot(): Uint8Array {
    return this.#trie.root;
  }

  /** Starts a batch on the committed state. A batch that is still open is closed without a trace. */
  begin(): Batch {
    const batch: ExecutorBatch = new ExecutorBatch(
      this.#contracts,
      this.#commitment,
      this.#entries,
      this.#trie,
      {
        isOpen: () => this.#open === batch,
        commit: (overlay, trie) => {
          this.#open = undefined;
          this.#trie = trie;
          this.#merge(overlay);
        },
      },
    );
    this.#open = batch;
    return batch;
  }

  /**
   * Answers from the committed state. `undefined`: there is no such contract.
   * @param origin the account that proved to have signed the request
   * @throws {@link ContractError} `contract/bad-request`
   */
  query(origin: Uint8Array | undefined, contractId: number, request: Json): Json | undefined {
    const contract = this.#contracts.get(contractId);
    if (contract === undefined) return undefined;
    try {
      return contract.query({ origin, data: this.#data }, viewOf(this.#entries, contractId), request);
    } catch (cause) {
      if (!(cause instanceof JsonError)) throw cause;
      throw new ContractError({ code: "contract/bad-request", contractId }, { cause });
    }
  }

  /** Keeps a file of the operator's, and makes the results that waited for it. @throws DataError */
  setData(path: string, bytes: Uint8Array): void {
    this.#data.set(path, bytes);
  }

  /** A file of the operator's, or the result of an order. */
  getData(path: string): Uint8Array | undefined {
    return this.#data.get(path);
  }

  /** The operator's files. */
  dataEntries(): Iterable<readonly [path: string, bytes: Uint8Array]> {
    return this.#data.entries();
  }

  /** The committed state, without the operator's data. */
  encodeState(): Uint8Array {
    return encodeDump(this.#entries);
  }

  /**
   * Puts a dump in place of the whole state; an open batch is closed. The operator's files stay.
   * @throws CodecError, {@link ExecutorError} `executor/dump-…`; nothing has changed then
   */
  loadState(bytes: Uint8Array): void {
    const entries = decodeDump(bytes, (contractId) => this.#contracts.get(contractId)?.cells);
    const orders = this.#joinOrders(entries, 0);
    this.#trie = this.#commitment.of(entries);
    this.#entries = entries;
    this.#open = undefined;
    this.#data.forgetOrders();
    for (const order of orders) this.#data.follow(order);
    this.#data.join();
  }

  #merge(overlay: Overlay): void {
    for (const [path, value] of overlay.changes()) {
      if (value === undefined) this.#entries.delete(path);
      else this.#entries.set(path, value);
    }
    for (const order of this.#joinOrders(this.#entries, this.#data.orderCount)) this.#data.follow(order);
    this.#data.join();
  }

  #joinOrders(entries: ReadonlyMap<string, Uint8Array>, first: number): readonly JoinOrder[] {
    const orders: JoinOrder[] = [];
    for (const contract of this.#contracts.values())
      for (const order of contract.joinOrders?.(viewOf(entries, contract.id), first) ?? [])
        orders.push(order);
    return orders;
  }
}

/** What a batch may ask of its executor. */
interface Owner {
  readonly isOpen: () => boolean;
  readonly commit: (overlay: Overlay, trie: Trie) => void;
}

class ExecutorBatch implements Batch {
  readonly #contracts: ReadonlyMap<number, Contract>;
  readonly #commitment: Commitment;
  readonly #owner: Owner;
  /** Everything since the batch began, and what of it no block has ended yet. */
  readonly #overlay: Overlay;
  readonly #block: Overlay;
  #trie: Trie;

  constructor(
    contracts: ReadonlyMap<number, Contract>,
    commitment: Commitment,
    committed: ReadonlyMap<string, Uint8Array>,
    trie: Trie,
    owner: Owner,
  ) {
    this.#contracts = contracts;
    this.#commitment = commitment;
    this.#owner = owner;
    this.#overlay = new Overlay(committed);
    this.#block = new Overlay(this.#overlay);
    this.#trie = trie;
  }

  execute(command: OpenedCommand): Receipt {
    this.#checkOpen();
    const { status, writes } = this.#run(command);
    const receipt: Receipt = {
      account: command.sender.slice(),
      blockNumber: command.block.number,
      txHash: command.txHash.slice(),
      contractId: command.contractId,
      command: receiptText(command),
      status,
    };
    writeReceipt(stateOf(writes, systemId), receipt);
    absorb(this.#block, writes);
    return receipt;
  }

  endBlock(): Uint8Array {
    this.#checkOpen();
    this.#trie = this.#commitment.after(this.#trie, this.#block.changes());
    absorb(this.#overlay, this.#block);
    this.#block.clear();
    return this.#trie.root;
  }

  commit(): void {
    this.endBlock();
    this.#owner.commit(this.#overlay, this.#trie);
  }

  /** Runs a command on an overlay of its own: it has what the command wrote if that is to stand. */
  #run(command: OpenedCommand): { readonly status: Status; readonly writes: Overlay } {
    const writes = new Overlay(this.#block);
    const status = this.#status(command, writes);
    return { status, writes: status === "Ok" ? writes : new Overlay(this.#block) };
  }

  #status(command: OpenedCommand, writes: Overlay): Status {
    const { text, contractId } = command;
    if (text === undefined) return "BadSecret";
    const contract = this.#contracts.get(contractId);
    if (contract === undefined) return "BadContractId";
    try {
      return contract.command(command, stateOf(writes, contractId), parseJson(text, commandLimits));
    } catch (error) {
      if (error instanceof JsonError) return "BadCommand";
      if (error instanceof ProtocolError) return "UnknownError";
      throw error;
    }
  }

  /** @throws {@link ExecutorError} `executor/batch-closed` */
  #checkOpen(): void {
    if (!this.#owner.isOpen()) throw new ExecutorError({ code: "executor/batch-closed" });
  }
}

function absorb(below: Overlay, above: Overlay): void {
  for (const [path, value] of above.changes()) below.put(path, value);
}

const loneSurrogate = /\p{Surrogate}/u;

/** A receipt repeats what it can store. */
function receiptText({ text, unbound }: OpenedCommand): string {
  return unbound === true ||
    text === undefined ||
    text.length > commandLimits.maxLength ||
    loneSurrogate.test(text)
    ? ""
    : text;
}

function byId(contracts: readonly Contract[]): ReadonlyMap<number, Contract> {
  const found = new Map<number, Contract>();
  for (const contract of contracts) {
    if (found.has(contract.id))
      throw new ExecutorError({ code: "executor/duplicate-contract", contractId: contract.id });
    found.set(contract.id, contract);
  }
  return found;
}
