/**
 * The part of a policy that applies to evidence of any kind. docs/policy.md describes every field and its
 * default.
 */
import type { TcbStatus } from "../evidence/claims.ts";

/**
 * The decoded fields of a policy outside its sections. A field that is `undefined` does not restrict
 * anything.
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

/** The TCB statuses of Intel platforms, and the Intel advisories, that a policy accepts. */
export interface TcbPolicy {
  readonly accept: readonly Exclude<TcbStatus, "Unversioned">[];
  readonly advisoriesAllowed: readonly string[];
  /** The number of days after a platform's `tcbDateMs` during which the platform may be out of date. */
  readonly graceDays: number;
}

/** A reference value that may expire. */
export interface Entry {
  /** The expiry in Unix milliseconds; `undefined` if the value does not expire. */
  readonly notAfterMs: number | undefined;
}
