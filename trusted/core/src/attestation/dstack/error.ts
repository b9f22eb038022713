import { ProtocolError } from "../../errors/index.ts";

/** The reasons why a dstack event log is rejected. */
export type DstackErrorDetail =
  /** The event log is longer than any genuine event log. */
  | { readonly code: "dstack/log-too-long"; readonly length: number; readonly limit: number }
  /**
   * An event names a register that a TD does not have, lacks a digest that its register requires, has a
   * version other than 1 and 2, or has version 1 and a colon in its name.
   */
  | { readonly code: "dstack/bad-event"; readonly index: number }
  /**
   * The digest of an event is not the hash of the event's type, name and payload. Only the digest is measured
   * into a register.
   */
  | { readonly code: "dstack/payload-mismatch"; readonly index: number }
  /** Replaying the event log does not lead to the value of a register in the quote. */
  | { readonly code: "dstack/register-mismatch"; readonly register: number }
  /**
   * The log contains a boot event twice. dstack writes each boot event once, so one of the two may be
   * forged.
   */
  | { readonly code: "dstack/duplicate-event"; readonly name: string };

/** Thrown for a dstack event log that does not explain the quote beside it. */
export class DstackError extends ProtocolError<DstackErrorDetail> {}
