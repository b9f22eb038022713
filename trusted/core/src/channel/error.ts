import { ProtocolError } from "../errors/index.ts";

/** The reasons why a sealed message cannot be made or opened. */
export type ChannelErrorDetail =
  /** The public key in the envelope, or the worker's key, is not an uncompressed point of P-256. */
  | { readonly code: "channel/bad-point" }
  /** The IV in the envelope is not 12 bytes long. */
  | { readonly code: "channel/bad-iv"; readonly length: number }
  /**
   * The ciphertext does not open: it was sealed for another key, chain, sender, contract or purpose, or was
   * changed.
   */
  | { readonly code: "channel/bad-tag" }
  /** A reply has a different form from its request: a plain reply to a sealed query is refused. */
  | { readonly code: "channel/wrong-kind"; readonly want: string; readonly have: string }
  /** A v1 reply is the client's own request, sent back. The shared key of v1 would open it. */
  | { readonly code: "channel/reflected" }
  /** The random source is broken: it gave no usable key. */
  | { readonly code: "channel/bad-random" };

/** Thrown for a sealed message that cannot be made or opened. */
export class ChannelError extends ProtocolError<ChannelErrorDetail> {}

/** The reasons why a query is refused. */
export type QueryErrorDetail =
  /** The origin is not hex, its signature is not base64, or the signature type is unknown. */
  | { readonly code: "query/bad-encoding"; readonly field: "origin" | "sig_b64" | "sig_type" }
  /** The origin does not have a length that its signature type allows. */
  | { readonly code: "query/bad-origin"; readonly length: number }
  /** The origin did not sign this query. */
  | { readonly code: "query/bad-signature" }
  /** The opened text is not a query of the kind that its envelope names. */
  | { readonly code: "query/malformed" }
  /** The contract does not know this request, or the request's input has the wrong shape. */
  | { readonly code: "query/bad-request"; readonly contractId: number }
  /** There is no contract with this id. */
  | { readonly code: "query/no-contract"; readonly contractId: number }
  /** The query has expired: the worker has passed the query's expiry block. */
  | { readonly code: "query/expired"; readonly expiresAt: number; readonly dispatched: number }
  /**
   * The query's expiry block is too far ahead: the worker does not remember nonces for that long. Choose an
   * earlier block.
   */
  | { readonly code: "query/expiry-too-far"; readonly expiresAt: number; readonly limit: number }
  /** The worker has already answered this query: send a new query with a new nonce. */
  | { readonly code: "query/replayed" }
  /** The asker has, or all askers together have, too many unexpired queries: wait until some expire. */
  | { readonly code: "query/too-many"; readonly limit: number };

/** A query was refused. */
export class QueryError extends ProtocolError<QueryErrorDetail> {}
