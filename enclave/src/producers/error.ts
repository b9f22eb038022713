import { ProtocolError } from "@pruntime/core/errors";

/** Why there is no evidence. */
export type QuoteErrorDetail =
  /** The hardware's interface is missing, or fails. */
  | {
      readonly code: "quote/unavailable";
      readonly provider: string;
      readonly what: string;
      readonly reason: string;
    }
  /** The hardware makes a different kind of quote from the one the worker was started for. */
  | { readonly code: "quote/not-offered"; readonly provider: string; readonly have: string }
  /** The interface stayed busy through all attempts. */
  | { readonly code: "quote/busy"; readonly provider: string; readonly attempts: number }
  /** Another process used the same request in the meantime, so the answer may belong to it. */
  | { readonly code: "quote/raced"; readonly provider: string }
  /** The answer is longer than any quote. */
  | { readonly code: "quote/too-large"; readonly provider: string; readonly limit: number }
  /** The answer is not a quote that this program knows. */
  | { readonly code: "quote/unknown-format"; readonly provider: string }
  /** The quote does not carry the requested report data. */
  | { readonly code: "quote/wrong-report-data"; readonly provider: string };

/** The hardware gave no evidence. */
export class QuoteError extends ProtocolError<QuoteErrorDetail> {}
