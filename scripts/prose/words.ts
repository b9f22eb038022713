/** The rule `words`: prose must not contain a word or construction that the table in docs/style.md lists. */
import type { Offence } from "./offence.ts";
import { passagesOf } from "./passages.ts";

/** A row of the table. */
export interface Avoided {
  /** The word or construction, as the table spells it. */
  readonly phrase: string;
  /** Longer constructions that contain the phrase and are allowed. */
  readonly except: readonly string[];
  /** What to write instead. */
  readonly write: string;
}

/**
 * Reads the table with the columns `avoid`, `because` and `write`. The cell in the column `avoid` is a
 * phrase, or a phrase with exceptions: `is no (but: there is no, is no longer)`.
 */
export function readAvoided(style: string): Avoided[] {
  const [, rows] = /^\| avoid \|.*\n\|[-|]+\|\n((?:\|.*\n)+)/m.exec(style) ?? [];
  if (rows === undefined) throw new Error("docs/style.md has no table of words to avoid");
  return rows
    .trimEnd()
    .split("\n")
    .map((row) => {
      const [, avoid = "", , write = ""] = row.split("|").map((cell) => cell.trim());
      const [, phrase = avoid, except] = /^(.+) \(but: (.+)\)$/.exec(avoid) ?? [];
      return { phrase, except: except?.split(", ") ?? [], write };
    });
}

/** Finds the places in a file's prose that contain an avoided phrase. */
export function findAvoided(file: string, text: string, avoided: readonly Avoided[]): Offence[] {
  return passagesOf(file, text).flatMap((passage) =>
    avoided.flatMap(({ phrase, except, write }) => {
      const fine = except.flatMap((longer) => [...passage.text.matchAll(pattern(longer))].map(spanOf));
      return [...passage.text.matchAll(pattern(phrase))]
        .map(spanOf)
        .filter(({ start, end }) => !fine.some((longer) => longer.start <= start && end <= longer.end))
        .map(({ start }) => ({
          file,
          line: text.slice(0, passage.start + start).split("\n").length,
          rule: "words" as const,
          message: `"${phrase}"; write: ${write}`,
        }));
    }),
  );
}

function pattern(phrase: string): RegExp {
  const words = phrase.split(" ").map((word) => word.replace(/[^\w]/g, "\\$&"));
  return new RegExp(`(?<![\\w-])${words.join("\\s+")}(?![\\w-])`, "gi");
}

function spanOf(match: RegExpExecArray): { start: number; end: number } {
  return { start: match.index, end: match.index + match[0].length };
}
