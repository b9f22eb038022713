/**
 * Decides whether a policy accepts simulated evidence. Such evidence proves nothing and is meant for
 * development.
 */
import { type JsonReader, jsonMap, jsonNullable, jsonObject } from "../../json/index.ts";
import type { Code } from "../code.ts";
import type { GeneralPolicy } from "./general.ts";
import { hex, list } from "./readers.ts";
import { type Reason, unless } from "./reason.ts";
import { inSection } from "./section.ts";

/** The section for simulated evidence. */
export interface SimulatedPolicy {
  /** 32 bytes, hex: the accepted measurements. If `undefined`, any measurement is accepted. */
  readonly measurements: readonly string[] | undefined;
}

/** Reads the section `simulated`. @throws JsonError */
export const readSimulated: JsonReader<SimulatedPolicy> = jsonMap(
  jsonObject({ measurements: jsonNullable(list(hex(32))) }),
  ({ measurements }) => ({ measurements: measurements ?? undefined }),
);

/** Refuses simulated evidence if the policy has no section for it. */
export function appraiseSimulated(
  _general: GeneralPolicy,
  section: SimulatedPolicy | undefined,
): readonly Reason[] {
  return inSection(section, "simulated", "simulated", () => []);
}

/** Compares code with the section's measurements. Returns the reasons for a refusal, or an empty list. */
export function judgeSimulated(
  { measurements: accepted }: SimulatedPolicy,
  { measurement }: Code,
): readonly Reason[] {
  return unless(
    accepted === undefined || accepted.some((one) => one === measurement),
    "measurement",
    () => `the policy does not name the code ${measurement} that it claims to run`,
  );
}
