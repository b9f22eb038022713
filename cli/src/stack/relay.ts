/** Starts a relay between a chain and a worker. */
import { createNativeCrypto } from "@pruntime/crypto-native";
import { newStats, type Progress, type RelayOptions, runRelay, serveMetrics } from "@pruntime/relay";
import { registerAs } from "../registry/register.ts";

/** The nodes, the worker and the accounts that a relay uses. */
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
   * The account that registers the worker, as a secret URI. Without it, the relay does not register the
   * worker.
   */
  readonly register?: string;
  /** The port of `GET /metrics` on 127.0.0.1. Without it, there are no metrics. */
  readonly metricsPort?: number;
}

/**
 * The account that registers workers of local stacks. It is used for nothing else, because two concurrent
 * transactions of one account would compete for the same nonce.
 */
export const stackOperator = "//Ferdie";

/** A running relay. */
export interface RelayService {
  /** Resolves when the relay is closed. Rejects if the relay fails in a way that a retry cannot mend. */
  readonly ended: Promise<void>;
  /** The address of the relay's metrics. */
  readonly metrics?: string;
  readonly close: () => Promise<void>;
}

/** Starts a relay, and its metrics if the options give a port for them. */
export async function startRelay(options: RelayServiceOptions): Promise<RelayService> {
  const { nodes, archives = [], worker, token, metricsPort, register, ...rest } = options;
  const { nodeUrl: registryUrl } = rest.parachain ?? { nodeUrl: nodes.find(isWebSocket) ?? nodes[0] };
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

/** The registry's client watches its transactions, which needs subscriptions. */
function isWebSocket(url: string): boolean {
  return /^wss?:/i.test(url);
}
