/** The records of the operator's files: one record for each file, named by its path. */
import type { RecordKind } from "./record.ts";

/** A file of the data area. */
export interface DataFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** A record whose name is the path and whose bytes are the file. */
export const dataRecord: RecordKind<DataFile> = {
  kind: "data",
  write: ({ path, bytes }) => ({ name: path, bytes }),
  read: ({ name, bytes }) => ({ path: name, bytes }),
};
