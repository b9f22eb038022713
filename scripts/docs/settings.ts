/** Renders docs/settings.md from the options of the commands that run for long. */
import { commandNamed, defaultOf } from "../../cli/src/commands/config.ts";
import { configurable, settingsOf } from "../../cli/src/settings/settings.ts";

/** Renders the page. */
export async function renderSettings(): Promise<string> {
  const sections: string[] = [];
  for (const name of configurable) sections.push(`## pruntime ${name}\n`, await table(name));
  return [
    "# Settings",
    "",
    "`npm run docs` generates this page from the options of `up`, `chain`, `worker` and `relay`.",
    "`npm run check` fails if the page is out of date.",
    "",
    "A setting comes from an option, from an environment variable, or from the file that `--config` or",
    "`PRUNTIME_CONFIG` names, in this order. Otherwise, its default is used. The variable of an option",
    "without an argument is `true` or `false`. Commas separate the values of a repeatable option. The file",
    "is JSON, with a section for each command. Its keys are the options without dashes, and without `no-`:",
    "",
    "```json",
    '{"worker": {"port": 8000, "production": true}, "relay": {"node": ["wss://one.example"]}}',
    "```",
    "",
    "No option takes a secret, so the file never contains one. `--token-file`, `--ias-key-file` and",
    "`file:PATH` name files with secrets. The variables `PRUNTIME_TOKEN` and `PRUNTIME_IAS_KEY` may contain",
    "one. `pruntime config COMMAND` prints the settings with which a command would run, and where each comes",
    "from.",
    "",
    ...sections,
  ].join("\n");
}

async function table(name: string): Promise<string> {
  const rows = settingsOf(await commandNamed(name)).map((setting) => {
    const [first] = setting.options;
    const options = setting.options.map(({ flags }) => `\`${flags}\``).join(", ");
    const variables = setting.variables.map((variable) => `\`${variable}\``).join(", ");
    const value = defaultOf(setting);
    const cells = [options, variables, value === "" ? "" : `\`${value}\``, first?.description ?? ""];
    return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  });
  return `| option | variable | default | meaning |\n|---|---|---|---|\n${rows.join("\n")}\n`;
}
