import type { QuerySigner, WorkerClient } from "@pruntime/client";
import { sealDataFile } from "@pruntime/client/contracts/data-files";
import { type OrderRows, openResult, type SealedFile } from "@pruntime/core/channel";
import { portableCrypto } from "@pruntime/core/crypto";

/** Returns the sealed query file for the worker's operator, and the key that opens its results. */
export function seal(worker: WorkerClient, signer: QuerySigner, bytes: Uint8Array): Promise<SealedFile> {
  return sealDataFile(worker, { kind: "query", path: "/mine", bytes }, signer);
}

/** Returns the rows that the operator fetched from `/order/0`, and the account that sealed the dataset. */
export function open(resultKey: Uint8Array, fetched: Uint8Array): OrderRows {
  return openResult(portableCrypto, resultKey, "/order/0", fetched);
}
