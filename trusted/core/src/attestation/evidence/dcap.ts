/** The parts that the kinds with an Intel quote share: SGX, TDX and dstack. */
import type { TcbStatus } from "./claims.ts";
import { bytesPart, type Part, textPart } from "./form.ts";
import { evidenceLimits } from "./limits.ts";

/** Intel's collateral: UTF-8 JSON of QuoteCollateralV3; empty until the collateral has been fetched. */
export interface DcapEndorsements {
  readonly collateral: Uint8Array;
}

/**
 * The facts about an Intel platform in addition to its status and advisories. `fmspc` and `ppid` come from
 * the platform's certificate in the quote. The other facts come from Intel's collateral.
 */
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
   * The root's own revocation list does not count, because that list is valid for a year.
   */
  readonly collateralIssuedMs: number;
  /**
   * Unix milliseconds: the `tcbDate` of the matched platform level, or an older `tcbDate` of the TDX module
   * or the quoting enclave if that part is out of date.
   */
  readonly tcbDateMs: number;
}

/** The part for an Intel quote: an EPID quote, or a DCAP quote of version 3, 4 or 5. */
export const quotePart: Part<Uint8Array> = bytesPart("quote_b64", evidenceLimits.quote);

/** The part for {@link DcapEndorsements}. */
export const collateralPart: Part<Uint8Array> = textPart("collateral", evidenceLimits.collateral);
