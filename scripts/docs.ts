/**
 * `npm run docs` writes docs/errors.md, and the sentences that the command prints, from the error unions in
 * the code; `--check` fails when it, or a doc it can judge, has fallen behind: an error code without a
 * sentence, a code declared twice, a parity row missing for a route, a dead link between the project's
 * documents.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const root = join(import.meta.dirname, "..");
const folders = [
  "trusted/core",
  "trusted/executor",
  "trusted/runtime",
  "api",
  "enclave",
  "crypto",
  "host/gateway",
  "host/relay",
  "host/devchain",
  "client",
  "cli",
];
const problems: string[] = [];

interface Code {
  readonly code: string;
  readonly meaning: string;
  readonly file: string;
}

const codes = folders.flatMap((folder) => sources(join(root, folder, "src")).flatMap(codesOf));
const generated = {
  "docs/errors.md": renderErrors(codes),
  "cli/src/terminal/error-sentences.json": renderSentences(codes),
};
for (const [path, text] of Object.entries(generated)) {
  const target = join(root, path);
  if (!process.argv.includes("--check")) writeFileSync(target, text);
  else if (!existsSync(target) || readFileSync(target, "utf8") !== text)
    problems.push(`${path} is behind the code: run \`npm run docs\``);
}
if (process.argv.includes("--check")) {
  checkParity();
  checkLinks();
}

for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exit(problems.length === 0 ? 0 : 1);

/**
 * Union members of the form `readonly code: "area/reason"`, each with the comment that stands directly above
 * it.
 */
function codesOf(path: string): Code[] {
  const text = readFileSync(path, "utf8");
  const file = relative(root, path);
  const member =
    /(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*)?\|?\s*\{\s*readonly code:\s*((?:\|?\s*"[a-z0-9-]+\/[a-z0-9-]+"\s*)+)/g;
  return [...text.matchAll(member)].flatMap(([, comment, codes]) => {
    const meaning = (comment ?? "")
      .replace(/^\s*\*/gm, " ")
      .replace(/\s+/g, " ")
      .trim();
    return [...(codes ?? "").matchAll(/"([^"]+)"/g)].map(([, code]) => {
      if (meaning === "") problems.push(`${file}: ${code} has no sentence that says what it means`);
      return { code: code ?? "", meaning, file };
    });
  });
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
  const head =
    "# Error codes\n\nGenerated from the code by `npm run docs`; `npm run check` compares. A code is stable and is never reused for another meaning.\n";
  return [head, ...sections].join("\n");
}

function renderSentences(codes: readonly Code[]): string {
  const sorted = codes
    .map(({ code, meaning }) => [code, meaning.replace(/\{@link (\w+)\}/g, "$1")] as const)
    .sort();
  return `${JSON.stringify(Object.fromEntries(sorted), undefined, 2)}\n`;
}

function escapeCell(text: string): string {
  return text.replaceAll("|", "\\|").replace(/\{@link (\w+)\}/g, "`$1`");
}

/** docs/parity.md has a row for every action the API declares. */
function checkParity(): void {
  const parity = existsSync(join(root, "docs/parity.md"))
    ? readFileSync(join(root, "docs/parity.md"), "utf8")
    : "";
  const declared = sources(join(root, "api/src")).flatMap((path) =>
    [...readFileSync(path, "utf8").matchAll(/\baction:\s*"(\w+)"/g)].map((match) => match[1]),
  );
  for (const action of new Set(declared))
    if (!parity.includes(`| \`${action}\` |`))
      problems.push(`docs/parity.md has no row for the action ${action}`);
}

/** Links between the project's documents lead to files that exist. */
function checkLinks(): void {
  const documents = [
    ...readdirSync(root).filter((name) => name.endsWith(".md")),
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

function sources(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return names
    .filter((name) => /\.tsx?$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}
