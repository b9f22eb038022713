/** An executor, people, and commands in blocks, in few words. */
import { fromHex, toHex } from "@pruntime/core/bytes";
import { portableCrypto } from "@pruntime/core/crypto";
import { canonicalJson, type Json } from "@pruntime/core/json";
import { expect } from "vitest";
import {
  type Batch,
  Executor,
  type ExecutorOptions,
  type OpenedCommand,
  type Receipt,
  type Status,
} from "../src/index.ts";

export const alice = fromHex("d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d");
export const bob = new Uint8Array(32).fill(0xb0);
export const carol = new Uint8Array(32).fill(0xca);
export const stateKey = new Uint8Array(32).fill(7);
export const [aliceHex, bobHex, carolHex] = [toHex(alice), toHex(bob), toHex(carol)];

export function newExecutor(options: Partial<ExecutorOptions> = {}): Executor {
  return new Executor({ crypto: portableCrypto, stateKey, ...options });
}

export type Given = Partial<OpenedCommand> & { readonly json?: Json };

let transactions = 0;

/** A command; its transaction hash is new unless given. */
export function command({ json, ...given }: Given): OpenedCommand {
  const txHash = new Uint8Array(32);
  new DataView(txHash.buffer).setUint32(0, ++transactions);
  const text = json === undefined ? undefined : canonicalJson(json);
  return { block: { number: 1, timeMs: 0n }, index: 2, sender: alice, contractId: 2, txHash, text, ...given };
}

/** Runs commands as one block and commits them. */
export function run(executor: Executor, ...commands: readonly Given[]): Receipt[] {
  const batch = executor.begin();
  const receipts = commands.map((given) => batch.execute(command(given)));
  batch.endBlock();
  batch.commit();
  return receipts;
}

/** Runs one command: its status. */
export function status(
  executor: Executor,
  contractId: number,
  json: Json,
  sender: Uint8Array = alice,
): Status | undefined {
  return run(executor, { contractId, json, sender })[0]?.status;
}

/** The canonical text of an answer: what travels. */
export function ask(executor: Executor, contractId: number, request: Json, origin?: Uint8Array): string {
  return canonicalJson(executor.query(origin, contractId, request) as Json);
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
