/** Sections of a policy. If the section for a kind is absent, a policy accepts no evidence of that kind. */
import type { Reason } from "./reason.ts";

/**
 * Returns the result of `rules` for the section, or a reason if the policy does not have the section. The
 * reason names the section as `name`.
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
