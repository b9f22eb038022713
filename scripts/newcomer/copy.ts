/** Makes a copy of the committed tree, with the packages that are installed in this checkout. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../bundles.ts";

/** A tree to which patches can be applied. */
export interface Copy {
  readonly folder: string;
  /** Undoes a patch, but keeps files that git ignores. */
  readonly reset: () => void;
  /** Removes the copy. */
  readonly remove: () => void;
}

/** Copies HEAD into a temporary folder. The copy shares the packages' files through hard links. */
export function copyTree(): Copy {
  const parent = mkdtempSync(join(tmpdir(), "pruntime-newcomer-"));
  const folder = join(parent, "pruntime");
  const git = (cwd: string, ...args: readonly string[]) => execFileSync("git", args, { cwd, stdio: "pipe" });
  git(root, "worktree", "add", "--detach", folder, "HEAD");
  execFileSync("cp", ["-al", join(root, "node_modules"), join(folder, "node_modules")]);
  return {
    folder,
    reset: () => {
      git(folder, "reset", "--hard", "HEAD");
      git(folder, "clean", "-d", "--force");
    },
    remove: () => {
      git(root, "worktree", "remove", "--force", folder);
      rmSync(parent, { recursive: true, force: true });
    },
  };
}
