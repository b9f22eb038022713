/** `pruntime up`: the whole local stack in one process. */
import { resolve } from "node:path";
import { usualSpoolBytes } from "@pruntime/relay";
import type { Command } from "commander";
import { startChain } from "../../stack/chain.ts";
import { dataFolders, defaultDataFolder } from "../../stack/folders.ts";
import { type RelayServiceOptions, relayProgress, stackOperator, startRelay } from "../../stack/relay.ts";
import { untilInterrupted } from "../../stack/service.ts";
import { startWorker, type WorkerService } from "../../stack/worker.ts";
import { type TermFlags, termsOf, withTerms } from "../../start/terms.ts";
import { openLog } from "../../terminal/log.ts";
import { note, printResult, runAction } from "../../terminal/output.ts";
import { writeUrl } from "../../worker/addresses.ts";
import { writeLocalTrust } from "../../worker/local-trust.ts";
import { writeOperator } from "../../worker/operator-address.ts";
import {
  type ChainFlags,
  operatorSettings,
  pageSettings,
  port,
  proxySettings,
  type WorkerFlags,
  withChain,
  withService,
} from "./options.ts";

interface UpFlags extends WorkerFlags, TermFlags, Omit<ChainFlags, "port" | "host"> {
  readonly chainPort: number;
  readonly chainHost: string;
}

/** Adds `pruntime up`. */
export function registerUp(program: Command): void {
  withTerms(withChain(withService(program.command("up"))))
    .description("start the whole local stack: embedded chain, worker, relay, REST and page")
    .option(
      "--chain-port <port>",
      "the chain's port; if the port is in use, the next free one is used",
      port("--chain-port"),
      9944,
    )
    .option("--chain-host <address>", "the address on which the chain is served", "127.0.0.1")
    .addHelpText(
      "after",
      "\nExamples:\n  $ pruntime up\n  $ pruntime up --port 8080 --block-ms 1000 --data-dir /tmp/try" +
        "\n  $ pruntime up --plain --data-dir plain",
    )
    .action((options: UpFlags) => runAction(options, () => up(options)));
}

async function up(options: UpFlags): Promise<void> {
  const folders = dataFolders(options.dataDir);
  const log = openLog(options);
  const closing: (() => Promise<void>)[] = [];
  const closeAll = async (): Promise<void> => {
    for (const close of closing.splice(0).reverse()) await close();
  };
  try {
    note("starting the chain…");
    const node = await startChain({
      ...options,
      port: options.chainPort,
      host: options.chainHost,
      dataDir: folders.chain,
    });
    closing.push(node.close);
    note("starting the worker…");
    const trust = writeLocalTrust(options.dataDir, node.chain, options);
    writeUrl(options.dataDir, "node", node.url);
    const rest = await startWorker({
      ...options,
      ...operatorSettings(options),
      ...proxySettings(options),
      ...pageSettings(options),
      nodeUrl: node.url,
      dataDir: folders.worker,
      devTest: options.dev,
      savesState: options.savedState,
      log,
      trust,
    });
    closing.push(rest.close);
    writeOperator(options.dataDir, rest.operator);
    writeUrl(options.dataDir, "worker", rest.url);
    const feed = await startRelay({
      nodes: [node.url],
      worker: rest.operator,
      init: true,
      terms: termsOf(options),
      register: stackOperator,
      ...spoolOf(options, folders.spool),
      headersPerBatch: 500,
      blocksPerBatch: 100,
      progress: relayProgress(log, "debug"),
    });
    closing.push(feed.close);
    const addresses = addressesOf(node.url, rest, options.dataDir);
    const services = {
      dataDir: options.dataDir,
      command: "up",
      addresses: (["chain", "worker", "operator"] as const).map((what) => ({ what, url: addresses[what] })),
      ended: feed.ended,
      close: closeAll,
    };
    await untilInterrupted(services, () =>
      printResult(options, addresses, welcome(addresses, options).split("\n")),
    );
  } finally {
    await closeAll();
  }
}

/** The relay needs a spool only if the chain discards states. */
function spoolOf({ strict, statePruning }: UpFlags, folder: string): Pick<RelayServiceOptions, "spool"> {
  return strict || statePruning !== undefined ? { spool: { folder, maxBytes: usualSpoolBytes } } : {};
}

interface Addresses {
  readonly chain: string;
  readonly worker: string;
  readonly operator: string;
  readonly page: string;
  readonly docs: string;
  readonly data: string;
}

function addressesOf(chain: string, { url: worker, operator }: WorkerService, dataDir: string): Addresses {
  const [page, docs] = [`${worker}/`, `${worker}/docs`];
  return { chain, worker, operator: operator.url, page, docs, data: resolve(dataDir) };
}

function welcome(
  { chain, worker, operator, page, docs, data }: Addresses,
  { plain, channelV1 = true, dataDir }: UpFlags,
): string {
  const registered = plain ? "" : ", and is registered as such";
  const channel = channelV1
    ? "commands of 2020 (v1) are run, although a copy of one shows what it says; --no-channel-v1 refuses them"
    : "commands of 2020 (v1) are refused";
  const folder = dataDir === defaultDataFolder() ? "" : ` --data-dir ${dataDir}`;
  const workers = plain ? "" : `  npx --no-install pruntime workers${folder}\n`;
  return `
  chain     ${chain}
  worker    ${worker}        (simulated: it protects nothing from this machine${registered})
  operator  ${operator}        (operator calls; the token is in the data directory)
  page      ${page}
  docs      ${docs}
  data      ${data}
  channel   ${channel}

Try, in another terminal:

  curl -d '{"input":{},"nonce":{"id":1}}' -H 'content-type: application/json' ${worker}/get_info
  npx --no-install pruntime query balances TotalIssuance${folder}
  npx --no-install pruntime status --watch${folder}
  npx --no-install pruntime page${folder}        (the page from your own machine, for a verdict of your own)
${workers}  npx --no-install pruntime demo${plain ? " --plain" : ""}

Ctrl-C ends it.
`;
}
