/** Looks for mistakes and weaknesses in a valid policy. */
import type { Policy } from "@pruntime/core/attestation";
import { error, type Finding, warning } from "./finding.ts";
import { ofSections } from "./sections.ts";

/**
 * Returns all mistakes and weaknesses.
 * @param nowMs Unix milliseconds @param isSigned whether the policy file has a signature
 */
export function lintPolicy(policy: Policy, nowMs: number, isSigned: boolean): readonly Finding[] {
  return [
    ...generally(policy, nowMs, isSigned),
    ...ofIntel(policy),
    ...ofSections(policy, (words, section) => words.lint(section, policy)),
  ];
}

function generally(policy: Policy, nowMs: number, isSigned: boolean): readonly Finding[] {
  const { notAfterMs, maxAgeSec, allowDebug, lineage } = policy;
  const entries = ofSections(policy, (words, section) => words.entries(section));
  const ended = entries.filter((entry) => (entry.notAfterMs ?? Number.POSITIVE_INFINITY) < nowMs).length;
  return [
    ...error(
      entries.length === 0,
      "accepts-nothing",
      "no section names anything that is accepted: all evidence is refused",
    ),
    ...warning(
      notAfterMs !== undefined && notAfterMs < nowMs,
      "not-after-past",
      "the policy itself has expired: it no longer accepts anything",
    ),
    ...warning(
      ended > 0,
      "not-after-past",
      `${ended} of its entries have expired: they no longer accept anything`,
    ),
    ...warning(
      isSigned && notAfterMs === undefined,
      "signed-for-ever",
      "it is signed and has no notAfter: a host may present it again after you have signed a stricter one",
    ),
    ...warning(
      maxAgeSec > 24 * 3600,
      "max-age",
      `a verdict may be relied on for ${maxAgeSec} seconds, more than a day`,
    ),
    ...warning(
      allowDebug,
      "allow-debug",
      "debug mode is accepted: the owner of such a machine can read the worker's memory",
    ),
    ...warning(
      lineage === "any" && policy.simulated === undefined,
      "any-lineage",
      "lineage is null: keys are accepted that any code may have held before, even code that leaks them",
    ),
  ];
}

function ofIntel(policy: Policy): readonly Finding[] {
  const { accept, graceDays } = policy.tcb;
  const judged = ofSections(policy, (words, section) => [words.platform(section)]);
  const [byCollateral, byEpid] = [judged.includes("collateral"), judged.includes("epid")];
  const outOfDate = accept.filter((status) => status.startsWith("OutOfDate"));
  return [
    ...error(
      accept.includes("Revoked"),
      "revoked",
      "tcb.accept lists Revoked, which is always refused: remove it",
    ),
    ...error(
      (byCollateral || byEpid) && accept.every((status) => status === "Revoked"),
      "accepts-no-status",
      "tcb.accept lists no status, so every Intel platform is refused",
    ),
    ...warning(
      outOfDate.length > 0,
      "out-of-date",
      `${outOfDate.join(" and ")} is accepted for ever, with known vulnerabilities: graceDays sets a limit`,
    ),
    ...warning(
      graceDays > 0,
      "grace-days",
      `platforms that are out of date are accepted for ${graceDays} days after the tcbDate of their level`,
    ),
    ...warning(
      byCollateral && policy.minTcbEvaluationDataNumber === undefined,
      "no-least-collateral",
      "no minTcbEvaluationDataNumber: a worker may choose old collateral without the latest advisories",
    ),
    ...warning(
      byCollateral && (policy.collateralMaxAgeDays ?? 31) > 30,
      "collateral-age",
      "collateralMaxAgeDays is missing or above 30: revocations take effect late",
    ),
  ];
}
