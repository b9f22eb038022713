import { ProtocolError } from "@pruntime/core/errors";

export type ClientErrorDetail =
  /** The worker could not be reached. */
  | { readonly code: "client/unreachable"; readonly url: string }
  /** The worker, or the gateway in front of it, refused the call. */
  | { readonly code: "client/refused"; readonly status: number; readonly reason: string; readonly message: string }
  /** What came back is not the reply envelope. */
  | { readonly code: "client/bad-envelope" }
  /** The reply's payload was not signed by the worker's identity key. */
  | { readonly code: "client/bad-signature" }
  /** An initialized worker's reply came without its signed statement. */
  | { readonly code: "client/no-statement" }
  /** The worker follows another chain, or was told to trust something else, than this client expects. */
  | { readonly code: "client/wrong-chain" }
  /** The worker answers with a key agreement key that is not the one this client has accepted. */
  | { readonly code: "client/wrong-key" }
  /** The reply holds as of a chain time that is older than this client allows, or is not known at all. */
  | { readonly code: "client/stale"; readonly chainTimeMs: bigint; readonly maxAgeMs: number }
  /** The worker is not initialized: it has no chain to answer for. */
  | { readonly code: "client/not-initialized" }
  /** An account is neither a development name, a BIP-39 phrase nor a seed; or, where an address will do, no valid address. */
  | { readonly code: "client/bad-account"; readonly want: string }
  /** The chain did not take the transaction, or it failed there. */
  | { readonly code: "client/transaction-failed"; readonly reason: string }
  /** The chain has no call by which a command could be pushed. */
  | { readonly code: "client/no-such-call"; readonly call: string }
  /** The node could not be reached. */
  | { readonly code: "client/node-unreachable"; readonly url: string }
  /** The worker did not get there in the time given. */
  | { readonly code: "client/timeout"; readonly what: string };

/** A worker that cannot be reached or believed. */
export class ClientError extends ProtocolError<ClientErrorDetail> {}
