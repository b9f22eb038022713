/** `pruntime account`: shows an account in each of the forms that commands and contracts use. */
import { accountIdOf, addressOf } from "@pruntime/client/chain";
import { toHex } from "@pruntime/core/bytes";
import type { Command } from "commander";
import { type OutputOptions, printResult, runAction } from "../terminal/output.ts";
import { withJson } from "../worker/connect.ts";

/** Adds `pruntime account`. */
export function registerAccount(program: Command): void {
  withJson(program.command("account <account>"))
    .description("show an account's SS58 address and its id in hex: of //Name, an address, or hex")
    .addHelpText(
      "after",
      "\nExamples:\n  $ pruntime account //Bob" +
        "\n  $ pruntime account 5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty",
    )
    .action((account: string, options: OutputOptions) =>
      runAction(options, async () => show(account, options)),
    );
}

function show(account: string, options: OutputOptions): void {
  const id = accountIdOf(account);
  const shown = { address: addressOf(id), id: toHex(id) };
  printResult(options, shown, [`address ${shown.address}`, `id      ${shown.id}`]);
}
