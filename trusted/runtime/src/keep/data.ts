/** The records of the operator's files, one each, by path. */
import type { RecordKind } from "./record.ts";

/** A file of the data area. */
export interface DataFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** The file's bytes, under its path. */
export const dataRecord: RecordKind<DataFile> = {
  kind: "data",
  write: ({ path, bytes }) => ({ name: path, bytes }),
  read: ({ name, bytes }) => ({ path: name, bytes }),
};
