import { ProtocolError } from "../errors/index.ts";

/** Why a signed statement is rejected. */
export type StatementErrorDetail =
  /** The worker's identity key did not sign the statement. */
  | { readonly code: "statement/bad-signature" }
  /** This program does not know the version of the statement. */
  | { readonly code: "statement/unknown-version"; readonly version: number }
  /** The statement belongs to another request. */
  | { readonly code: "statement/wrong-request" }
  /** The statement belongs to another reply. */
  | { readonly code: "statement/wrong-reply" };

/** A reply with a statement that does not verify. */
export class StatementError extends ProtocolError<StatementErrorDetail> {}
