import type { Receipt, WorkerClient } from "@pruntime/client";
import { dataPlaza } from "@pruntime/client/contracts/data-plaza";

/** `pruntime verify receipt` reads what this returns. Asked in plain, anybody can read the answer in it. */
export async function proofOfItems(worker: WorkerClient): Promise<Receipt> {
  const { contractId, json } = dataPlaza.items();
  return worker.receipt(await worker.query(contractId, json, { kind: "plain" }));
}
