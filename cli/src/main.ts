/** The `pruntime` command. */
import { Command, CommanderError } from "commander";
import { registerAnchor } from "./commands/anchor.ts";
import { registerCheckpoint } from "./commands/checkpoint.ts";
import { registerDecode } from "./commands/decode.ts";
import { registerDemo } from "./commands/demo.ts";
import { registerDoctor } from "./commands/doctor.ts";
import { registerHandover } from "./commands/handover.ts";
import { registerOperate } from "./commands/operate.ts";
import { registerPolicy } from "./commands/policy.ts";
import { registerServe } from "./commands/serve.ts";
import { registerUse } from "./commands/use.ts";
import { registerVerify } from "./commands/verify.ts";
import { registerWorkers } from "./commands/workers.ts";
import { jsonText, runAction } from "./output.ts";
import { version } from "./version.ts";

const program = new Command("pruntime")
  .description(
    "A confidential-contract runtime: a GRANDPA light client in an enclave, sealed commands, signed and dated replies.",
  )
  .version(version)
  .showHelpAfterError("(add --help for help)")
  .addHelpText(
    "after",
    "\nExit codes: 0 done, 1 refused or failed, 2 misused.\nAccounts: //Name for development keys, a BIP-39 phrase, or a seed in hex.",
  )
  .exitOverride();

registerServe(program);
registerOperate(program);
registerUse(program);
registerDemo(program);
registerAnchor(program);
registerCheckpoint(program);
registerVerify(program);
registerDecode(program);
registerWorkers(program);
registerPolicy(program);
registerDoctor(program);
registerHandover(program);
for (const command of program.commands) command.exitOverride();

try {
  await runAction({ json: process.argv.includes("--json") }, async () => {
    await program.parseAsync();
  });
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : 2;
  if (error.exitCode !== 0 && process.argv.includes("--json"))
    process.stdout.write(
      `${jsonText({ ok: false, code: "cli/bad-argument", message: error.message.replace(/^error: /, "") })}\n`,
    );
}
