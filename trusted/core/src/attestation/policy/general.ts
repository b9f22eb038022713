/** The part of a policy that holds for evidence of any kind. What a policy does not name is refused. */
import type { TcbStatus } from "../evidence/claims.ts";

/**
 * What a policy says beside its sections, as it is judged by: what its text leaves out is the strictest
 * choice.
 */
export interface GeneralPolicy {
  /**
   * Unix milliseconds. The policy accepts nothing from then on, so that an old signed policy cannot be used
   * for ever.
   */
  readonly notAfterMs: number | undefined;
  /** Seconds that an attestation result may be relied on, and the most that an IAS report may be old. */
  readonly maxAgeSec: number;
  readonly minTcbEvaluationDataNumber: number | undefined;
  readonly collateralMaxAgeDays: number | undefined;
  readonly tcb: TcbPolicy;
  /** 6 bytes, hex: models of processors that are refused. */
  readonly fmspcDeny: readonly string[];
  /** 16 bytes, hex: the only Intel machines that are accepted. */
  readonly ppidAllow: readonly string[] | undefined;
  readonly allowDebug: boolean;
}

/** Which TCB statuses of Intel platforms are accepted, and which advisories. */
export interface TcbPolicy {
  readonly accept: readonly Exclude<TcbStatus, "Unversioned">[];
  readonly advisoriesAllowed: readonly string[];
  /** `OutOfDate` is accepted for so many days after the `tcbDate` of the platform's level. */
  readonly graceDays: number;
}

/** A reference value that may expire. */
export interface Entry {
  /** Unix milliseconds. */
  readonly notAfterMs: number | undefined;
}
