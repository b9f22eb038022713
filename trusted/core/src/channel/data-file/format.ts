/**
 * Files of DataPlaza that their owners seal to a worker, and the results of orders that the worker seals to
 * buyers.
 *
 * | message | bytes |
 * |---|---|
 * | sealed file | `\0pruntime/file/1` ‖ enc(65) ‖ ciphertext of (`Vec<u8>` of signed text ‖ padded file) |
 * | signed text | `{"PruntimeFile":{"enc","genesis_hash","kind","path","worker_key"}}`, signed like a query |
 * | sealed result | `\0pruntime/rows/1` ‖ IV(12) ‖ ciphertext of (1 ‖ seller(32) or 33 zeros, ‖ rows) |
 *
 * The signature covers `enc` and not the file. It need not cover the file, because only the owner and the
 * worker can seal under the key that belongs to `enc`. No CSV text begins with a zero byte, so no file in
 * clear is read as a sealed file.
 */
import { equal, toHex, utf8 } from "../../bytes/index.ts";
import { canonicalJson } from "../../json/index.ts";
import type { WorkerAddress } from "../binding.ts";
import type { HpkeContext } from "../hpke.ts";

/** What a sealed file can be for. */
export const fileKinds = ["dataset", "query"] as const;

/** What a sealed file is for. */
export type FileKind = (typeof fileKinds)[number];

/** What the owner of a file signs. */
export interface FileText {
  readonly kind: FileKind;
  /** The path under which items and orders name the file. */
  readonly path: string;
  readonly worker: WorkerAddress;
  /** The encapsulated key of the message that carries the file, 65 bytes. */
  readonly enc: Uint8Array;
}

/** A sealed file, and the key that opens the results of orders that name it as their query file. */
export interface SealedFile {
  readonly bytes: Uint8Array;
  /** 32 bytes. The owner keeps this key secret. */
  readonly resultKey: Uint8Array;
}

/** The matching rows of a dataset. */
export interface OrderRows {
  /** The account that sealed the dataset, 32 bytes; `undefined` for a dataset in clear. */
  readonly seller: Uint8Array | undefined;
  readonly rows: Uint8Array;
}

/** The first bytes of a sealed file. */
export const fileMark: Uint8Array = utf8("\0pruntime/file/1");
/** The first bytes of a sealed result. */
export const rowsMark: Uint8Array = utf8("\0pruntime/rows/1");
const resultContext = utf8("pruntime/v2/result");

/** Returns the text that the owner of a file signs. */
export function encodeFileText({ kind, path, worker, enc }: FileText): string {
  return canonicalJson({
    PruntimeFile: {
      enc: toHex(enc),
      genesis_hash: toHex(worker.genesisHash),
      kind,
      path,
      worker_key: toHex(worker.publicKey),
    },
  });
}

/** Whether these bytes claim to be a sealed file. A file in clear that does so is not CSV. */
export function isSealedFile(bytes: Uint8Array): boolean {
  return startsWith(bytes, fileMark);
}

/** Whether these bytes claim to be a sealed result. */
export function isSealedResult(bytes: Uint8Array): boolean {
  return startsWith(bytes, rowsMark);
}

/** Derives the key of results, 32 bytes. It is independent of the key that sealed the file. */
export function resultKeyOf({ exporter }: HpkeContext): Uint8Array {
  return exporter(resultContext, 32);
}

function startsWith(bytes: Uint8Array, mark: Uint8Array): boolean {
  return equal(bytes.subarray(0, mark.length), mark);
}
