/**
 * `npm run mutants -- [path[:line]…]`: deletes each rule in turn and checks whether a test fails. A rule
 * survives if no test fails. The exit code is 1 if a rule survives that mutants/excused.ts does not list, or
 * if a listed rule does not survive. `--list` only lists the rules. Paths are source files or folders of
 * source files. Without paths, the rules of all trusted packages are deleted.
 */
import { readdirSync, statSync } from "node:fs";
import { setPriority } from "node:os";
import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { excused } from "../mutants/excused.ts";
import { findMutants, type Mutant } from "../mutants/find.ts";
import { Jury, testFolder } from "../mutants/jury.ts";

setPriority(10);
const root = join(import.meta.dirname, "..");
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { list: { type: "boolean", default: false } },
});
const wanted =
  positionals.length > 0
    ? positionals
    : ["trusted/core/src", "trusted/interfaces/src", "trusted/executor/src", "trusted/runtime/src"];

const mutants = wanted.flatMap((argument) => {
  const [path, line] = argument.split(":", 2) as [string, string | undefined];
  return findMutants(sources(resolve(path))).filter(
    (mutant) => line === undefined || mutant.line === Number(line),
  );
});
for (const folder of new Set(mutants.map(({ path }) => testFolder(path)))) {
  const group = mutants.filter(({ path }) => testFolder(path) === folder);
  if (values.list) for (const mutant of group) say(where(mutant));
  else await judge(folder, group);
}

async function judge(folder: string, group: readonly Mutant[]): Promise<void> {
  const jury = new Jury(folder);
  const count = { killed: 0, excused: 0, survived: 0 };
  for (const mutant of group) {
    const reason = excused[relative(root, mutant.path)]?.[mutant.what];
    const killed = await jury.kills(mutant);
    const verdict = killed ? "killed" : reason === undefined ? "survived" : "excused";
    count[verdict]++;
    if (killed === (reason !== undefined)) process.exitCode = 1;
    say(
      `${verdict.padEnd(8)} ${where(mutant)}${killed && reason !== undefined ? ": delete its excuse" : ""}`,
    );
  }
  jury.close();
  const counts = Object.entries(count).map(([verdict, times]) => `${times} ${verdict}`);
  say(`${relative(root, folder)}: ${group.length} mutants, ${counts.join(", ")}`);
}

function sources(path: string): string[] {
  if (statSync(path).isFile()) return [path];
  const names = readdirSync(path, { recursive: true, encoding: "utf8" });
  return names
    .filter((name) => /\.ts$/.test(name) && !/\.d\.ts$/.test(name))
    .sort()
    .map((name) => join(path, name));
}

function where(mutant: Mutant): string {
  return `${relative(root, mutant.path)}:${mutant.line} ${mutant.what}`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
