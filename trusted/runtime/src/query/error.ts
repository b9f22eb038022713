import { ProtocolError } from "@pruntime/core/errors";

/** Why a query is not answered. */
export type AskErrorDetail =
  /** The opened text is not a query of the kind that its envelope names. */
  | { readonly code: "ask/malformed" }
  /** The contract does not know this request, or the request's input has the wrong shape. */
  | { readonly code: "ask/bad-request"; readonly contractId: number }
  /** There is no contract with this id. */
  | { readonly code: "ask/no-contract"; readonly contractId: number }
  /** The query has expired: the worker has passed the query's expiry block. */
  | { readonly code: "ask/expired"; readonly expiresAt: number; readonly dispatched: number }
  /**
   * The query's expiry block is too far ahead: the worker does not remember nonces for that long. Choose an
   * earlier block.
   */
  | { readonly code: "ask/expiry-too-far"; readonly expiresAt: number; readonly limit: number }
  /** The worker has already answered this query: send a new query with a new nonce. */
  | { readonly code: "ask/replayed" }
  /** The asker has, or all askers together have, too many unexpired queries: wait until some expire. */
  | { readonly code: "ask/too-many"; readonly limit: number };

/** A query was refused. */
export class AskError extends ProtocolError<AskErrorDetail> {}
