/** Decides whether a policy accepts authentic evidence. The result gives the reasons for a refusal. */
import { boundData } from "../binding.ts";
import { type Authentic, codeOf, evidenceKinds, rowOf } from "../kinds.ts";
import type { GeneralPolicy } from "./general.ts";
import type { Policy } from "./policy.ts";
import { dateText, type Reason, unless } from "./reason.ts";
import { inSection } from "./section.ts";

/** The result of appraising evidence against a policy. */
export interface AttestationResult {
  readonly accepted: boolean;
  /**
   * The rules that failed; empty if the evidence is accepted. Of several reference values that name the
   * running code, the list covers only the value with the fewest failed rules.
   */
  readonly reasons: readonly Reason[];
}

/**
 * Appraises authentic evidence, but not the lineage of the keys that it vouches for: see `appraiseLineage`.
 * The result is valid only at `atMs`. Before you rely on the evidence at a later time, appraise it again.
 * After `policy.maxAgeSec`, request fresh evidence. `verifyBinding` checks separately that the evidence is
 * bound to the right keys.
 * @param atMs Unix milliseconds
 */
export function appraise(policy: Policy, authentic: Authentic, atMs: number): AttestationResult {
  const reasons = [...generalRules(policy, authentic, atMs), ...appraiseKind(policy, authentic, atMs)];
  return { accepted: reasons.length === 0, reasons };
}

function generalRules(policy: GeneralPolicy, authentic: Authentic, atMs: number): readonly Reason[] {
  const parts = authentic.kind === "azure" ? [authentic, authentic.hardware] : [authentic];
  const unknown = [...new Set(parts.flatMap(({ advisories }) => advisories))].filter(
    (id) => !policy.tcb.advisoriesAllowed.includes(id),
  );
  const { notAfterMs } = policy;
  return [
    ...unless(
      notAfterMs === undefined || atMs <= notAfterMs,
      "policy-expired",
      () => `the policy itself expired at ${dateText(notAfterMs)}`,
    ),
    ...unless(
      parts.every(({ validUntilMs }) => atMs <= validUntilMs),
      "valid-until",
      () => {
        const end = Math.min(...parts.map(({ validUntilMs }) => validUntilMs));
        return `a certificate or collateral of the evidence expired at ${dateText(end)}`;
      },
    ),
    ...unless(
      boundData(authentic).some((byte) => byte !== 0),
      "report-data",
      () => "its report data is all zeros: it is bound to no key, so every host that has seen it can use it",
    ),
    ...unless(
      policy.allowDebug || parts.every(({ debug }) => !debug),
      "debug",
      () => "it runs in debug mode: the owner of the machine can read its memory",
    ),
    ...unless(
      unknown.length === 0,
      "advisories",
      () => `Intel's advisories ${unknown.join(", ")} apply to it, and the policy does not allow them`,
    ),
  ];
}

function appraiseKind(policy: Policy, authentic: Authentic, atMs: number): readonly Reason[] {
  const { kind } = authentic;
  if (!evidenceKinds.includes(kind)) return inSection(undefined, kind, "of that kind", () => []);
  const { section: name, appraise, judge } = rowOf(kind);
  const section = policy[name];
  return [
    ...appraise(policy, section, authentic, atMs),
    ...(section === undefined ? [] : judge(section, codeOf(authentic), atMs)),
  ];
}
