/**
 * The part of a policy that applies to evidence of any kind. Everything that a policy does not list is
 * refused.
 */
import type { TcbStatus } from "../evidence/claims.ts";

/**
 * The rules of a policy outside its sections, after decoding. A field that is missing in the text has the
 * strictest value.
 */
export interface GeneralPolicy {
  /**
   * Unix milliseconds. After this time, the policy accepts nothing. This limits how long an old signed policy
   * can be used.
   */
  readonly notAfterMs: number | undefined;
  /** The number of seconds for which an attestation result is valid, and the maximum age of an IAS report. */
  readonly maxAgeSec: number;
  readonly minTcbEvaluationDataNumber: number | undefined;
  readonly collateralMaxAgeDays: number | undefined;
  readonly tcb: TcbPolicy;
  /** 6 bytes, hex: processor models that are refused. */
  readonly fmspcDeny: readonly string[];
  /** 16 bytes, hex: if present, only these Intel machines are accepted. */
  readonly ppidAllow: readonly string[] | undefined;
  readonly allowDebug: boolean;
}

/** The TCB statuses of Intel platforms that a policy accepts, and the advisories that it allows. */
export interface TcbPolicy {
  readonly accept: readonly Exclude<TcbStatus, "Unversioned">[];
  readonly advisoriesAllowed: readonly string[];
  /** The number of days for which `OutOfDate` is accepted after the `tcbDate` of the platform's level. */
  readonly graceDays: number;
}

/** A reference value that may expire. */
export interface Entry {
  /** Unix milliseconds. */
  readonly notAfterMs: number | undefined;
}
