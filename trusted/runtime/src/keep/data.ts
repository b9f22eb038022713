/** The records of the files of DataPlaza: one record for each file, named by its path. */
import { concat } from "@pruntime/core/bytes";
import { fileKinds, pad, unpad } from "@pruntime/core/channel";
import { decodeAll, type Reader } from "@pruntime/core/scale";
import type { StoredFile } from "@pruntime/executor";
import type { RecordKind } from "./record.ts";

/**
 * A file, and the key agreement key (65 bytes) of the worker that stored it. A worker with the same sealing
 * key can open the record, but restores the file only if it has this key, too. A handover
 * gives the receiver this key, and stores the receiver's own files again under it.
 */
export interface KeptFile extends StoredFile {
  readonly ecdhPublicKey: Uint8Array;
}

/**
 * A record whose name is the path. Its bytes are `key agreement key(65) ‖ 0 ‖ file` for a file in clear, and
 * `key agreement key(65) ‖ 1 or 2 ‖ owner(32) ‖ result key(32) ‖ padded file` for a sealed dataset or query
 * file. The host learns the same from the record's length as from the length of the sealed file.
 */
export const dataRecord: RecordKind<KeptFile> = {
  kind: "data",
  write: ({ path, bytes, seal, ecdhPublicKey }) => ({
    name: path,
    bytes:
      seal === undefined
        ? concat(ecdhPublicKey, Uint8Array.of(0), bytes)
        : concat(ecdhPublicKey, Uint8Array.of(tagOf(seal)), seal.owner, seal.resultKey, pad(bytes, 0)),
  }),
  read: ({ name, bytes }) =>
    decodeAll(bytes, (r) => ({ path: name, ecdhPublicKey: r.take(65).slice(), ...readFile(r) })),
};

/** Tells the kinds of sealed files apart. The tag 0 marks a file in clear. */
function tagOf({ kind }: NonNullable<StoredFile["seal"]>): number {
  return fileKinds.indexOf(kind) + 1;
}

function readFile(r: Reader): Pick<KeptFile, "bytes" | "seal"> {
  const tag = r.u8();
  if (tag === 0) return { bytes: r.take(r.left).slice(), seal: undefined };
  const kind = fileKinds[tag - 1];
  if (kind === undefined) throw r.badTag("data", tag);
  const seal = { kind, owner: r.take(32).slice(), resultKey: r.take(32).slice() };
  return { bytes: unpad(r.take(r.left), 0).slice(), seal };
}
