/**
 * The parts of the stack as this process runs them: the embedded chain, a worker behind its gateway, and a
 * relay between the two.
 */
import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fromUtf8 } from "@pruntime/core/bytes";
import { version } from "@pruntime/core/version";
import { createNativeCrypto } from "@pruntime/crypto-native";
import { createDevchain, type Devchain, serveDevchain } from "@pruntime/devchain";
import { type GatewayOptions, startGateway } from "@pruntime/gateway";
import { newStats, type Progress, type RelayOptions, runRelay, serveMetrics } from "@pruntime/relay";
import { badFile } from "../error.ts";
import { consoleDir, enclaveBundle } from "../paths.ts";
import { registerAs } from "../registry/register.ts";
import { fileArgument } from "../terminal/arguments.ts";
import { freePort } from "./ports.ts";

/** A running part. */
export interface Service {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** How the embedded chain runs. */
export interface ChainOptions {
  readonly port: number;
  /** Where the chain is kept. Without it the chain is in memory only. */
  readonly dataDir?: string;
  /** Milliseconds between blocks; 0 makes one for each transaction. */
  readonly blockMs: number;
  /** Blocks between changes of the authority set; 0: no changes of their own. */
  readonly rotateEvery: number;
  readonly strict: boolean;
  /**
   * A file with the policy that the chain's registry of workers begins with. Default: accept simulated
   * evidence.
   */
  readonly registryPolicy?: string;
  /** Whether the registry refuses simulated evidence, whatever its policy says. Default: false. */
  readonly registryProduction?: boolean;
}

/**
 * Starts the embedded chain.
 * @throws CliError `cli/bad-file`; JsonError, PolicyError for a malformed policy
 */
export async function startChain(options: ChainOptions): Promise<Service & { readonly chain: Devchain }> {
  const { port, dataDir, blockMs, rotateEvery, strict, registryPolicy, registryProduction = false } = options;
  const chain = await createDevchain({
    crypto: await createNativeCrypto({ addons: true }),
    mode: blockMs === 0 ? { kind: "instant" } : { kind: "interval", ms: blockMs },
    rotateEvery,
    strict,
    registry: {
      mode: registryProduction ? "production" : "development",
      ...(registryPolicy === undefined ? {} : { policy: fromUtf8(fileArgument(registryPolicy)) }),
    },
    ...(dataDir === undefined ? {} : { dataDir: made(dataDir) }),
  });
  const served = await serveDevchain(chain, { port: await freePort(port) });
  return {
    chain,
    url: served.url,
    close: async () => {
      await served.close();
      chain.close();
    },
  };
}

/** How much the gateway logs on standard error. */
export type LogLevel = "error" | "warn" | "info" | "debug";

/** How a worker runs. */
export interface WorkerServiceOptions
  extends Pick<GatewayOptions, "hardware" | "launcher" | "evidence" | "trust"> {
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  readonly token?: string;
  readonly devTest: boolean;
  readonly logLevel: LogLevel;
}

/** Starts a gateway and its enclave process. */
export async function startWorker(options: WorkerServiceOptions): Promise<Service> {
  const { port, host, dataDir, token, devTest, logLevel, hardware, launcher, evidence, trust } = options;
  return startGateway({
    host,
    port: await freePort(port, host),
    dataDir: made(dataDir),
    bundle: enclaveBundle,
    consoleDir,
    devTest,
    version,
    log: { level: logLevel, stream: process.stderr },
    ...(hardware === undefined ? {} : { hardware }),
    ...(launcher === undefined ? {} : { launcher }),
    ...(evidence === undefined ? {} : { evidence }),
    ...(trust === undefined ? {} : { trust }),
    ...(token === undefined ? {} : { operator: { token } }),
  });
}

/** How a relay runs. */
export interface RelayServiceOptions
  extends Omit<
    RelayOptions,
    "nodeUrls" | "archiveUrls" | "worker" | "register" | "crypto" | "signal" | "stats" | "progress"
  > {
  readonly nodes: readonly [string, ...string[]];
  readonly archives?: readonly string[];
  readonly worker: string;
  readonly token?: string;
  readonly progress: Progress;
  /**
   * The account that registers the worker, as a secret URI; without it the relay does not register the
   * worker.
   */
  readonly register?: string;
  /** The port of `GET /metrics` on 127.0.0.1; without it there are no metrics. */
  readonly metricsPort?: number;
}

/**
 * The account that registers workers of local stacks. Nothing else uses it: two concurrent transactions of
 * one account would compete for the same nonce.
 */
export const stackOperator = "//Ferdie";

/** Starts a relay; `ended` rejects when trying again cannot help. */
export async function startRelay(options: RelayServiceOptions): Promise<RelayService> {
  const { nodes, archives = [], worker, token, metricsPort, register, ...rest } = options;
  const { nodeUrl: registryUrl } = rest.parachain ?? { nodeUrl: nodes[0] };
  const controller = new AbortController();
  const stats = newStats();
  const metrics = metricsPort === undefined ? undefined : await serveMetrics(stats, metricsPort);
  const ended = runRelay({
    ...rest,
    nodeUrls: nodes,
    archiveUrls: archives,
    worker: { url: worker, ...(token === undefined ? {} : { token }) },
    ...(register === undefined ? {} : { register: registerAs(register, registryUrl) }),
    crypto: await createNativeCrypto(),
    progress: metrics === undefined ? rest.progress : metrics.watching(rest.progress),
    stats,
    signal: controller.signal,
  });
  return {
    ended,
    ...(metrics === undefined ? {} : { metrics: metrics.url }),
    close: async () => {
      controller.abort();
      await ended.catch(() => undefined);
      await metrics?.close();
    },
  };
}

/** A running relay. */
export interface RelayService {
  /** Rejects when trying again cannot help. */
  readonly ended: Promise<void>;
  /** The address of its metrics. */
  readonly metrics?: string;
  readonly close: () => Promise<void>;
}

/** Settles at the first SIGINT or SIGTERM; a second one ends the process at once. */
export function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const)
      process.once(signal, () => {
        process.once(signal, () => process.exit(130));
        resolve();
      });
  });
}

/** The folders of a data directory. */
export function dataFolders(dataDir: string): { readonly chain: string; readonly worker: string } {
  return { chain: join(dataDir, "chain"), worker: join(dataDir, "worker") };
}

function made(folder: string): string {
  try {
    makeFolder(folder);
  } catch (cause) {
    throw badFile(folder, cause);
  }
  return folder;
}

/**
 * Makes missing folders one by one: where none can be made, as in /proc, `recursive` never returns in Node 22
 * and later.
 */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  mkdirSync(folder, { mode: 0o700 });
}
