/** What the kinds with an Intel quote share: SGX, TDX and dstack. */
import type { TcbStatus } from "./claims.ts";
import { bytesPart, type Part, textPart } from "./form.ts";
import { evidenceLimits } from "./limits.ts";

/** Intel's collateral: UTF-8 JSON of QuoteCollateralV3, empty until it has been fetched. */
export interface DcapEndorsements {
  readonly collateral: Uint8Array;
}

/** What Intel's collateral says, beside status and advisories. */
export interface DcapFacts {
  /** 6 bytes, hex. */
  readonly fmspc: string;
  /** The platform's provisioning id, 16 bytes, hex. */
  readonly ppid: string;
  /**
   * Of the TCB info: each recovery event raises it. QE identities have numbers of their own, and lag behind.
   */
  readonly tcbEvaluationDataNumber: number;
  readonly qeTcbStatus: TcbStatus;
  /**
   * Unix milliseconds: the oldest issue date of TCB info, QE identity and the list of revoked platforms. The
   * root's own list, which is valid for a year, does not count.
   */
  readonly collateralIssuedMs: number;
  /**
   * Unix milliseconds: `tcbDate` of the matched platform level, or of a TDX module or quoting enclave that is
   * out of date, whichever is oldest.
   */
  readonly tcbDateMs: number;
}

/** An Intel quote: version 3 for SGX, 4 and 5 for SGX or TDX. */
export const quotePart: Part<Uint8Array> = bytesPart("quote_b64", evidenceLimits.quote);

/** {@link DcapEndorsements}. */
export const collateralPart: Part<Uint8Array> = textPart("collateral", evidenceLimits.collateral);
