/** Explains in plain words what a policy accepts and refuses. */
import type { LineageRule, Policy } from "@pruntime/core/attestation";
import { allSections, ofSections } from "./sections.ts";

/** The two parts of an explanation. */
export interface Explanation {
  /** The evidence that is accepted, and the conditions for it. */
  readonly accepts: readonly string[];
  readonly refuses: readonly string[];
}

/** Lists in words what a policy accepts, and what it refuses. */
export function explainPolicy(policy: Policy): Explanation {
  const accepts = ofSections(policy, (words, section) => words.accepts(section));
  return {
    accepts: accepts.length === 0 ? ["nothing at all"] : accepts,
    refuses: [...absent(policy), ...platformLines(policy), ...alwaysLines(policy)],
  };
}

function absent(policy: Policy): readonly string[] {
  const none = allSections(policy).flatMap(({ section, words }) =>
    section === undefined ? [words.about] : [],
  );
  return none.length === 0 ? [] : [`all ${none.join(", all ")}`];
}

function platformLines(policy: Policy): readonly string[] {
  const judged = ofSections(policy, (words, section) => [words.platform(section)]);
  if (judged.every((by) => by === undefined)) return [];
  const { tcb, minTcbEvaluationDataNumber: least, collateralMaxAgeDays: days, fmspcDeny, ppidAllow } = policy;
  const { advisoriesAllowed: advisories } = tcb;
  const accepted = tcb.accept.filter((status) => status !== "Revoked");
  return [
    `Intel platforms whose TCB status is not ${accepted.join(" or ") || "anything, so all of them"}`,
    ...(tcb.graceDays === 0
      ? []
      : [
          "Intel platforms that are out of date, " +
            `except in the first ${tcb.graceDays} days after the tcbDate of their level`,
        ]),
    advisories.length === 0
      ? "platforms with any advisory"
      : `platforms with advisories other than ${advisories.join(", ")}`,
    ...(least === undefined ? [] : [`collateral with a TCB evaluation data number below ${least}`]),
    ...(days === undefined ? [] : [`collateral older than ${days} days`]),
    ...(fmspcDeny.length === 0 ? [] : [`processors of the models ${fmspcDeny.join(", ")}`]),
    ...(ppidAllow === undefined ? [] : [`Intel machines other than the ${ppidAllow.length} that are named`]),
  ];
}

function alwaysLines({ allowDebug, lineage, maxAgeSec, notAfterMs }: Policy): readonly string[] {
  return [
    ...lineageLines(lineage),
    ...(allowDebug ? [] : ["everything in debug mode"]),
    `verdicts older than ${maxAgeSec} seconds: fresh evidence must be requested`,
    ...(notAfterMs === undefined
      ? []
      : [`everything after ${new Date(notAfterMs).toISOString()}, when the policy itself expires`]),
    "always: platforms that are revoked, enclaves signed with the key of Intel's sample code, " +
      "evidence that is bound to no key",
  ];
}

function lineageLines(lineage: LineageRule): readonly string[] {
  if (lineage === "any") return [];
  const named = lineage.map(({ kind, code }) => `${kind} ${Object.values(code).join(" ")}`);
  return [
    "keys that other code held before, unless it would be accepted now" +
      (named.length === 0 ? "" : `, or is one of: ${named.join("; ")}`),
  ];
}
