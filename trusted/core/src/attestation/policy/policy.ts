/**
 * Decoded policies. docs/policy.md describes every field and its default.
 */
import type { Code } from "../code.ts";
import type { Sections } from "../kinds.ts";
import type { HolderKind } from "../lineage.ts";
import type { Entry, GeneralPolicy } from "./general.ts";

/** A decoded policy. If the section for a kind is absent, evidence of that kind is refused. */
export type Policy = GeneralPolicy & { readonly lineage: LineageRule } & {
  readonly [S in keyof Sections]: Sections[S] | undefined;
};

/** The code that may have held the keys, besides the code that the policy accepts today. */
export type LineageRule = readonly PastCode[] | "any";

/** Code that may have held the keys: every holder of this kind that has all of these facts. */
export interface PastCode extends Entry {
  readonly kind: HolderKind;
  readonly code: Code;
}
