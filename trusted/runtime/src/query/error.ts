import { ProtocolError } from "@pruntime/core/errors";

/** Why a query is not answered. */
export type AskErrorDetail =
  /** The opened text is not a query of the kind that its envelope names. */
  | { readonly code: "ask/malformed" }
  /** The contract does not know this request. */
  | { readonly code: "ask/bad-request"; readonly contractId: number }
  /** There is no contract of this id. */
  | { readonly code: "ask/no-contract"; readonly contractId: number }
  /** The query has expired: the worker is beyond the block that it names. */
  | { readonly code: "ask/expired"; readonly expiresAt: number; readonly dispatched: number }
  /** The query names an expiry farther ahead than the worker remembers nonces for. */
  | { readonly code: "ask/expiry-too-far"; readonly expiresAt: number; readonly limit: number }
  /** This query was answered before. */
  | { readonly code: "ask/replayed" }
  /** The asker, or all askers together, have as many unexpired queries as the worker remembers. */
  | { readonly code: "ask/too-many"; readonly limit: number };

/** A query that is not answered. */
export class AskError extends ProtocolError<AskErrorDetail> {}
