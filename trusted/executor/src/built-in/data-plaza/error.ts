import { ProtocolError } from "@pruntime/core/errors";

/** Why the operator's data area does not take a file. */
export type DataErrorDetail =
  /** The path is empty or longer than a dataset link may be. */
  | { readonly code: "data/bad-path"; readonly length: number; readonly limit: number }
  /** Paths under `/order/` are results of orders; the operator cannot write them. */
  | { readonly code: "data/reserved-path" }
  /** The file is larger than one file may be. */
  | { readonly code: "data/file-too-large"; readonly bytes: number; readonly limit: number }
  /** The data area holds as many files as it may. */
  | { readonly code: "data/too-many-files"; readonly limit: number }
  /** All files together would be larger than the data area. */
  | { readonly code: "data/full"; readonly bytes: number; readonly limit: number };

/** A file that the operator's data area does not take. */
export class DataError extends ProtocolError<DataErrorDetail> {}
