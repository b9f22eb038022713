/** The `pruntime` command. */
import { version } from "@pruntime/core/version";
import { Command, CommanderError } from "commander";
import { jsonText } from "./terminal/json-text.ts";
import { runAction } from "./terminal/output.ts";

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
      "\nAccounts: //Name for development keys, a BIP-39 phrase, or a seed in hex.",
  )
  .exitOverride();

/** A reader that needs no more output, such as `head`, closes the pipe. The command then exits. */
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit();
  });

/** Each command loads only its own modules: loading everything takes a second. */
const groups: readonly (readonly [
  names: readonly string[],
  load: () => Promise<(program: Command) => void>,
])[] = [
  [["up"], async () => (await import("./commands/serve/up.ts")).registerUp],
  [["chain"], async () => (await import("./commands/serve/chain.ts")).registerChain],
  [["worker"], async () => (await import("./commands/serve/worker.ts")).registerWorker],
  [["relay"], async () => (await import("./commands/serve/relay.ts")).registerRelay],
  [
    ["init", "info", "set-dataset", "set-query", "get-result", "dump", "load", "console"],
    async () => (await import("./commands/operate.ts")).registerOperate,
  ],
  [["push", "query"], async () => (await import("./commands/use.ts")).registerUse],
  [["demo"], async () => (await import("./commands/demo.ts")).registerDemo],
  [["anchor"], async () => (await import("./commands/anchor.ts")).registerAnchor],
  [["checkpoint"], async () => (await import("./commands/checkpoint.ts")).registerCheckpoint],
  [["verify"], async () => (await import("./commands/verify.ts")).registerVerify],
  [["decode"], async () => (await import("./commands/decode.ts")).registerDecode],
  [
    ["register", "set-policy", "workers"],
    async () => (await import("./commands/workers.ts")).registerWorkers,
  ],
  [["policy"], async () => (await import("./commands/policy.ts")).registerPolicy],
  [["doctor"], async () => (await import("./commands/doctor.ts")).registerDoctor],
  [["handover"], async () => (await import("./commands/handover.ts")).registerHandover],
];
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
    process.stdout.write(`${jsonText({ ok: false, code: "cli/bad-argument", message })}\n`);
  }
}
