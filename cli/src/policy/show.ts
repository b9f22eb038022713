/** Writes a policy with the defaults of all missing fields. The result decodes to the same policy. */
import type { LineageRule, Policy } from "@pruntime/core/attestation";
import type { Json, JsonObject } from "@pruntime/core/json";
import { dated, given } from "./sections/words.ts";
import { allSections } from "./sections.ts";

/** Returns the JSON of every field of a policy, including fields that have their default value. */
export function policyJson(policy: Policy): JsonObject {
  const sections = allSections(policy).flatMap(({ name, section, words }) =>
    section === undefined ? [] : [[name, words.json(section)]],
  );
  return {
    version: 1,
    ...dated(policy),
    maxAgeSec: policy.maxAgeSec,
    ...given("minTcbEvaluationDataNumber", policy.minTcbEvaluationDataNumber),
    ...given("collateralMaxAgeDays", policy.collateralMaxAgeDays),
    tcb: { ...policy.tcb },
    fmspcDeny: policy.fmspcDeny,
    ppidAllow: policy.ppidAllow ?? null,
    allowDebug: policy.allowDebug,
    lineage: lineageRuleJson(policy.lineage),
    ...(Object.fromEntries(sections) as JsonObject),
  };
}

function lineageRuleJson(lineage: LineageRule): Json {
  return lineage === "any"
    ? null
    : lineage.map(({ kind, code, ...entry }) => ({ kind, code, ...dated(entry) }));
}
