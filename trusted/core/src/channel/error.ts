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

/** The reasons why the origin of a query is rejected. */
export type QueryErrorDetail =
  /** The origin is not hex, its signature is not base64, or the signature type is unknown. */
  | { readonly code: "query/bad-encoding"; readonly field: "origin" | "sig_b64" | "sig_type" }
  /** The origin does not have a length that its signature type allows. */
  | { readonly code: "query/bad-origin"; readonly length: number }
  /** The origin did not sign this query. */
  | { readonly code: "query/bad-signature" };

/** Thrown for a query whose origin does not verify. */
export class QueryError extends ProtocolError<QueryErrorDetail> {}
