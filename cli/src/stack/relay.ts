/** Starts a relay between a chain and a worker. */
import { sentenceOf } from "@pruntime/client/errors";
import type { ProtocolError } from "@pruntime/core/errors";
import { createNativeCrypto } from "@pruntime/crypto-native";
import {
  describe,
  lineProgress,
  newStats,
  type Progress,
  type RelayOptions,
  runRelay,
  type SpoolOptions,
  Spools,
  serveMetrics,
  serveSpools,
} from "@pruntime/relay";
import { registerAs } from "../registry/register.ts";
import type { Log, LogLevel } from "../terminal/log.ts";

/** The options of a relay: its nodes, its worker, and the account that registers the worker. */
export interface RelayServiceOptions
  extends Omit<
    RelayOptions,
    | "nodeUrls"
    | "archiveUrls"
    | "worker"
    | "register"
    | "crypto"
    | "signal"
    | "stats"
    | "progress"
    | "describe"
    | "spools"
  > {
  readonly nodes: readonly [string, ...string[]];
  readonly archives?: readonly string[];
  /** The worker's address and token for operator calls, or a function that returns both before each call. */
  readonly worker: RelayOptions["worker"];
  readonly progress: Progress;
  /**
   * The account that registers the worker, as a secret URI. Without it, the relay does not register the
   * worker.
   */
  readonly register?: string;
  /** The folder for fetched blocks, the limit of its size, and other relays that serve fetched blocks. */
  readonly spool?: Omit<SpoolOptions, "note">;
  /** Where the spool is served to other relays. Without it, the spool is not served. */
  readonly serveSpool?: { readonly port: number; readonly host: string };
  /** Where `GET /metrics` and the health pages are served. Without it, they are not. */
  readonly serveMetrics?: { readonly port: number; readonly host: string };
}

/**
 * The account that registers workers of local stacks. It is used for nothing else, because two concurrent
 * transactions of one account would compete for the same nonce.
 */
export const stackOperator = "//Ferdie";

/** How long a relay waits after a line about executed blocks before it writes the next one. */
const blockLinesEveryMs = 10_000;

/**
 * Writes a relay's progress to the log. `blocks` is the level of the lines about executed blocks: the
 * worker's gateway writes such lines, too, if it runs in the same process. At the level debug, each batch of
 * blocks has a line.
 * @param now Unix milliseconds
 */
export function relayProgress(log: Log, blocks: LogLevel, now: () => number = Date.now): Progress {
  const part = "relay";
  let unreported: number | undefined;
  let quietUntil = 0;
  const executed = (from: number, to: number): void => {
    unreported ??= from;
    if (log.level !== "debug" && now() < quietUntil) return;
    log.say(log.level === "debug" ? "debug" : blocks, "blocks dispatched", { part, from: unreported, to });
    unreported = undefined;
    quietUntil = now() + blockLinesEveryMs;
  };
  const progress = lineProgress((line) => log.say("info", line, { part }));
  return {
    ...progress,
    synced: (from, to) => log.say("debug", "headers accepted", { part, from, to }),
    staged: (from, to) => log.say("debug", "headers sent ahead of their proof", { part, from, to }),
    dispatched: executed,
    trouble: (text) => log.say("warn", text, { part }),
  };
}

/** A running relay. */
export interface RelayService {
  /** Resolves when the relay is closed. Rejects if the relay fails with an error that no retry can fix. */
  readonly ended: Promise<void>;
  /** The address of the relay's metrics. */
  readonly metrics?: string;
  /** The address of the relay's spool, for other relays. */
  readonly spool?: string;
  readonly close: () => Promise<void>;
}

/** Starts a relay, and serves its metrics and its spool if the options ask for that. */
export async function startRelay(options: RelayServiceOptions): Promise<RelayService> {
  const { nodes, archives = [], worker, register, spool, serveSpool, serveMetrics: at, ...rest } = options;
  const { nodeUrl: registryUrl } = rest.parachain ?? { nodeUrl: nodes.find(isWebSocket) ?? nodes[0] };
  const controller = new AbortController();
  const stats = newStats();
  const metrics = at && (await serveMetrics(stats, at.port, at.host));
  const spools = spool && new Spools({ ...spool, note: rest.progress.note });
  const served = spools && serveSpool && (await serveSpools(spools, serveSpool.port, serveSpool.host));
  const ended = runRelay({
    ...rest,
    nodeUrls: nodes,
    archiveUrls: archives,
    worker,
    ...(register === undefined ? {} : { register: registerAs(register, registryUrl) }),
    crypto: await createNativeCrypto(),
    progress: metrics === undefined ? rest.progress : metrics.watching(rest.progress),
    describe: describeForOperator,
    stats,
    ...(spools === undefined ? {} : { spools }),
    signal: controller.signal,
  });
  return {
    ended,
    ...(metrics === undefined ? {} : { metrics: metrics.url }),
    ...(served === undefined ? {} : { spool: served.url }),
    close: async () => {
      controller.abort();
      await ended.catch(() => undefined);
      await metrics?.close();
      await served?.close();
      await spools?.close();
    },
  };
}

/** Describes an error in a note of the relay: by its code, its facts, and its documented sentence. */
export function describeForOperator(error: ProtocolError): string {
  const sentence = sentenceOf(error.code);
  return sentence === undefined ? describe(error) : `${describe(error)}: ${sentence.replace(/\.$/, "")}`;
}

/** Registering a worker needs a WebSocket, because the client subscribes to the progress of a transaction. */
function isWebSocket(url: string): boolean {
  return /^wss?:/i.test(url);
}
