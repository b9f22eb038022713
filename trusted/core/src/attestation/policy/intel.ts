/** Rules about an Intel platform: its TCB status, collateral, processor model and machine id. */
import type { TcbStatus } from "../evidence/claims.ts";
import type { DcapFacts } from "../evidence/dcap.ts";
import type { GeneralPolicy } from "./general.ts";
import { dateText, type Reason, unless } from "./reason.ts";

const dayMs = 24 * 60 * 60 * 1000;

interface DcapPlatform extends DcapFacts {
  readonly tcbStatus: TcbStatus;
}

/**
 * Checks the rules about a platform that Intel's collateral describes. Returns the reasons for a refusal, or
 * an empty list.
 */
export function dcapRules(policy: GeneralPolicy, facts: DcapPlatform, atMs: number): readonly Reason[] {
  const { minTcbEvaluationDataNumber: least, collateralMaxAgeDays: days } = policy;
  return [
    ...revocation(facts.tcbStatus, facts.qeTcbStatus),
    ...statusRule(policy, facts.tcbStatus, withinGrace(policy, facts, atMs)),
    ...unless(
      least === undefined || facts.tcbEvaluationDataNumber >= least,
      "tcb-evaluation-data-number",
      () =>
        `its collateral has TCB evaluation data number ${facts.tcbEvaluationDataNumber}, ` +
        `and the policy requires ${least} or later, because older collateral lacks newer advisories`,
    ),
    ...unless(
      days === undefined || atMs - facts.collateralIssuedMs <= days * dayMs,
      "collateral-age",
      () =>
        `its collateral was issued at ${dateText(facts.collateralIssuedMs)}, ` +
        `and the policy accepts none older than ${days} days`,
    ),
    ...unless(
      !policy.fmspcDeny.includes(facts.fmspc),
      "fmspc",
      () => `the policy refuses processors of model (FMSPC) ${facts.fmspc}`,
    ),
    ...machineRule(policy, facts.ppid),
  ];
}

/**
 * Checks the rules about a platform that Intel's retired service for EPID checked. Returns the reasons for a
 * refusal, or an empty list. Such a platform has no collateral, and its machine id is unknown. A policy with
 * `ppidAllow` therefore refuses the platform.
 */
export function epidPlatformRules(policy: GeneralPolicy, status: TcbStatus): readonly Reason[] {
  return [
    ...revocation(status, status),
    ...statusRule(policy, status, false),
    ...machineRule(policy, undefined),
  ];
}

/**
 * Refuses a revoked platform or quoting enclave even if the policy lists `Revoked`, because the platform's
 * keys may have leaked.
 */
function revocation(platform: TcbStatus, quotingEnclave: TcbStatus): readonly Reason[] {
  return unless(
    platform !== "Revoked" && quotingEnclave !== "Revoked",
    "tcb-revoked",
    () => "Intel has revoked the platform's TCB: its keys may have leaked",
  );
}

function statusRule(policy: GeneralPolicy, status: TcbStatus, inGrace: boolean): readonly Reason[] {
  const { accept } = policy.tcb;
  const accepted = accept.some((word) => word === status || (inGrace && word === forgiven(status)));
  return unless(
    accepted || status === "Revoked",
    "tcb-status",
    () => `Intel rates its platform ${status}, and the policy accepts ${accept.join(", ") || "no status"}`,
  );
}

/**
 * Returns whether a platform is within its grace period. The period lasts `graceDays` from the `tcbDate` of
 * the level that the platform reaches. The `tcbDate` is the last day on which Intel knew of no vulnerability
 * in that level. If the TDX module or the quoting enclave is out of date too, the period starts at the oldest
 * of the dates. Intel's own appraisal counts from the same date.
 * https://github.com/intel/SGXDataCenterAttestationPrimitives/tree/main/QuoteVerification/appraisal
 */
function withinGrace(policy: GeneralPolicy, facts: DcapFacts, atMs: number): boolean {
  const { graceDays } = policy.tcb;
  return graceDays > 0 && atMs - facts.tcbDateMs <= graceDays * dayMs;
}

/**
 * Returns the status that a platform with this status counts as within the grace period. Only the two
 * out-of-date statuses change.
 */
function forgiven(status: TcbStatus): TcbStatus {
  if (status === "OutOfDate") return "UpToDate";
  return status === "OutOfDateConfigurationNeeded" ? "ConfigurationNeeded" : status;
}

function machineRule({ ppidAllow }: GeneralPolicy, ppid: string | undefined): readonly Reason[] {
  return unless(
    ppidAllow === undefined || (ppid !== undefined && ppidAllow.includes(ppid)),
    "ppid",
    () => `its machine (PPID ${ppid ?? "unknown"}) is not one that the policy names`,
  );
}
