/** Sections of a policy. Without the section for a kind, a policy accepts no evidence of that kind. */
import type { Reason } from "./reason.ts";

/** The section's rules, or the reason that it is missing. `name` is the section's key in a policy. */
export function inSection<T>(
  section: T | undefined,
  kind: string,
  name: string,
  rules: (section: T) => readonly Reason[],
): readonly Reason[] {
  if (section !== undefined) return rules(section);
  return [{ rule: "kind", said: `the policy accepts no ${kind} evidence: it has no section ${name}` }];
}
