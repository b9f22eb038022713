import { ProtocolError } from "../errors/index.ts";

export type StatementErrorDetail =
  /** The statement was not signed by the worker's identity key. */
  | { readonly code: "statement/bad-signature" }
  /** This program does not know the version of the statement. */
  | { readonly code: "statement/unknown-version"; readonly version: number }
  /** The statement belongs to another request. */
  | { readonly code: "statement/wrong-request" }
  /** The statement belongs to another reply. */
  | { readonly code: "statement/wrong-reply" };

/** A reply whose statement does not hold. */
export class StatementError extends ProtocolError<StatementErrorDetail> {}
