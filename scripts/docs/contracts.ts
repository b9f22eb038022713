/** Renders docs/contracts/built-in.md from the interfaces of the built-in contracts. */
import { maxAnswerBytes } from "@pruntime/core/channel";
import {
  type BuiltIn,
  builtIns,
  type CommandInterface,
  type Ending,
  maxCommandBytes,
  messageJson,
  notAuthorized,
  type RequestInterface,
  refusalJson,
  type Schema,
  statusMeanings,
} from "@pruntime/interfaces";
import { describeSchema, type Row } from "./schema.ts";

/** Returns the text of the whole document. */
export function renderBuiltIns(): string {
  return `${[intro(), ...builtIns.map(contract)].join("\n\n")}\n`;
}

function intro(): string {
  const statuses = statusMeanings.map(({ name, meaning }) => [`\`${name}\``, meaning]);
  const refusals = [notAuthorized, "a sentence"].map(
    (reason) => `\`${JSON.stringify(refusalJson(reason))}\``,
  );
  return [
    "# Built-in contracts",
    wrap(
      "`npm run docs` generates this page from [the interfaces](../../trusted/interfaces/src/built-in.ts), " +
        "which the executor, the client, the command and the web page also use. " +
        "`npm run check` fails if the page is out of date.",
    ),
    [
      '- **A command** is `{"Name": input}`. It is sent in an envelope, and its execution receipt states ' +
        "its result.",
      '- **A request** is `{"Name": input}`, or `"Name"` without input. It is sent in a query.',
      '- **An answer** is `{"Name": answer}`.',
      `- **A refusal** is \`{"Error": reason}\`: ${refusals.join(" or ")}.`,
      "- **A malformed request** is refused with `query/bad-request`.",
      "- **Numbers** with more than 32 bits are decimal text. **Accounts and bytes** are hex without `0x`.",
      "- **Unknown fields** are ignored.",
      "- **The size** of a field is secret unless it is marked as public: a sealed message " +
        "with the shortest\n  value is as long as one with the longest value.",
      `- **A list** is answered with the newest entries that fit into ${maxAnswerBytes / 1024} KiB. ` +
        "`before` asks for others.",
      `- **A long command**, of more than ${maxCommandBytes / 1024} KiB, ends with \`BadCommand\`.`,
    ].join("\n"),
    "## Results of commands",
    table(["status", "meaning"], statuses),
    wrap(
      "Any command can have the status `Ok`, `UnknownError`, `BadContractId`, `BadSecret` or `BadCommand`. " +
        "Each command lists the other statuses that it can have.",
    ),
  ].join("\n\n");
}

function contract({ id, name, meaning, commands, requests }: BuiltIn): string {
  return [`## ${name} (${id})`, wrap(meaning), ...commands.map(command), ...requests.map(request)].join(
    "\n\n",
  );
}

function command({ name, meaning, sender, input, statuses, example }: CommandInterface): string {
  return section([
    `### Command \`${name}\``,
    wrap(`${meaning} Sender: ${sender}.`),
    code(messageJson(name, example)),
    fields("input", input),
    endings("status", statuses),
  ]);
}

function request({ name, meaning, asker, input, answer, refusals, example }: RequestInterface): string {
  return section([
    `### Request \`${name}\``,
    wrap(`${meaning} Asker: ${asker}.`),
    code(messageJson(name, example.input)),
    fields("input", input),
    "The answer:",
    code(messageJson(name, example.answer)),
    fields("answer", answer),
    endings("refused with", refusals),
  ]);
}

/** Breaks a paragraph into lines of at most 120 columns. */
function wrap(text: string): string {
  return text.replace(/(?![^\n]{1,120}$)([^\n]{1,120})\s/g, "$1\n");
}

function section(parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join("\n\n");
}

function code(json: unknown): string {
  return `\`\`\`json\n${JSON.stringify(json, undefined, 2)}\n\`\`\``;
}

/** Returns a table of the schema's fields, or an empty string if the schema has no fields. */
function fields(head: string, schema: Schema): string {
  const rows = describeSchema(schema).map(({ path, type }: Row) => [`\`${path}\``, type]);
  return rows.length === 0 ? "" : table([head, "type"], rows);
}

function endings(head: string, list: readonly Ending[]): string {
  return list.length === 0
    ? ""
    : table(
        [head, "when"],
        list.map(({ name, when }) => [`\`${name}\``, when]),
      );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), `|${head.map(() => "---|").join("")}`, ...rows.map(line)].join("\n");
}
