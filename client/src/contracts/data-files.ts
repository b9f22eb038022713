/** Seals files for DataPlaza, so that neither the worker's operator nor its host can read them. */
import {
  encodeFileText,
  ephemeralKey,
  type FileKind,
  type SealedFile,
  sealFile,
} from "@pruntime/core/channel";
import { complete } from "@pruntime/core/work";
import { checkDataFile } from "@pruntime/interfaces";
import type { WorkerClient } from "../client.ts";
import { type QuerySigner, signText } from "../signers/signer.ts";

export { type FileKind, type OrderRows, openResult, type SealedFile } from "@pruntime/core/channel";

/** A file for DataPlaza: a seller's dataset, or a buyer's query file. */
export interface DataFile {
  readonly kind: FileKind;
  /** The path under which the item or the order names the file. */
  readonly path: string;
  /** CSV with a header. A dataset has a column `phone`. */
  readonly bytes: Uint8Array;
}

/**
 * Checks, signs and seals a file to a worker. The worker's operator then uploads the sealed bytes under the
 * same path. The signer is the account that lists the item or opens the order.
 * @throws CsvError if the file is not a table; as {@link WorkerClient.sealBy}; the errors of the signer
 */
export function sealDataFile(
  worker: WorkerClient,
  { kind, path, bytes }: DataFile,
  signer: QuerySigner,
): Promise<SealedFile> {
  return worker.sealBy(async (crypto, random, address) => {
    complete(checkDataFile(kind, bytes));
    const ephemeral = ephemeralKey(crypto, random);
    const queryPayload = encodeFileText({ kind, path, worker: address, enc: ephemeral.publicKey });
    const origin = await signText(signer, queryPayload);
    return sealFile(crypto, ephemeral, address, { queryPayload, origin }, bytes);
  });
}
