/** Makes executors, accounts and commands for tests, and runs the commands. */
import { concat, fromHex, fromUtf8, toHex, utf8 } from "@pruntime/core/bytes";
import { portableCrypto } from "@pruntime/core/crypto";
import { canonicalJson, type Json } from "@pruntime/core/json";
import type { GenesisBalance } from "@pruntime/core/light-client";
import { complete } from "@pruntime/core/work";
import type { Status } from "@pruntime/interfaces";
import { expect } from "vitest";
import { system } from "../src/built-in/system.ts";
import {
  type Batch,
  builtInContracts,
  type ContractId,
  type DataArea,
  type DataLimits,
  type ExecutionReceipt,
  Executor,
  type ExecutorOptions,
  type OpenedCommand,
  readFile,
  storingFile,
} from "../src/index.ts";

export const alice = fromHex("d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d");
export const bob = new Uint8Array(32).fill(0xb0);
export const carol = new Uint8Array(32).fill(0xca);
export const stateKey = new Uint8Array(32).fill(7);
export const [aliceHex, bobHex, carolHex] = [toHex(alice), toHex(bob), toHex(carol)];

/** An executor, and what the operator can do with the data area of the built-in contracts. */
export type TestExecutor = Executor & { readonly data: OperatorFiles };

interface OperatorFiles {
  readonly set: (path: string, bytes: Uint8Array) => void;
  readonly get: (path: string) => Uint8Array | undefined;
  readonly entries: DataArea["entries"];
}

type Options = Partial<ExecutorOptions> & {
  readonly dataLimits?: DataLimits;
  readonly genesisBalance?: GenesisBalance;
};

/**
 * Makes an executor of the built-in contracts, or of the system contract and `contracts` if they are given.
 */
export function newExecutor(given: Options = {}): TestExecutor {
  const { dataLimits, genesisBalance = { kind: "development" }, contracts, ...options } = given;
  const { data, ...builtIn } = builtInContracts(genesisBalance, dataLimits);
  const others = contracts && { contracts: [system, ...contracts], services: [] };
  const executor = new Executor({ crypto: portableCrypto, stateKey, ...builtIn, ...others, ...options });
  const files: OperatorFiles = {
    set: (path, bytes) => complete(complete(storingFile(executor, data, { path, bytes, seal: undefined }))),
    get: (path) => complete(readFile(executor, data, path))?.rows,
    entries: () => data.entries(),
  };
  return Object.assign(executor, { data: files });
}

/** Some fields of a command. The input is `json`, `text`, or the bytes in `input`. */
export type Given = Partial<OpenedCommand> & { readonly json?: Json; readonly text?: string | undefined };

let transactions = 0;

/** Makes a command. If `txHash` is not given, each call uses a new transaction hash. */
export function command({
  json,
  text = json === undefined ? undefined : canonicalJson(json),
  ...given
}: Given): OpenedCommand {
  const txHash = new Uint8Array(32);
  new DataView(txHash.buffer).setUint32(0, ++transactions);
  const input = text === undefined ? undefined : utf8(text);
  return {
    block: { number: 1, timeMs: 0n },
    index: 2,
    sender: alice,
    contractId: 2,
    txHash,
    input,
    ...given,
  };
}

/** Runs commands as one block and commits them. */
export function run(executor: Executor, ...commands: readonly Given[]): ExecutionReceipt[] {
  const batch = executor.begin();
  const receipts = commands.map((given) => batch.execute(command(given)).receipt);
  batch.endBlock(commands[0]?.block?.number ?? 1);
  batch.commit();
  return receipts;
}

/** Runs one command and returns its status. */
export function status(
  executor: Executor,
  contractId: ContractId,
  json: Json,
  sender: Uint8Array = alice,
): Status | undefined {
  return run(executor, { contractId, json, sender })[0]?.status;
}

/** Sends a request to a contract and returns the answer's text. */
export function ask(executor: Executor, contractId: ContractId, request: Json, origin?: Uint8Array): string {
  return fromUtf8(answer(executor, contractId, request, origin));
}

/** Sends a request to a contract and returns the answer's bytes. */
export function answer(
  executor: Executor,
  contractId: ContractId,
  request: Json,
  origin?: Uint8Array,
): Uint8Array {
  return executor.query(origin, contractId, utf8(canonicalJson(request))) as Uint8Array;
}

export function transfer(dest: Uint8Array, value: bigint | string): Json {
  return { Transfer: { dest: toHex(dest), value: String(value) } };
}

export function balanceOf(executor: Executor, account: Uint8Array): string {
  return ask(executor, 2, { FreeBalance: { account: toHex(account) } }, account);
}

export const code = (wanted: string) => expect.objectContaining({ code: wanted });

export function inBatch<T>(executor: Executor, body: (batch: Batch) => T): T {
  return body(executor.begin());
}

/** All entries of the committed state, as a dump has them. */
export function encodeState(executor: Executor): Uint8Array {
  return concat(...complete(executor.snapshotWork()).parts());
}

/** Replaces the state by these entries, in one part. */
export function loadState(executor: Executor, entries: Uint8Array): void {
  const loading = executor.beginLoad();
  complete(loading.add(entries));
  complete(complete(executor.replacing(loading)).apply);
}
