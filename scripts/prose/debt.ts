/**
 * Compares counts of offences with a record whose counts can only fall. `scripts/prose-debt.json` records how
 * many offences remain, by folder and rule. The check fails if a folder has more offences than recorded.
 */
import { type Offence, type Rule, rules } from "./offence.ts";

/** The number of offences, by folder and rule. An absent number is 0. */
export type Debt = Readonly<Record<string, Readonly<Partial<Record<Rule, number>>>>>;

/**
 * Returns the folder under which a file is counted. In a workspace, this is the workspace's `src` or `test`,
 * or the workspace itself for its other files. Outside all workspaces, it is the first folder of the file's
 * path, or `.` for a file at the root. `workspaces` are the folders of the packages.
 */
export function folderOf(file: string, workspaces: readonly string[]): string {
  const workspace = workspaces.find((folder) => file.startsWith(`${folder}/`));
  if (workspace === undefined) return file.includes("/") ? (file.split("/")[0] ?? ".") : ".";
  const part = file.slice(workspace.length + 1).split("/")[0] ?? "";
  return ["src", "test"].includes(part) ? `${workspace}/${part}` : workspace;
}

/** Counts offences by folder and rule. */
export function countOffences(offences: readonly Offence[], workspaces: readonly string[]): Debt {
  const counts: Record<string, Partial<Record<Rule, number>>> = {};
  for (const { file, rule } of offences) {
    const folder = folderOf(file, workspaces);
    counts[folder] = { ...counts[folder], [rule]: (counts[folder]?.[rule] ?? 0) + 1 };
  }
  return counts;
}

/** A folder whose count for a rule differs from the recorded count. */
export interface Change {
  readonly folder: string;
  readonly rule: Rule;
  readonly recorded: number;
  readonly now: number;
}

/** Returns the differences between the record and today's counts, by folder and rule. */
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

/** Lowers the record to today's counts. No count rises, and folders without offences are left out. */
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
