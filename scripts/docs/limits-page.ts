/** Renders docs/limits.md: the bounds of each action's bodies and replies, and the limits of each package. */
import { actions } from "@pruntime/api";
import { amount, type Limit } from "./limits.ts";

const head = `# Limits

\`npm run docs\` generates this page from the actions and from the doc comments of the limits in the code.
\`npm run check\` fails if the page is out of date, or if a constant that looks like a limit is not described.
[CONTRIBUTING.md](../CONTRIBUTING.md) says how to describe one.

"Source" says where a value comes from: a rule of the protocol or of Polkadot, a measurement, another limit,
or a choice with its reason. The values that the protocol fixes are part of the rules number: a program with
other values has other rules, and the two refuse to work together. All other values may differ from worker to
worker. Strings and lists inside a message have limits of their own, which the schemas in the API's documents
state.
`;

const columns = ["what it bounds", "limit", "source", "past it", "constant"];

/** Renders the page. */
export function renderLimits(limits: readonly Limit[]): string {
  const folders = [...new Set(limits.map(({ file }) => folderOf(file)))];
  const sections = folders.map((folder) => {
    const own = limits.filter(({ file }) => folderOf(file) === folder);
    return `## ${folder}\n\n${table(columns, own.map(row))}`;
  });
  return [head, actionsTable(), ...sections].join("\n");
}

function row({ name, file, bounds, value, source, past }: Limit): string[] {
  return [bounds, value, source, past, `[\`${name}\`](../${file})`];
}

function actionsTable(): string {
  const rows = [...actions]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, access, maxBodyBytes, maxReplyBytes, timeoutMs }) => [
      `\`${name}\``,
      access,
      amount(maxBodyBytes, "bytes"),
      amount(maxReplyBytes, "bytes"),
      timeoutMs === undefined ? "" : amount(timeoutMs, "ms"),
    ]);
  return `## Actions

A larger request is refused with \`http/too-large\` before it is read to its end. The enclave sends no larger
reply (\`enclave/reply-too-large\`), and a client stops reading at this length (\`client/reply-too-large\`).

${table(["action", "caller", "request body", "reply", "time in the enclave"], rows)}`;
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return `${[line(columns), `|${"---|".repeat(columns.length)}`, ...rows.map(line)].join("\n")}\n`;
}

/** The package of a file: `host/gateway` for `host/gateway/src/gateway.ts`. */
function folderOf(file: string): string {
  return file.split("/src/")[0] ?? "";
}
