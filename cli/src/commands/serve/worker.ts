/** `pruntime worker`: a gateway and its enclave process. */
import type { Command } from "commander";
import { dataFolders } from "../../stack/folders.ts";
import {
  type HardwareFlags,
  hardwareOf,
  isSimulated,
  protectionOf,
  withHardware,
} from "../../stack/hardware.ts";
import { untilInterrupted } from "../../stack/service.ts";
import { startWorker } from "../../stack/worker.ts";
import { openLog } from "../../terminal/log.ts";
import { printResult, runAction } from "../../terminal/output.ts";
import { writeUrl } from "../../worker/addresses.ts";
import { developmentPolicy, writeTrust } from "../../worker/local-trust.ts";
import { writeOperator } from "../../worker/operator-address.ts";
import { operatorSettings, pageSettings, proxySettings, type WorkerFlags, withService } from "./options.ts";

/** Adds `pruntime worker`. */
export function registerWorker(program: Command): void {
  withHardware(withService(program.command("worker")))
    .description("run a worker alone: the gateway and its enclave process")
    .option("--page-node <url>", "the WebSocket URL of the chain's node that the web page uses")
    .addHelpText(
      "after",
      `
Examples:
  $ pruntime worker
  $ pruntime worker --host 0.0.0.0 --operator /run/pruntime/operator.sock
  $ pruntime worker --trust-proxy 127.0.0.1
  $ pruntime worker --production --attest configfs-tsm
  $ pruntime worker --launch "gramine-sgx enclave"`,
    )
    .action((options: WorkerCommandFlags) => runAction(options, () => worker(options)));
}

type WorkerCommandFlags = WorkerFlags & HardwareFlags & { readonly pageNode?: string };

async function worker(options: WorkerCommandFlags): Promise<void> {
  const { worker: dataDir } = dataFolders(options.dataDir);
  if (isSimulated(options)) writeTrust(options.dataDir, "policy", developmentPolicy());
  const service = await startWorker({
    ...options,
    ...hardwareOf(options),
    ...operatorSettings(options),
    ...proxySettings(options),
    ...pageSettings(options),
    ...(options.pageNode === undefined ? {} : { nodeUrl: options.pageNode }),
    dataDir,
    devTest: options.dev,
    savesState: options.savedState,
    log: openLog(options),
  });
  writeOperator(options.dataDir, service.operator);
  writeUrl(options.dataDir, "worker", service.url);
  const { url, operator, close } = service;
  const addresses = [
    { what: "worker", url },
    { what: "operator", url: operator.url },
  ];
  await untilInterrupted({ dataDir: options.dataDir, command: "worker", addresses, close }, () =>
    printResult(
      options,
      { worker: url, operator: operator.url },
      `worker ${url}, operator calls ${operator.url} (${protectionOf(options)})`,
    ),
  );
}
