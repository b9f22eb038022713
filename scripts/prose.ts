/**
 * `npm run prose`: checks lines, words and doc comments against docs/style.md. It fails if a folder has more
 * offences than `scripts/prose-debt.json` records. With paths, it lists every offence below them. `--lower`
 * lowers the record to today's counts.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { compareDebt, countOffences, type Debt, folderOf, lowerDebt } from "./prose/debt.ts";
import { findUndocumented } from "./prose/documented.ts";
import type { Offence } from "./prose/offence.ts";
import { findWideLines } from "./prose/width.ts";
import { findAvoided, readAvoided } from "./prose/words.ts";

const root = join(import.meta.dirname, "..");
const record = join(root, "scripts/prose-debt.json");
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { lower: { type: "boolean", default: false } },
});

/** Files that are not checked: data, generated files, and tests that break the rules on purpose. */
const excluded = [
  /^test\/(walls\/|prose\.test\.ts$)/,
  /^fuzz\/corpus\//,
  /(^|\/)vectors\/.*(?<!\.md)$/,
  /^docs\/errors\.md$/,
  /^LICENSE$/,
];
const judged = /\.(tsx?|md|sh|css|html|ya?ml|toml|service|template)$|^\.ci\//;

const present = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { cwd: root })
  .toString()
  .split("\n")
  .filter((file) => existsSync(join(root, file)));
const files = present.filter((file) => judged.test(file) && !excluded.some((pattern) => pattern.test(file)));
const workspaces = present.flatMap((file) => /^(.+)\/package\.json$/.exec(file)?.[1] ?? []);
const avoided = readAvoided(readFileSync(join(root, "docs/style.md"), "utf8"));
const offences = files.flatMap(judge);

if (positionals.length > 0) list(positionals.map((path) => relative(root, resolve(path))));
else compare();

function judge(file: string): Offence[] {
  const text = readFileSync(join(root, file), "utf8");
  return [
    ...findWideLines(file, text),
    ...(file.endsWith(".css") || file.endsWith(".html") ? [] : findAvoided(file, prose(file, text), avoided)),
    ...(isSource(file) ? findUndocumented(file, text) : []),
  ];
}

function isSource(file: string): boolean {
  return /\.tsx?$/.test(file) && workspaces.some((folder) => file.startsWith(`${folder}/src/`));
}

/** Removes the tables of docs/style.md, which quote the words that the document forbids. */
function prose(file: string, text: string): string {
  return file === "docs/style.md" ? text.replace(/^\|.*$/gm, "") : text;
}

function list(paths: readonly string[]): void {
  const found = offences.filter(({ file }) =>
    paths.some((path) => path === "" || file === path || file.startsWith(`${path}/`)),
  );
  for (const { file, line, rule, message } of found)
    process.stdout.write(`${file}:${line}: ${rule}: ${message}\n`);
  process.stdout.write(`${found.length} offences\n`);
  if (found.length > 0) process.exitCode = 1;
}

function compare(): void {
  const recorded = existsSync(record) ? (JSON.parse(readFileSync(record, "utf8")) as Debt) : {};
  const counts = countOffences(offences, workspaces);
  for (const { folder, rule, recorded: before, now } of compareDebt(recorded, counts)) {
    if (now < before) continue;
    process.exitCode = 1;
    process.stderr.write(`${folder}: ${now} offences against "${rule}", ${before} are recorded\n`);
    const own = offences.filter((one) => one.rule === rule && folderOf(one.file, workspaces) === folder);
    for (const { file, line, message } of own) process.stderr.write(`  ${file}:${line}: ${message}\n`);
  }
  if (values.lower) writeFileSync(record, `${JSON.stringify(lowerDebt(recorded, counts), undefined, 2)}\n`);
  if (process.exitCode === 1)
    process.stderr.write("Fix these. If files moved, move their counts in the record too.\n");
  process.stdout.write(`${offences.length} offences are left in ${Object.keys(counts).length} folders\n`);
}
