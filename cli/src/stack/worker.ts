/** A worker: a gateway and its enclave process. */
import { version } from "@pruntime/core/version";
import { type GatewayOptions, startGateway } from "@pruntime/gateway";
import type { WorkerOptions } from "@pruntime/relay";
import { consoleDir, enclaveBundle } from "../paths.ts";
import type { Log } from "../terminal/log.ts";
import { madeFolder } from "./folders.ts";
import { freePort } from "./ports.ts";
import type { Service } from "./service.ts";

/** The settings of a gateway and its enclave process. */
export interface WorkerServiceOptions
  extends Pick<
    GatewayOptions,
    | "hardware"
    | "launcher"
    | "evidence"
    | "trust"
    | "operator"
    | "proxies"
    | "nodeUrl"
    | "allowedHosts"
    | "savesState"
  > {
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  readonly devTest: boolean;
  readonly log: Log;
}

/** A running worker. */
export interface WorkerService extends Service {
  /** The address and the token for operator calls. */
  readonly operator: Required<WorkerOptions>;
}

/** Starts a gateway and its enclave process. */
export async function startWorker(options: WorkerServiceOptions): Promise<WorkerService> {
  const { port, host, dataDir, devTest, log, hardware, launcher, evidence, trust, operator, proxies } =
    options;
  const { nodeUrl, allowedHosts, savesState = false } = options;
  return startGateway({
    host,
    port: await freePort(port, host),
    dataDir: madeFolder(dataDir),
    bundle: enclaveBundle,
    consoleDir,
    devTest,
    savesState,
    version,
    log: { level: log.level, stream: log },
    ...(hardware === undefined ? {} : { hardware }),
    ...(launcher === undefined ? {} : { launcher }),
    ...(evidence === undefined ? {} : { evidence }),
    ...(trust === undefined ? {} : { trust }),
    ...(operator === undefined ? {} : { operator }),
    ...(proxies === undefined ? {} : { proxies }),
    ...(nodeUrl === undefined ? {} : { nodeUrl }),
    ...(allowedHosts === undefined ? {} : { allowedHosts }),
  });
}
