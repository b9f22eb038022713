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
  /** What was sealed is not a padded text: it was not padded, or not in the one form that the text has. */
  | { readonly code: "channel/bad-padding" }
  /** A reply has a different form from its request: a plain reply to a sealed query is refused. */
  | { readonly code: "channel/wrong-kind"; readonly want: string; readonly have: string }
  /** A v1 reply is the client's own request, sent back. The shared key of v1 would open it. */
  | { readonly code: "channel/reflected" }
  /** The worker's identity key did not sign this query key for this chain. */
  | { readonly code: "channel/bad-query-key" }
  /** The random source is broken: it gave no usable key. */
  | { readonly code: "channel/bad-random" };

/** Thrown for a sealed message that cannot be made or opened. */
export class ChannelError extends ProtocolError<ChannelErrorDetail> {}

/** The reasons why a sealed file of DataPlaza, or a sealed result, is refused. */
export type FileErrorDetail =
  /** The opened bytes are not a file with its owner's text, or not the rows of an order. */
  | { readonly code: "file/malformed" }
  /**
   * The owner signed another path, kind, chain, worker or message: the file is stored under another path, or
   * someone other than the owner has sealed it again.
   */
  | { readonly code: "file/misplaced" }
  /** No account signed the file. A file without an owner is stored in clear. */
  | { readonly code: "file/unsigned" };

/** A sealed file or result was refused. */
export class FileError extends ProtocolError<FileErrorDetail> {}

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
  /** The contract's answer is longer than an answer may be: ask for less, for example for an earlier page. */
  | { readonly code: "query/answer-too-large"; readonly contractId: number; readonly limit: number }
  /**
   * The query is not sealed to the worker's current query key: fetch the current key with `get_status`, and
   * seal the query again.
   */
  | { readonly code: "query/other-session" }
  /** A v2 query names its signer outside the sealed content: the claim belongs inside. */
  | { readonly code: "query/origin-outside" }
  /**
   * The text of the query names a chain, query key or encapsulated key that differs from the message's:
   * someone other than the author has sealed the text again.
   */
  | { readonly code: "query/resealed" }
  /**
   * The query names a block that the worker has not dispatched yet: ask again in a few seconds, or ask
   * another worker.
   */
  | { readonly code: "query/ahead"; readonly number: number; readonly dispatched: number }
  /**
   * The worker has a different block at the height of the block that the client knows to be final: client and
   * worker follow different chains.
   */
  | { readonly code: "query/unknown-block"; readonly number: number }
  /**
   * The worker no longer remembers the hash of the block that the client knows to be final: name a newer
   * block, or the genesis block.
   */
  | { readonly code: "query/block-too-old"; readonly number: number }
  /**
   * The query has expired: the worker has passed the query's expiry block or time, or the query is older than
   * the worker now accepts.
   */
  | { readonly code: "query/expired"; readonly issuedAt: number; readonly dispatched: number }
  /** The worker has already answered this query: send a new query with a new nonce. */
  | { readonly code: "query/replayed" }
  /** The account has too many unexpired queries: wait until some expire. */
  | { readonly code: "query/too-many"; readonly limit: number }
  /**
   * The account has used more than its share of the worker, and calls of other networks wait: send the query
   * again after about `retryMs` milliseconds.
   */
  | { readonly code: "query/over-share"; readonly retryMs: number };

/** A query was refused. */
export class QueryError extends ProtocolError<QueryErrorDetail> {}
