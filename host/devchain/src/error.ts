import { ProtocolError } from "@pruntime/core/errors";

/** The reasons why the embedded chain refuses a request. `code` names the reason. */
export type DevchainErrorDetail =
  /** The chain has discarded the state of this block. */
  | { readonly code: "devchain/state-discarded"; readonly number: number }
  /** The block is not final yet. */
  | { readonly code: "devchain/not-finalized"; readonly number: number }
  /**
   * The chain has no finality proof for this block. Either the chain is strict and the end of its first
   * authority set is not final yet, or the chain is a parachain, which its relay chain finalizes.
   */
  | { readonly code: "devchain/not-covered"; readonly number: number }
  /** The block belongs to a branch that finality has ruled out. */
  | { readonly code: "devchain/abandoned-branch"; readonly number: number }
  /** The runtime has no such API method. */
  | { readonly code: "devchain/unknown-runtime-api"; readonly method: string }
  /** The arguments of a runtime API method have the wrong format. */
  | { readonly code: "devchain/bad-arguments"; readonly method: string }
  /**
   * The log in the data directory belongs to a chain with other parameters, or to a chain of another release.
   */
  | { readonly code: "devchain/other-chain"; readonly path: string }
  /** The log is damaged at this block, or replaying the log results in a different block. */
  | { readonly code: "devchain/bad-log"; readonly path: string; readonly number: number }
  /** The chain was used after it was closed. */
  | { readonly code: "devchain/closed" };

/** Thrown when the embedded chain refuses a request. */
export class DevchainError extends ProtocolError<DevchainErrorDetail> {}

/** The error codes of a node's `author_*` methods. */
export type InvalidTransactionCode = 1002 | 1010 | 1011 | 1013 | 1014 | 1016 | 1040;

/** Thrown when the pool refuses an extrinsic. Contains the code, message and data of the JSON-RPC error. */
export class InvalidTransaction extends Error {
  override readonly name: string = "InvalidTransaction";
  /**
   * 1002: the runtime cannot decode the extrinsic. 1010: invalid. 1011: unknown validity. 1013: already in
   * the pool. 1014: priority too low. 1016: pool full. 1040: wrong length prefix.
   */
  readonly code: InvalidTransactionCode;
  /** The `data` of the JSON-RPC error: more detail as text; `undefined` if the error has no data. */
  readonly data: string | undefined;

  constructor(code: InvalidTransactionCode, message: string, data?: string) {
    super(message);
    this.code = code;
    this.data = data;
  }
}
