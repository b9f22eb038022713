/** Decides which reports of Intel's retired service for EPID a policy accepts. */
import type { AuthenticIas } from "../evidence/ias.ts";
import type { GeneralPolicy } from "./general.ts";
import { epidPlatformRules } from "./intel.ts";
import { dateText, type Reason, unless } from "./reason.ts";
import { inSection } from "./section.ts";
import { type SgxPolicy, sgxRules } from "./sgx.ts";

/**
 * Checks the rules for reports of Intel's retired service. Returns the reasons for a refusal, or an empty
 * list.
 */
export function appraiseIas(
  general: GeneralPolicy,
  section: SgxPolicy | undefined,
  report: AuthenticIas,
  atMs: number,
): readonly Reason[] {
  return [
    ...epidPlatformRules(general, report.tcbStatus),
    ...inSection(section, "ias", "ias", (ias) => [
      ...ageRule(general, report, atMs),
      ...sgxRules(ias, report),
    ]),
  ];
}

function ageRule({ maxAgeSec }: GeneralPolicy, report: AuthenticIas, atMs: number): readonly Reason[] {
  const ageMs = atMs - report.timestampMs;
  return unless(
    ageMs >= 0 && ageMs <= maxAgeSec * 1000,
    "report-age",
    () =>
      `Intel signed it at ${dateText(report.timestampMs)}, ` +
      `and the policy accepts only reports from the past ${maxAgeSec} seconds`,
  );
}
