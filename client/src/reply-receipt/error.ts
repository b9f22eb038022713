import { ProtocolError } from "@pruntime/core/errors";

/** Why a reply receipt is refused, by code. */
export type ReplyReceiptErrorDetail =
  /** The reply receipt has a version that this program does not know. */
  | { readonly code: "receipt/unknown-version"; readonly version: number }
  /** The reply was made for another chain or anchor than the evidence is bound to. */
  | { readonly code: "receipt/wrong-chain" }
  /** The evidence is bound to another anchor than the expected one. */
  | { readonly code: "receipt/wrong-anchor" }
  /** The reply holds as of a chain time later than the moment that it is verified for. */
  | { readonly code: "receipt/from-the-future"; readonly chainTimeMs: bigint; readonly atMs: number };

/** A reply receipt whose parts do not belong together. */
export class ReplyReceiptError extends ProtocolError<ReplyReceiptErrorDetail> {}
