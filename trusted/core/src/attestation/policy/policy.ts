/**
 * A decoded policy. Everything that a policy does not list is refused. docs/policy.md describes every field.
 */
import type { Sections } from "../kinds.ts";
import type { GeneralPolicy } from "./general.ts";

/** A decoded policy. If the section for a kind is absent, evidence of that kind is refused. */
export type Policy = GeneralPolicy & {
  readonly [S in keyof Sections]: Sections[S] | undefined;
};
