/** `pruntime chain`: the embedded chain alone. */
import type { Command } from "commander";
import { startChain } from "../../stack/chain.ts";
import { dataFolders } from "../../stack/folders.ts";
import { untilInterrupted } from "../../stack/service.ts";
import { printResult, runAction } from "../../terminal/output.ts";
import { writeUrl } from "../../worker/addresses.ts";
import { anchorOfChain, writeTrust } from "../../worker/local-trust.ts";
import { type ChainFlags, port, withChain, withData } from "./options.ts";

/** Adds `pruntime chain`. */
export function registerChain(program: Command): void {
  withChain(withData(program.command("chain")))
    .description("run the embedded chain alone")
    .option(
      "--port <port>",
      "the port to listen on; if the port is in use, the next free one is used",
      port("--port"),
      9944,
    )
    .option("--host <address>", "the address on which the chain is served", "127.0.0.1")
    .addHelpText("after", "\nExamples:\n  $ pruntime chain\n  $ pruntime chain --strict --rotate-every 50")
    .action((options: ChainFlags) => runAction(options, () => chain(options)));
}

async function chain(options: ChainFlags): Promise<void> {
  const service = await startChain({ ...options, dataDir: dataFolders(options.dataDir).chain });
  writeTrust(options.dataDir, "anchor", anchorOfChain(service.chain));
  writeUrl(options.dataDir, "node", service.url);
  const { url, close } = service;
  const addresses = [{ what: "chain", url }];
  await untilInterrupted({ dataDir: options.dataDir, command: "chain", addresses, close }, () =>
    printResult(options, { chain: url }, `chain ${url}`),
  );
}
