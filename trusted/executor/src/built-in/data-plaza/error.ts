import { ProtocolError } from "@pruntime/core/errors";

/** The reasons for which the operator's data area refuses a file. */
export type DataErrorDetail =
  /** The path is empty or longer than a dataset link may be. */
  | { readonly code: "data/bad-path"; readonly length: number; readonly limit: number }
  /** The file is sealed, and the worker does not give it out. */
  | { readonly code: "data/sealed" }
  /** The path starts with `/order/`, which is reserved for the results of orders. */
  | { readonly code: "data/reserved-path" }
  /** The file is larger than the limit for one file. */
  | { readonly code: "data/file-too-large"; readonly bytes: number; readonly limit: number }
  /** The data area already contains the maximum number of files. */
  | { readonly code: "data/too-many-files"; readonly limit: number }
  /** The file would exceed the data area's limit for all files together. */
  | { readonly code: "data/full"; readonly bytes: number; readonly limit: number };

/** A file that the operator's data area refuses. */
export class DataError extends ProtocolError<DataErrorDetail> {}
