import { ProtocolError } from "../errors/index.ts";

/** Why a signed statement is rejected. */
export type StatementErrorDetail =
  /** The signature of the statement is not by the worker's identity key. */
  | { readonly code: "statement/bad-signature" }
  /** This program does not know the version of the statement. */
  | { readonly code: "statement/unknown-version"; readonly version: number }
  /** The statement belongs to another request. */
  | { readonly code: "statement/wrong-request" }
  /** The statement belongs to another reply. */
  | { readonly code: "statement/wrong-reply" };

/** A reply with a statement that does not verify. */
export class StatementError extends ProtocolError<StatementErrorDetail> {}
