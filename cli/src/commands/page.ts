/** `pruntime page`: the web page for a worker, served from the user's own machine. */
import { parseJson } from "@pruntime/core/json";
import { startPageServer } from "@pruntime/gateway";
import type { Command } from "commander";
import { consoleDir } from "../paths.ts";
import { untilInterrupted } from "../stack/service.ts";
import { wholeNumber } from "../terminal/arguments.ts";
import { type OutputOptions, printResult, runAction } from "../terminal/output.ts";
import { nodeOf, oneWorkerOf, repeatable, withNode } from "../worker/addresses.ts";
import { demandsOf, withJson } from "../worker/connect.ts";

interface PageFlags extends OutputOptions {
  readonly dataDir: string;
  readonly worker?: readonly string[];
  readonly node?: string;
  readonly policy?: string;
  readonly anchor?: string;
  readonly port: number;
}

/** Adds `pruntime page`. */
export function registerPage(program: Command): void {
  withNode(withJson(program.command("page")))
    .description("serve a worker's web page from this machine, with your own policy and anchor")
    .option("--worker <url>", "the worker's REST address; default: as for `pruntime query`", repeatable)
    .option("--policy <file>", "the policy that the worker must satisfy; default: as for `pruntime query`")
    .option(
      "--anchor <hex>",
      "the anchor at which the worker must have begun; default: as for `pruntime query`",
    )
    .option(
      "--port <port>",
      "the port on 127.0.0.1; if the port is in use, the next free one is used",
      wholeNumber("--port", 0, 65_535),
      8080,
    )
    .addHelpText(
      "after",
      `
A page that the worker's own host serves is worth no more than that host. This command serves the same page
from this machine, and passes on its calls to the worker and to the chain's node.

Examples:
  $ pruntime page
  $ pruntime page --worker https://worker.example --node wss://node.example --policy policy.json --anchor 0x…`,
    )
    .action((options: PageFlags) => runAction(options, () => page(options)));
}

async function page(options: PageFlags): Promise<void> {
  const { policy, anchor } = demandsOf(options);
  const [workerUrl, nodeUrl] = [oneWorkerOf(options).replace(/\/+$/, ""), nodeOf(options)];
  const trust = JSON.stringify({ anchor, policy: parseJson(policy), served_by: "own-machine" });
  const { url, close } = await startPageServer({ workerUrl, nodeUrl, consoleDir, trust, port: options.port });
  const addresses = [{ what: "page", url }];
  await untilInterrupted({ dataDir: options.dataDir, command: "page", addresses, close }, () =>
    printResult(
      options,
      { page: `${url}/`, worker: workerUrl, node: nodeUrl },
      `page ${url}/ → ${workerUrl}`,
    ),
  );
}
