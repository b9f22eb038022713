import { portableCrypto, type QuerySigner, type WorkerClient } from "@pruntime/client";
import {
  type OrderRows,
  openResult,
  type SealedFile,
  sealDataFile,
} from "@pruntime/client/contracts/data-files";

/** Returns the sealed query file for the worker's operator, and the key that opens its results. */
export function seal(worker: WorkerClient, signer: QuerySigner, bytes: Uint8Array): Promise<SealedFile> {
  return sealDataFile(worker, { kind: "query", path: "/mine", bytes }, signer);
}

/** Returns the rows that the operator fetched from `/order/0`, and the account that sealed the dataset. */
export function open(resultKey: Uint8Array, fetched: Uint8Array): OrderRows {
  return openResult(portableCrypto, resultKey, "/order/0", fetched);
}
