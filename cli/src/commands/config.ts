/** `pruntime config`: the settings with which a command would run, and where each comes from. */
import { Command } from "commander";
import { CliError } from "../error.ts";
import { configurable, type Given, givenSettings, type Setting, settingsOf } from "../settings/settings.ts";
import { type OutputOptions, printResult, runAction } from "../terminal/output.ts";
import { withJson } from "../worker/connect.ts";
import { services } from "./serve/services.ts";

/** Adds `pruntime config`. */
export function registerConfig(program: Command): void {
  withJson(program.command("config <command> [options...]"))
    .description(
      "print the settings with which up, chain, worker or relay would run, and where each comes from",
    )
    .allowUnknownOption()
    .addHelpText(
      "after",
      "\nThe options are those of the command. docs/settings.md lists all settings." +
        "\n\nExamples:\n  $ pruntime config worker" +
        "\n  $ pruntime config relay --config pruntime.json --max-lag 4",
    )
    .action((name: string, args: readonly string[], options: OutputOptions) =>
      runAction(options, () => config(options, name, args)),
    );
}

/** A setting as it is shown. */
interface Shown {
  readonly setting: string;
  readonly value: string;
  readonly from: string;
}

async function config(options: OutputOptions, name: string, args: readonly string[]): Promise<void> {
  const command = await commandNamed(name);
  const texts = new Map<string, string[]>();
  for (const option of command.options)
    command.on(`option:${option.name()}`, (text: string | null) => {
      const key = option.name().replace(/^no-/, "");
      texts.set(key, [...(texts.get(key) ?? []), text ?? String(!option.negate)]);
    });
  command.action(() => undefined).exitOverride();
  await command.parseAsync([...args], { from: "user" });
  const given = givenSettings(command);
  const shown = settingsOf(command).map((setting) => shownAs(setting, given.get(setting.key), texts));
  printResult(
    options,
    { command: name, settings: shown },
    shown.map(({ setting, value, from }) => `${setting.padEnd(22)} ${value.padEnd(28)} ${from}`),
  );
}

/** The value of an option is shown as it was given, because the value that was read may be a secret. */
function shownAs(setting: Setting, given: Given | undefined, texts: ReadonlyMap<string, string[]>): Shown {
  const { key } = setting;
  if (given === undefined) return { setting: key, value: defaultOf(setting), from: "default" };
  const value = given.from === "option" ? (texts.get(key) ?? []).join(",") : given.text;
  return { setting: key, value, from: given.from };
}

/** The default of a setting, as text; empty if there is none. */
export function defaultOf({ options }: Setting): string {
  const [option] = options;
  const value = option?.defaultValueDescription ?? option?.defaultValue;
  if (Array.isArray(value)) return value.join(",");
  return value === undefined ? "" : String(value);
}

/** One of the commands that have settings. @throws CliError `cli/bad-argument` */
export async function commandNamed(name: string): Promise<Command> {
  const program = new Command();
  (await services[name]?.())?.(program);
  const [command] = program.commands;
  if (command === undefined)
    throw new CliError({ code: "cli/bad-argument", name: "command", want: configurable.join(", ") });
  return command;
}
