import { ProtocolError } from "@pruntime/core/errors";

/** The reasons for which the hardware gave no usable evidence, by code. */
export type QuoteErrorDetail =
  /** The hardware's interface is missing or returned an error. */
  | {
      readonly code: "quote/unavailable";
      readonly provider: string;
      readonly what: string;
      readonly reason: string;
    }
  /** The hardware makes a kind of quote that the chosen provider does not accept. */
  | { readonly code: "quote/not-offered"; readonly provider: string; readonly have: string }
  /** The interface stayed busy through all attempts. */
  | { readonly code: "quote/busy"; readonly provider: string; readonly attempts: number }
  /** Another process wrote to the folder of this request, so the answer may be for that process. */
  | { readonly code: "quote/raced"; readonly provider: string }
  /** The answer is longer than any quote. */
  | { readonly code: "quote/too-large"; readonly provider: string; readonly limit: number }
  /** The answer is not a quote of a kind that this program supports. */
  | { readonly code: "quote/unknown-format"; readonly provider: string }
  /** The quote does not contain the requested report data. */
  | { readonly code: "quote/wrong-report-data"; readonly provider: string };

/** Thrown when the hardware gives no usable evidence. */
export class QuoteError extends ProtocolError<QuoteErrorDetail> {}
