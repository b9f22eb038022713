import { ProtocolError } from "@pruntime/core/errors";

export type QuoteErrorDetail =
  /** The interface of the hardware that quotes are asked from is not there, or does not do as asked. */
  | {
      readonly code: "quote/unavailable";
      readonly provider: string;
      readonly what: string;
      readonly reason: string;
    }
  /** The hardware makes quotes, but of another kind than the worker was started for. */
  | { readonly code: "quote/not-offered"; readonly provider: string; readonly have: string }
  /** The interface stayed busy, however often it was asked. */
  | { readonly code: "quote/busy"; readonly provider: string; readonly attempts: number }
  /** Somebody else used the same request in the meantime: its answer may be theirs. */
  | { readonly code: "quote/raced"; readonly provider: string }
  /** What came is longer than any quote. */
  | { readonly code: "quote/too-large"; readonly provider: string; readonly limit: number }
  /** What came is no quote that this program knows. */
  | { readonly code: "quote/unknown-format"; readonly provider: string }
  /** The quote does not carry the report data that it was asked for. */
  | { readonly code: "quote/wrong-report-data"; readonly provider: string };

/** Why there is no evidence. */
export class QuoteError extends ProtocolError<QuoteErrorDetail> {}
