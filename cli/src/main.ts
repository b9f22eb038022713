/** The `pruntime` command. */
import { version } from "@pruntime/core/version";
import { Command, CommanderError } from "commander";
import { groups } from "./commands/groups.ts";
import { jsonText } from "./terminal/json-text.ts";
import { runAction } from "./terminal/output.ts";
import { endByBug, printLines, printText, standardError } from "./terminal/print.ts";

const program = new Command("pruntime")
  .description(
    "A confidential-contract runtime: a GRANDPA light client in an enclave, sealed commands, " +
      "signed and dated replies.",
  )
  .version(version)
  .showHelpAfterError("(add --help for help)")
  .addHelpText(
    "after",
    "\nExit codes: 0 success, 1 refused or failed, 2 misuse." +
      "\nAccounts: //Name of a development account, or where a BIP-39 phrase or a seed in hex is:" +
      "\nfile:PATH, env:NAME, or - for standard input.",
  )
  .configureOutput({ writeOut: printText, writeErr: standardError.write })
  .exitOverride();

/** A reader that needs no more output, such as `head`, closes the pipe. The command then exits. */
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit();
  });

process.on("uncaughtException", endByBug);

const wanted = process.argv[2] ?? "";
const own = groups.filter(([names]) => names.includes(wanted));
if (wanted !== "--version") for (const [, load] of own.length > 0 ? own : groups) (await load())(program);
for (const command of program.commands) command.exitOverride();

try {
  await runAction({ json: process.argv.includes("--json") }, async () => {
    await program.parseAsync();
  });
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : 2;
  if (error.exitCode !== 0 && process.argv.includes("--json")) {
    const message = error.message.replace(/^error: /, "");
    printLines(jsonText({ ok: false, code: "cli/bad-argument", message }));
  }
}
