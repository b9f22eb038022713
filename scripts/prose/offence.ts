/** One place where a file breaks a rule of docs/style.md. */
export interface Offence {
  /** The path from the root of the checkout. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly rule: Rule;
  readonly message: string;
}

/** The names of the rules, as `scripts/prose-debt.json` uses them. */
export const rules = ["width", "words", "documented"] as const;

/** The name of a rule. */
export type Rule = (typeof rules)[number];
