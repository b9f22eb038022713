import { ProtocolError } from "../errors/index.ts";

/** The reasons why a signed statement is rejected. */
export type StatementErrorDetail =
  /** The worker's identity key did not sign the statement. */
  | { readonly code: "statement/bad-signature" }
  /** This program does not know the version of the statement. */
  | { readonly code: "statement/unknown-version"; readonly version: number }
  /** The statement does not name the request that the client sent. */
  | { readonly code: "statement/wrong-request" }
  /** The statement does not name the reply that the client received. */
  | { readonly code: "statement/wrong-reply" };

/** Thrown for a reply whose statement does not verify. */
export class StatementError extends ProtocolError<StatementErrorDetail> {}
