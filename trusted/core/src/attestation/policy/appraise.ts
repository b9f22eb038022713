/** The third answer about evidence: does a policy accept it? Every rule that fails is told, not only the first. */
import type { Authentic, AuthenticIas, AuthenticSimulated } from "../authentic.ts";
import { boundData } from "../binding.ts";
import type { EvidenceKind } from "../evidence.ts";
import { azureRules } from "./azure.ts";
import { dcapRules, iasRules } from "./intel.ts";
import type { Policy, SgxPolicy, SimulatedPolicy } from "./policy.ts";
import { dateText, type Reason, unless } from "./reason.ts";
import { sgxRules } from "./sgx.ts";
import { snpMeasurements, snpRules } from "./snp.ts";
import { tdxImages, tdxRules } from "./tdx.ts";

export interface AttestationResult {
  readonly accepted: boolean;
  /** Every rule that failed; empty when accepted. */
  readonly reasons: readonly Reason[];
}

/**
 * Appraises authentic evidence. The result holds at that moment only: appraise again before relying on it later, and ask for fresh evidence after
 * `policy.maxAgeSec`. Whether the evidence is bound to the right keys is another question (`verifyBinding`).
 * @param atMs unix milliseconds
 */
export function appraise(policy: Policy, authentic: Authentic, atMs: number): AttestationResult {
  const reasons = [...generalRules(policy, authentic, atMs), ...kindRules(policy, authentic, atMs)];
  return { accepted: reasons.length === 0, reasons };
}

function generalRules(policy: Policy, authentic: Authentic, atMs: number): readonly Reason[] {
  const parts = authentic.kind === "azure" ? [authentic, authentic.hardware] : [authentic];
  const unknown = [...new Set(parts.flatMap(({ advisories }) => advisories))].filter(
    (id) => !policy.tcb.advisoriesAllowed.includes(id),
  );
  const { notAfterMs } = policy;
  return [
    ...unless(
      notAfterMs === undefined || atMs <= notAfterMs,
      "policy-expired",
      () => `the policy itself ran out at ${dateText(notAfterMs)}`,
    ),
    ...unless(
      parts.every(({ validUntilMs }) => atMs <= validUntilMs),
      "valid-until",
      () =>
        `what vouches for the evidence ran out at ${dateText(Math.min(...parts.map(({ validUntilMs }) => validUntilMs)))}`,
    ),
    ...unless(
      boundData(authentic).some((byte) => byte !== 0),
      "report-data",
      () => "its report data is all zeros: it is bound to no key, and whoever has seen it can show it",
    ),
    ...unless(
      policy.allowDebug || parts.every(({ debug }) => !debug),
      "debug",
      () => "it runs in debug mode: whoever owns the machine can look inside",
    ),
    ...unless(
      unknown.length === 0,
      "advisories",
      () => `Intel's advisories ${unknown.join(", ")} concern it, and the policy does not allow them`,
    ),
  ];
}

function kindRules(policy: Policy, authentic: Authentic, atMs: number): readonly Reason[] {
  switch (authentic.kind) {
    case "sgx":
      return [
        ...dcapRules(policy, authentic, atMs),
        ...section(policy.sgx, "sgx", "sgx", (sgx) => sgxRules(sgx, authentic, atMs)),
      ];
    case "tdx":
    case "dstack": {
      const events = authentic.kind === "dstack" ? authentic.events : {};
      return [
        ...dcapRules(policy, authentic, atMs),
        ...section(policy.tdx, authentic.kind, "tdx", (tdx) => [
          ...tdxRules(tdx, authentic),
          ...tdxImages(tdx, authentic, events, atMs),
        ]),
      ];
    }
    case "snp":
      return section(policy.snp, "snp", "snp", (snp) => [
        ...snpRules(snp, authentic),
        ...snpMeasurements(snp, authentic, atMs),
      ]);
    case "azure":
      return [
        ...(authentic.hardware.kind === "tdx" ? dcapRules(policy, authentic.hardware, atMs) : []),
        ...section(policy.azure, "azure", "azure", (azure) => azureRules(azure, authentic, atMs)),
      ];
    case "ias":
      return [
        ...iasRules(policy, authentic.tcbStatus),
        ...section(policy.ias, "ias", "ias", (ias) => epidRules(policy, ias, authentic, atMs)),
      ];
    case "simulated":
      return section(policy.simulated, "simulated", "simulated", (simulated) =>
        simulatedRules(simulated, authentic),
      );
    default:
      return noSection((authentic satisfies never as Authentic).kind, "of that kind");
  }
}

/** What the section of a policy says; without it nothing of that kind is accepted. */
function section<T>(
  found: T | undefined,
  kind: EvidenceKind,
  name: string,
  rules: (found: T) => readonly Reason[],
): readonly Reason[] {
  return found === undefined ? noSection(kind, name) : rules(found);
}

function noSection(kind: EvidenceKind, name: string): readonly Reason[] {
  return [{ rule: "kind", said: `the policy accepts no ${kind} evidence: it has no section ${name}` }];
}

function epidRules(policy: Policy, ias: SgxPolicy, report: AuthenticIas, atMs: number): readonly Reason[] {
  const ageMs = atMs - report.timestampMs;
  return [
    ...unless(
      ageMs >= 0 && ageMs <= policy.maxAgeSec * 1000,
      "report-age",
      () =>
        `Intel signed it at ${dateText(report.timestampMs)}, and the policy takes none of the future, nor older than ${policy.maxAgeSec} seconds`,
    ),
    ...sgxRules(ias, report, atMs),
  ];
}

function simulatedRules(
  { measurements }: SimulatedPolicy,
  { measurements: have }: AuthenticSimulated,
): readonly Reason[] {
  const code = have["measurement"];
  return unless(
    measurements === undefined || measurements.some((one) => one === code),
    "measurement",
    () => `the policy does not name the code ${code} that it claims to run`,
  );
}
