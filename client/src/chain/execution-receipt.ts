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

/**
 * Polls until a command has an execution receipt, and returns the receipt's status.
 * @throws {@link ClientError} `client/timeout`
 */
export async function awaitExecutionReceipt(
  worker: WorkerClient,
  account: Account,
  key: string,
  timeoutMs: number,
): Promise<string> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const status = statusOf(
      (await worker.query(system, { QueryReceipt: { tx_hash: key } }, { signer: account.query })).value,
    );
    if (status !== undefined) return status;
    if (Date.now() > end)
      throw new ClientError({ code: "client/timeout", what: "the execution receipt: is the relay running?" });
    await sleep(pollMs);
  }
}

function statusOf(value: Json): string | undefined {
  const read = answer(value, "");
  return read.kind === "QueryReceipt" ? read.value.receipt.status : undefined;
}
