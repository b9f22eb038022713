import { ProtocolError } from "../../errors/index.ts";

export type DstackErrorDetail =
  /** An event log is longer than any genuine one. */
  | { readonly code: "dstack/log-too-long"; readonly length: number; readonly limit: number }
  /**
   * An event is for a register that a TD does not have, lacks the digest it must have, or has a colon in its
   * name.
   */
  | { readonly code: "dstack/bad-event"; readonly index: number }
  /** An event log's payload is not the one that its digest is of: only digests are in the registers. */
  | { readonly code: "dstack/payload-mismatch"; readonly index: number }
  /** Replaying the event log does not lead to the value of a register in the quote. */
  | { readonly code: "dstack/register-mismatch"; readonly register: number }
  /** A boot event stands there twice: one of them might not be dstack's. */
  | { readonly code: "dstack/duplicate-event"; readonly name: string };

/** A dstack event log that does not explain the quote beside it. */
export class DstackError extends ProtocolError<DstackErrorDetail> {}
