/** Sections of a policy. If the section for a kind is absent, a policy accepts no evidence of that kind. */
import type { Reason } from "./reason.ts";

/**
 * Applies the section's rules, or returns a reason if the section is missing. `name` is the section's key in
 * a policy.
 */
export function inSection<T>(
  section: T | undefined,
  kind: string,
  name: string,
  rules: (section: T) => readonly Reason[],
): readonly Reason[] {
  if (section !== undefined) return rules(section);
  return [{ rule: "kind", said: `the policy accepts no ${kind} evidence: it has no section ${name}` }];
}
