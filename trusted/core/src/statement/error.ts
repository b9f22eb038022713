import { ProtocolError } from "../errors/index.ts";

export type StatementErrorDetail =
  /** The statement was not signed by the worker's identity key. */
  | { readonly code: "statement/bad-signature" }
  /** The statement is of a version this program does not know. */
  | { readonly code: "statement/unknown-version"; readonly version: number }
  /** The statement answers another request than the one that was sent. */
  | { readonly code: "statement/wrong-request" }
  /** The statement belongs to another reply than the one it came with. */
  | { readonly code: "statement/wrong-reply" };

/** A reply whose statement does not hold. */
export class StatementError extends ProtocolError<StatementErrorDetail> {}
