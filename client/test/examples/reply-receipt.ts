import type { ReplyReceipt, WorkerClient } from "@pruntime/client";
import { dataPlaza } from "@pruntime/client/contracts/data-plaza";

/**
 * Returns a reply receipt, which `pruntime verify receipt` verifies. The query is plain, so anyone can read
 * the answer in the receipt.
 */
export async function proofOfItems(worker: WorkerClient): Promise<ReplyReceipt> {
  const { contractId, json } = dataPlaza.items();
  return worker.replyReceipt(await worker.query(contractId, json, { kind: "plain" }));
}
