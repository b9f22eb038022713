/** Which evidence is accepted. What a policy does not name is refused; docs/policy.md has every field. */
import type { Sections } from "../kinds.ts";
import type { GeneralPolicy } from "./general.ts";

/** A policy as it is judged by. Evidence of a kind whose section is absent is refused. */
export type Policy = GeneralPolicy & {
  readonly [S in keyof Sections]: Sections[S] | undefined;
};
