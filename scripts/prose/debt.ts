/**
 * The ratchet. `scripts/prose-debt.json` records, by folder and rule, how many offences remain. The check
 * fails if a folder has more, and a record can only become lower.
 */
import { type Offence, type Rule, rules } from "./offence.ts";

/** By folder and rule, how many offences are excused. An absent number is 0. */
export type Debt = Readonly<Record<string, Readonly<Partial<Record<Rule, number>>>>>;

/**
 * The folder a file is counted under: the `src` or `test` of a workspace, or else the first folder of its
 * path; `.` for files at the root. `workspaces` are the folders of the packages.
 */
export function folderOf(file: string, workspaces: readonly string[]): string {
  const workspace = workspaces.find((folder) => file.startsWith(`${folder}/`));
  if (workspace === undefined) return file.includes("/") ? (file.split("/")[0] ?? ".") : ".";
  const part = file.slice(workspace.length + 1).split("/")[0] ?? "";
  return ["src", "test"].includes(part) ? `${workspace}/${part}` : workspace;
}

/** The offences, counted by folder and rule. */
export function countOffences(offences: readonly Offence[], workspaces: readonly string[]): Debt {
  const counts: Record<string, Partial<Record<Rule, number>>> = {};
  for (const { file, rule } of offences) {
    const folder = folderOf(file, workspaces);
    counts[folder] = { ...counts[folder], [rule]: (counts[folder]?.[rule] ?? 0) + 1 };
  }
  return counts;
}

/** A folder whose count differs from the recorded one. */
export interface Change {
  readonly folder: string;
  readonly rule: Rule;
  readonly recorded: number;
  readonly now: number;
}

/** The differences between the record and today's counts, by folder and rule. */
export function compareDebt(recorded: Debt, counts: Debt): Change[] {
  return [...new Set([...Object.keys(recorded), ...Object.keys(counts)])].sort().flatMap((folder) =>
    rules.flatMap((rule) => {
      const change = {
        folder,
        rule,
        recorded: recorded[folder]?.[rule] ?? 0,
        now: counts[folder]?.[rule] ?? 0,
      };
      return change.recorded === change.now ? [] : [change];
    }),
  );
}

/**
 * The record, lowered to today's counts where these are lower. No count rises, and folders without debt are
 * left out.
 */
export function lowerDebt(recorded: Debt, counts: Debt): Debt {
  const lowered = Object.keys(recorded)
    .sort()
    .map((folder) => {
      const left = rules
        .map((rule) => [rule, Math.min(recorded[folder]?.[rule] ?? 0, counts[folder]?.[rule] ?? 0)] as const)
        .filter(([, count]) => count > 0);
      return [folder, Object.fromEntries(left)] as const;
    });
  return Object.fromEntries(lowered.filter(([, left]) => Object.keys(left).length > 0));
}
