/**
 * The settings of the commands that run for long. A setting comes from an option of the command, from the
 * environment, or from one file; the first of these that has it decides, and otherwise its default.
 */
import { type Json, parseJson } from "@pruntime/core/json";
import type { Command, Option } from "commander";
import { CliError } from "../error.ts";
import { maxDocumentBytes, readText } from "../terminal/file.ts";
import { repeatable } from "../worker/addresses.ts";

/** The commands that have settings, and so the sections of the file. */
export const configurable: readonly string[] = ["up", "chain", "worker", "relay"];

/** One setting of a command: one option, or an option and its negation. */
export interface Setting {
  /** The key in the file: the option's long name without dashes and without `no-`. */
  readonly key: string;
  /** The environment variables that are looked for, in this order. */
  readonly variables: readonly string[];
  readonly options: readonly Option[];
}

/** Where a setting's value comes from. */
export interface Given {
  /** The text of the value, as it was given; a list is joined by commas. */
  readonly text: string;
  /** An option, an environment variable, or a file. */
  readonly from: string;
}

/**
 * Variables that set an option of several commands, beside the variable of the command itself. `--operator`
 * and `--token-file` of a worker say where it serves, so the variables of its callers do not set them.
 */
const shared: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  up: { "data-dir": "PRUNTIME_DATA" },
  chain: { "data-dir": "PRUNTIME_DATA" },
  worker: { "data-dir": "PRUNTIME_DATA", production: "PRUNTIME_PRODUCTION" },
  relay: {
    "data-dir": "PRUNTIME_DATA",
    node: "PRUNTIME_NODE",
    operator: "PRUNTIME_OPERATOR",
    "token-file": "PRUNTIME_TOKEN_FILE",
  },
};

/** Options that are not settings. */
const notSettings = ["json", "config", "help"];

/** The settings of a command, in the order of its options. */
export function settingsOf(command: Command): readonly Setting[] {
  const byKey = new Map<string, Option[]>();
  for (const option of command.options) {
    const key = option.name().replace(/^no-/, "");
    if (!notSettings.includes(key)) byKey.set(key, [...(byKey.get(key) ?? []), option]);
  }
  return [...byKey].map(([key, options]) => ({ key, options, variables: variablesOf(command.name(), key) }));
}

function variablesOf(command: string, key: string): readonly string[] {
  const own = `PRUNTIME_${command}_${key}`.toUpperCase().replaceAll("-", "_");
  const common = shared[command]?.[key];
  return common === undefined ? [own] : [own, common];
}

const found = new WeakMap<Command, Map<string, Given>>();

/** Adds `--config`. Before the command's action runs, its settings are taken from environment and file. */
export function withSettings(command: Command): Command {
  return command
    .option(
      "--config <file>",
      "JSON with options of up, chain, worker and relay; default: the variable PRUNTIME_CONFIG",
    )
    .hook("preAction", (_, action) => applySettings(action, process.env));
}

/** Where each setting of a command came from. A setting that is not in the map has its default. */
export function givenSettings(command: Command): ReadonlyMap<string, Given> {
  return found.get(command) ?? new Map();
}

/**
 * Gives a parsed command the settings that its options did not give.
 * @throws CliError `cli/bad-argument`, `cli/bad-file`, `cli/file-too-large`; JsonError
 */
function applySettings(command: Command, environment: NodeJS.ProcessEnv): void {
  const path: string | undefined = command.opts()["config"] ?? environment["PRUNTIME_CONFIG"];
  const settings = settingsOf(command);
  const section = path === undefined ? {} : sectionOf(path, command.name(), settings);
  const given = new Map<string, Given>();
  for (const setting of settings) {
    const { key, variables, options } = setting;
    const attribute = options[0]?.attributeName() ?? key;
    if (command.getOptionValueSource(attribute) === "cli") {
      given.set(key, { text: "", from: "option" });
      continue;
    }
    const variable = variables.find((name) => environment[name] !== undefined);
    const inFile = section[key];
    if (variable === undefined && inFile === undefined) continue;
    const values = variable === undefined ? textsOf(inFile) : valuesIn(setting, environment[variable] ?? "");
    const from = variable ?? String(path);
    const name = variable ?? `${command.name()}.${key} in ${path}`;
    command.setOptionValueWithSource(attribute, readValue(setting, values, name), from);
    given.set(key, { text: (values ?? []).join(","), from });
  }
  found.set(command, given);
}

/** The section of a command in the file. Each of its keys must be a setting of the command. */
function sectionOf(
  path: string,
  command: string,
  settings: readonly Setting[],
): Readonly<Record<string, Json>> {
  const file = parseJson(readText(path, maxDocumentBytes));
  const want = `an object with the sections ${configurable.join(", ")}`;
  if (!isObject(file) || Object.keys(file).some((name) => !configurable.includes(name)))
    throw new CliError({ code: "cli/bad-argument", name: path, want });
  const section = file[command] ?? {};
  if (!isObject(section))
    throw new CliError({ code: "cli/bad-argument", name: `${command} in ${path}`, want: "an object" });
  for (const name of Object.keys(section))
    if (!settings.some(({ key }) => key === name))
      throw new CliError({
        code: "cli/bad-argument",
        name: `${command}.${name} in ${path}`,
        want: `an option of \`pruntime ${command}\`, without dashes`,
      });
  return section;
}

function isObject(value: Json): value is Readonly<Record<string, Json>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The texts of a value in the file; `undefined` if it is neither a scalar nor a list of scalars. */
function textsOf(value: Json | undefined): readonly string[] | undefined {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  const scalar = items.every((item) => ["string", "number", "bigint", "boolean"].includes(typeof item));
  return scalar ? items.map(String) : undefined;
}

function valuesIn({ options }: Setting, text: string): readonly string[] {
  return isList(options) ? text.split(",").map((part) => part.trim()) : [text];
}

function isList(options: readonly Option[]): boolean {
  return options.some(({ parseArg }) => parseArg === repeatable);
}

/**
 * Reads values as the command's options read them.
 * @throws CliError `cli/bad-argument`, which names the source
 */
function readValue({ options }: Setting, values: readonly string[] | undefined, name: string): unknown {
  const [text, ...others] = values ?? [];
  if (text === undefined || (others.length > 0 && !isList(options)))
    throw new CliError({ code: "cli/bad-argument", name, want: isList(options) ? "a list" : "one value" });
  if (isList(options)) return [text, ...others];
  const reading = options.find((option) => option.required || option.optional);
  const isOff = text === "false" || text === "0";
  if (isOff && options.some(({ negate }) => negate)) return false;
  if (reading !== undefined) return read(reading, text, name);
  if (isOff) return false;
  if (text === "true" || text === "1") return true;
  throw new CliError({ code: "cli/bad-argument", name, want: "true or false" });
}

function read({ parseArg }: Option, text: string, name: string): unknown {
  try {
    return parseArg === undefined ? text : parseArg(text, undefined);
  } catch (cause) {
    if (!(cause instanceof CliError) || cause.detail.code !== "cli/bad-argument") throw cause;
    throw new CliError({ code: "cli/bad-argument", name, want: cause.detail.want }, { cause });
  }
}
