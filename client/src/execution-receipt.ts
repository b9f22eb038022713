/** Waits until a worker has executed a command. */
import { toHex } from "@pruntime/core/bytes";
import { portableCrypto } from "@pruntime/core/crypto";
import { type Json, jsonAny, jsonObject, jsonString, jsonVariant } from "@pruntime/core/json";
import { ClientError } from "./error.ts";
import type { QuerySigner } from "./signers/signer.ts";
import { sleep } from "./wait.ts";

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

/** What a client of a worker can do, as far as receipts need it. */
export interface ReceiptSource {
  readonly query: (
    contractId: number,
    request: Json,
    options: { readonly signer: QuerySigner },
  ) => Promise<{ readonly value: Json; readonly dispatchedNumber: number }>;
}

/**
 * Polls until a command has an execution receipt, and returns the receipt's status.
 * @param account the command's sender; a worker shows the receipt only to this account
 * @throws {@link ClientError} `client/not-executed`; as the client's `query`; the signal's reason
 */
export async function awaitExecutionReceipt(
  worker: ReceiptSource,
  account: { readonly query: QuerySigner },
  { receiptKey, blockNumber }: CommandOnChain,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<string> {
  const end = Date.now() + timeoutMs;
  const request = { QueryReceipt: { tx_hash: receiptKey } };
  for (;;) {
    signal?.throwIfAborted();
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
