import { ProtocolError } from "@pruntime/core/errors";

/** Why a reply receipt is refused, by code. */
export type ReplyReceiptErrorDetail =
  /** This program does not support the reply receipt's version. */
  | { readonly code: "receipt/unknown-version"; readonly version: number }
  /** The reply was made for a chain or anchor other than the one in the evidence. */
  | { readonly code: "receipt/wrong-chain" }
  /** The evidence is bound to an anchor other than the expected one. */
  | { readonly code: "receipt/wrong-anchor" }
  /**
   * The worker cannot have had the block that the query named: the block is higher than the block of the
   * answer, or is a different block of the same height.
   */
  | { readonly code: "receipt/wrong-block"; readonly number: number }
  /** The reply's chain time is more than a minute later than the time for which the receipt is verified. */
  | { readonly code: "receipt/from-the-future"; readonly chainTimeMs: bigint; readonly atMs: number };

/** Thrown when the parts of a reply receipt contradict each other or the caller's demands. */
export class ReplyReceiptError extends ProtocolError<ReplyReceiptErrorDetail> {}
