/** Waits until a worker has executed a command. */
import { toHex } from "@pruntime/core/bytes";
import { portableCrypto } from "@pruntime/core/crypto";
import { type Json, jsonAny, jsonObject, jsonString, jsonVariant } from "@pruntime/core/json";
import type { WorkerClient } from "../client.ts";
import { ClientError } from "../error.ts";
import { sleep } from "../wait.ts";
import type { Account } from "./account.ts";

const system = 0;
const pollMs = 250;
const answer = jsonVariant({
  QueryReceipt: jsonObject({ receipt: jsonObject({ status: jsonString() }, "ignored") }, "ignored"),
  Error: jsonAny,
});

/**
 * The key of a command's execution receipt, for workers that read commands from events: blake2b-256 of the
 * payload in the transaction, as hex.
 */
export function executionReceiptKey(payload: Uint8Array): string {
  return toHex(portableCrypto.blake2b256(payload));
}

/** A command on a chain: the key of its execution receipt, and the block that contains it. */
export interface CommandOnChain {
  readonly receiptKey: string;
  readonly blockNumber: number;
}

/**
 * Polls until a command has an execution receipt, and returns the receipt's status.
 * @throws {@link ClientError} `client/not-executed`; as the client's `query`
 */
export async function awaitExecutionReceipt(
  worker: WorkerClient,
  account: Account,
  { receiptKey, blockNumber }: CommandOnChain,
  timeoutMs: number,
): Promise<string> {
  const end = Date.now() + timeoutMs;
  const request = { QueryReceipt: { tx_hash: receiptKey } };
  for (;;) {
    const { value, dispatchedNumber } = await worker.query(system, request, { signer: account.query });
    const status = statusOf(value);
    if (status !== undefined) return status;
    if (Date.now() > end)
      throw new ClientError({ code: "client/not-executed", blockNumber, dispatchedNumber });
    await sleep(pollMs);
  }
}

function statusOf(value: Json): string | undefined {
  const read = answer(value, "");
  return read.kind === "QueryReceipt" ? read.value.receipt.status : undefined;
}
