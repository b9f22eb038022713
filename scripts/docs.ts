/**
 * `npm run docs` writes docs/errors.md and the error sentences of the client, which the command and the page
 * show, from the error unions in the code. It writes docs/contracts/built-in.md from the contracts'
 * interfaces, docs/limits.md from the doc comments of the product's limits, docs/metrics.md from the metrics
 * that the programs register, and docs/settings.md from the options of the commands that run for long. It
 * fails if an error code has no sentence or is declared twice, or if a limit is not described. With
 * `--check`, it writes nothing and makes five more checks. Each generated file must be up to date.
 * docs/parity.md must have a row for every action. An error union must declare every code for which an
 * action gives an HTTP status. Every link between documents must lead to a file. The tables in SECURITY.md
 * must name tests and state the present limits.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { actions } from "@pruntime/api";
import ts from "typescript";
import { renderBuiltIns } from "./docs/contracts.ts";
import { type Limit, limitsOf } from "./docs/limits.ts";
import { renderLimits } from "./docs/limits-page.ts";
import { renderMetrics } from "./docs/metrics.ts";
import { codePackages, limitedPackages, type SourceText, sourcesOf } from "./docs/packages.ts";
import { promiseProblems } from "./docs/promises.ts";
import { renderSettings } from "./docs/settings.ts";
import { errorMembersOf } from "./prose/error-codes.ts";

const root = join(import.meta.dirname, "..");
const problems: string[] = [];

interface Code {
  readonly code: string;
  readonly meaning: string;
  readonly file: string;
}

const codes = sourcesOf(codePackages).flatMap(codesOf);
const limits = readLimits();
const generated = {
  "docs/errors.md": renderErrors(codes),
  "docs/limits.md": renderLimits(limits),
  "docs/metrics.md": await renderMetrics(),
  "docs/settings.md": await renderSettings(),
  "docs/contracts/built-in.md": renderBuiltIns(),
  "client/src/errors/sentences.ts": renderSentences(codes),
};
for (const [path, text] of Object.entries(generated)) {
  const target = join(root, path);
  if (!process.argv.includes("--check")) writeFileSync(target, text);
  else if (!existsSync(target) || readFileSync(target, "utf8") !== text)
    problems.push(`${path} is out of date: run \`npm run docs\``);
}
if (process.argv.includes("--check")) {
  checkParity();
  checkRefusals();
  checkLinks();
  const security = readFileSync(join(root, "SECURITY.md"), "utf8");
  problems.push(...promiseProblems(security, limits, (path) => existsSync(join(root, path))));
}

for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exit(problems.length === 0 ? 0 : 1);

function codesOf({ file, text }: SourceText): Code[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  return errorMembersOf(source).flatMap(({ codes, meaning }) => {
    if (meaning === "")
      problems.push(`${file}: ${codes.join(", ")} has no sentence that says when it happens`);
    return codes.map((code) => ({ code, meaning, file }));
  });
}

/** Reads the limits. Each error code that the description of a limit names must exist. */
function readLimits(): readonly Limit[] {
  const read = limitsOf(sourcesOf(limitedPackages));
  problems.push(...read.problems);
  const declared = new Set(codes.map(({ code }) => code));
  for (const { name, file, past } of read.limits)
    for (const [, code = ""] of past.matchAll(/`([a-z0-9-]+\/[a-z0-9-]+)`/g))
      if (!declared.has(code)) problems.push(`${file}: no union declares ${code}, which ${name} names`);
  return read.limits;
}

function renderErrors(codes: readonly Code[]): string {
  const seen = new Map<string, Code>();
  for (const entry of codes) {
    const first = seen.get(entry.code);
    if (first !== undefined)
      problems.push(`${entry.file}: ${entry.code} is already declared in ${first.file}`);
    seen.set(entry.code, entry);
  }
  const areas = [...new Set(codes.map(({ code }) => code.split("/")[0] ?? ""))].sort();
  const sections = areas.map((area) => {
    const own = codes
      .filter(({ code }) => code.startsWith(`${area}/`))
      .sort((a, b) => (a.code < b.code ? -1 : 1));
    const rows = own.map(
      ({ code, meaning, file }) => `| \`${code}\` | ${escapeCell(meaning)} | [${file}](../${file}) |`,
    );
    return `## ${area}\n\n| code | meaning | declared in |\n|---|---|---|\n${rows.join("\n")}\n`;
  });
  const head = [
    "# Error codes\n",
    "`npm run docs` generates this page from the doc comments of the error unions in the code.",
    "`npm run check` fails if the page is out of date.\n",
    "A code is stable and is never reused for another meaning.\n",
  ].join("\n");
  return [head, ...sections].join("\n");
}

/** The sentences as a module of the client: each code, and below it its sentence, wrapped and indented. */
function renderSentences(codes: readonly Code[]): string {
  const entries = codes
    .map(({ code, meaning }) => `${code}\n${wrapped(meaning.replace(/\{@link (\w+)\}/g, "$1"))}`)
    .sort();
  const text = entries.join("\n").replace(/[\\`]|\$\{/g, "\\$&");
  return `/** The sentences about all error codes. \`npm run docs\` writes this file. */

const text = \`
${text}
\`;

/** The sentences, by their codes. */
export const sentences: ReadonlyMap<string, string> = new Map(
  text
    .trim()
    .split(/\\n(?! )/)
    .map((entry) => {
      const [code = "", ...lines] = entry.split("\\n");
      return [code, lines.map((line) => line.trim()).join(" ")];
    }),
);
`;
}

/** Breaks a sentence into indented lines. Backticks take a further column, because they are escaped. */
function wrapped(sentence: string): string {
  const lines = [""];
  for (const word of sentence.split(" ")) {
    const longer = `${lines.at(-1)} ${word}`;
    if (longer.length + (longer.match(/`/g)?.length ?? 0) <= 106) lines[lines.length - 1] = longer;
    else lines.push(` ${word}`);
  }
  return lines.map((line) => ` ${line}`).join("\n");
}

function escapeCell(text: string): string {
  return text.replaceAll("|", "\\|").replace(/\{@link (\w+)\}/g, "`$1`");
}

/** Checks that docs/parity.md has a row for every action of the API. */
function checkParity(): void {
  const parity = existsSync(join(root, "docs/parity.md"))
    ? readFileSync(join(root, "docs/parity.md"), "utf8")
    : "";
  for (const { name } of actions)
    if (!parity.includes(`| \`${name}\` |`))
      problems.push(`docs/parity.md has no row for the action ${name}`);
}

/** Checks that a union declares every error code for which an action gives an HTTP status. */
function checkRefusals(): void {
  const declared = new Set(codes.map(({ code }) => code));
  for (const { name, errors } of actions)
    for (const code of Object.keys(errors))
      if (!declared.has(code))
        problems.push(`the action ${name} gives a status for ${code}, but no union declares it`);
}

/** Checks that links between the project's documents lead to files that exist. */
function checkLinks(): void {
  const documents = [
    ...readdirSync(root).filter((name) => name.endsWith(".md")),
    "client/README.md",
    ...markdownBelow("deploy"),
    ...markdownBelow("docs"),
    ...markdownBelow("vectors"),
  ];
  for (const document of documents)
    for (const [, link] of readFileSync(join(root, document), "utf8").matchAll(
      /\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)/g,
    ))
      if (!existsSync(join(root, dirname(document), link ?? "")))
        problems.push(`${document}: link to ${link} leads nowhere`);
}

function markdownBelow(folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  const names = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
  return names.filter((name) => name.endsWith(".md")).map((name) => join(folder, name));
}
