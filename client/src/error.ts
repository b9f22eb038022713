import { ProtocolError } from "@pruntime/core/errors";

export type ClientErrorDetail =
  /** The worker could not be reached. */
  | { readonly code: "client/unreachable"; readonly url: string }
  /** The worker, or the gateway in front of it, refused the call. */
  | {
      readonly code: "client/refused";
      readonly status: number;
      readonly reason: string;
      readonly message: string;
    }
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
  /** The worker's evidence is authentic, and the client's policy does not accept it: every rule that failed, in words. */
  | { readonly code: "client/policy-refused"; readonly reasons: readonly string[] }
  /** What was concluded from the worker's evidence may no longer be relied on: challenge it again. */
  | { readonly code: "client/verdict-expired"; readonly untilMs: number }
  /** A reply receipt was requested of a client that has verified no evidence, or has no dated reply yet. */
  | { readonly code: "client/no-receipt"; readonly why: string }
  /** The reply holds as of a chain time that is older than this client allows, or is not known at all. */
  | { readonly code: "client/stale"; readonly chainTimeMs: bigint; readonly maxAgeMs: number }
  /** The worker is not initialized: it has no chain to answer for. */
  | { readonly code: "client/not-initialized" }
  /** An account is neither a development name, a BIP-39 phrase nor a seed; or, where an address will do, no valid address. */
  | { readonly code: "client/bad-account"; readonly want: string }
  /** A wallet or an extension cannot sign for this account, or did not. */
  | { readonly code: "client/cannot-sign"; readonly why: string }
  /** The contract answered with an error of its own; the worker did what it should. */
  | { readonly code: "client/contract-refused"; readonly reason: string }
  /** The block that the worker calls final is not the one this client has proven final itself. */
  | {
      readonly code: "client/not-final";
      readonly number: number;
      readonly have: string;
      readonly want: string;
    }
  /** This client could not prove finality up to the block the worker names, or has forgotten so old a one. */
  | { readonly code: "client/finality-unknown"; readonly number: number }
  /** The chain did not take the transaction, or it failed there. */
  | { readonly code: "client/transaction-failed"; readonly reason: string }
  /** The chain has no call by which a command could be pushed. */
  | { readonly code: "client/no-such-call"; readonly call: string }
  /** The node could not be reached. */
  | { readonly code: "client/node-unreachable"; readonly url: string }
  /** The node does not answer this call: it cannot, or does not know the block. */
  | { readonly code: "client/node-refused"; readonly method: string; readonly reason: string }
  /** The worker did not get there in the time given. */
  | { readonly code: "client/timeout"; readonly what: string };

/** A worker that cannot be reached or believed. */
export class ClientError extends ProtocolError<ClientErrorDetail> {}
