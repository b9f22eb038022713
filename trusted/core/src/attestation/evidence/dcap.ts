/** The parts that the kinds with an Intel quote share: SGX, TDX and dstack. */
import type { TcbStatus } from "./claims.ts";
import { bytesPart, type Part, textPart } from "./form.ts";
import { evidenceLimits } from "./limits.ts";

/** Intel's collateral: UTF-8 JSON of QuoteCollateralV3, empty until it has been fetched. */
export interface DcapEndorsements {
  readonly collateral: Uint8Array;
}

/** The facts from Intel's collateral, in addition to status and advisories. */
export interface DcapFacts {
  /** 6 bytes, hex. */
  readonly fmspc: string;
  /** The platform's provisioning id, 16 bytes, hex. */
  readonly ppid: string;
  /**
   * The number in the TCB info, which Intel raises at each TCB recovery. QE identities have their own
   * numbers, which may be lower.
   */
  readonly tcbEvaluationDataNumber: number;
  readonly qeTcbStatus: TcbStatus;
  /**
   * Unix milliseconds: the oldest issue date among TCB info, QE identity and the list of revoked platforms.
   * The root's own list is left out because it is valid for a year.
   */
  readonly collateralIssuedMs: number;
  /**
   * Unix milliseconds: the `tcbDate` of the matched platform level, or of a TDX module or quoting enclave
   * that is out of date, whichever is oldest.
   */
  readonly tcbDateMs: number;
}

/** An Intel quote: version 3 for SGX, 4 and 5 for SGX or TDX. */
export const quotePart: Part<Uint8Array> = bytesPart("quote_b64", evidenceLimits.quote);

/** The part for {@link DcapEndorsements}. */
export const collateralPart: Part<Uint8Array> = textPart("collateral", evidenceLimits.collateral);
