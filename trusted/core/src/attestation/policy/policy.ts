/**
 * Decoded policies. docs/policy.md describes every field and its default.
 */
import type { Sections } from "../kinds.ts";
import type { GeneralPolicy } from "./general.ts";

/** A decoded policy. If the section for a kind is absent, evidence of that kind is refused. */
export type Policy = GeneralPolicy & {
  readonly [S in keyof Sections]: Sections[S] | undefined;
};
