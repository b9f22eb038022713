/**
 * Judges the lineage of a worker's keys (lineage.ts). By default a policy accepts only code that it would
 * accept today. Its field `lineage` can name other code that may have held the keys, such as versions that
 * are too old to run but have leaked nothing.
 */
import { type JsonReader, jsonEnum, jsonMap, jsonNullable, jsonObject } from "../../json/index.ts";
import { jsonCode } from "../code.ts";
import { rowOf } from "../kinds.ts";
import { type Holder, holderKinds, type Lineage } from "../lineage.ts";
import type { LineageRule, PastCode, Policy } from "./policy.ts";
import { entry, list } from "./readers.ts";
import { inDate, type Reason, unless } from "./reason.ts";
import { inSection } from "./section.ts";

/** Reads the field `lineage`. `null` means any code. @throws JsonError */
export const readLineageRule: JsonReader<LineageRule> = jsonMap(
  jsonNullable(list(jsonObject({ ...entry, kind: jsonEnum(holderKinds), code: jsonCode }))),
  (read) => read?.map(({ notAfter, ...past }) => ({ ...past, notAfterMs: notAfter })) ?? "any",
);

/**
 * Judges all code that has held the keys. Returns the reasons for a refusal, or an empty list. The caller has
 * checked that evidence is bound to the lineage.
 * @param atMs Unix milliseconds
 */
export function appraiseLineage(policy: Policy, lineage: Lineage, atMs: number): readonly Reason[] {
  const { lineage: accepted } = policy;
  if (accepted === "any") return [];
  return lineage.flatMap((holder) => {
    const { kind, block } = holder;
    const named = accepted.some((past) => names(policy, past, holder, atMs));
    const reasons = named ? [] : judge(policy, holder, atMs);
    return unless(
      reasons.length === 0,
      "lineage",
      () =>
        `code that held its keys at block ${block.number} is not accepted (${kind}): ` +
        reasons.map(({ said }) => said).join("; "),
    );
  });
}

/** Whether an entry of the policy names a holder. An entry covers debug mode only if it names that, too. */
function names(policy: Policy, past: PastCode, { kind, code }: Holder, atMs: number): boolean {
  return (
    past.kind === kind &&
    (policy.allowDebug || past.code["debug"] === code["debug"]) &&
    Object.entries(past.code).every(([name, value]) => code[name] === value) &&
    inDate(past, "it", atMs).length === 0
  );
}

/** Judges code as if it ran now. The section for simulated evidence names programs by the same hash. */
function judge(policy: Policy, { kind, code }: Holder, atMs: number): readonly Reason[] {
  const { section: name, judge } = rowOf(kind === "sealed" ? "simulated" : kind);
  return [
    ...unless(policy.allowDebug || code["debug"] === undefined, "debug", () => "it ran in debug mode"),
    ...inSection(policy[name], kind, name, (section) => judge(section, code, atMs)),
  ];
}
