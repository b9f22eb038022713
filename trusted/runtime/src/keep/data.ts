/** The records of the operator's files: one record for each file, named by its path. */
import { decodeAll, encode } from "@pruntime/core/scale";
import type { RecordKind } from "./record.ts";

/** A file of the data area. */
export interface DataFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * A file, and the key agreement key (65 bytes) of the worker that stored it. A worker with the same sealing
 * key can open the record, but restores the file only if it has this key, too. A handover
 * gives the receiver this key, and stores the receiver's own files again under it.
 */
export interface KeptFile extends DataFile {
  readonly ecdhPublicKey: Uint8Array;
}

/** A record whose name is the path and whose bytes are `key agreement key(65) ‖ file`. */
export const dataRecord: RecordKind<KeptFile> = {
  kind: "data",
  write: ({ path, bytes, ecdhPublicKey }) => ({
    name: path,
    bytes: encode(bytes, (w) => w.raw(ecdhPublicKey).raw(bytes)),
  }),
  read: ({ name, bytes }) =>
    decodeAll(bytes, (r) => ({
      path: name,
      ecdhPublicKey: r.take(65).slice(),
      bytes: r.take(bytes.length - 65).slice(),
    })),
};
