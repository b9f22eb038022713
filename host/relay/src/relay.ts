/**
 * pHost: follows a chain through one of several nodes and feeds a worker. The relay stores no state, so
 * either side may disconnect and return: each session starts from the worker's current block. Unless the
 * operator lets the worker take metadata on trust, the worker verifies everything that the relay sends. A
 * faulty relay can then only delay the worker.
 */
import { ProtocolError } from "@pruntime/core/errors";
import { blamesContent, describe, isWorkersTrouble, RelayError } from "./error.ts";
import { withArchives } from "./node/archives.ts";
import type { NodeConnection } from "./node/connection.ts";
import { Endpoint } from "./node/endpoint.ts";
import { Endpoints } from "./node/endpoints.ts";
import { SubstrateNode } from "./node/node.ts";
import { endpointOptionsOf, type RelayOptions, syncOptionsOf } from "./options.ts";
import { Registrar } from "./registry/registrar.ts";
import type { SyncOptions } from "./session/context.ts";
import { pause } from "./session/pause.ts";
import { runSession } from "./session/session.ts";
import { keepAhead } from "./spool/keeper.ts";
import type { Spool } from "./spool/spool.ts";
import type { Spools } from "./spool/spools.ts";
import { assertAgreement, LagWatch } from "./watch/lag-watch.ts";
import { type Progress, silentProgress } from "./watch/progress.ts";
import { newStats, type RelayStats } from "./watch/stats.ts";
import { RemoteWorker } from "./worker.ts";

/**
 * Relays until the signal aborts, and reconnects whenever either side disconnects.
 * @throws RelayError `relay/wrong-chain` if no node follows the worker's chain, and
 * `relay/runtime-unreadable` if a fresh worker cannot read the runtime, because a retry cannot help
 */
export async function runRelay(options: RelayOptions): Promise<void> {
  await new Relay(options).run();
}

/**
 * How far a node may be behind another node.
 * @limit blocks
 * @source chosen; `maxLag` sets another
 * @past `relay/node-lagging`, and the relay takes another node
 */
const usualLag = 16;

class Relay {
  readonly #options: RelayOptions;
  readonly #endpoints: Endpoints;
  readonly #parachain: { readonly id: number; readonly endpoint: Endpoint } | undefined;
  readonly #worker: RemoteWorker;
  readonly #progress: Progress;
  readonly #describe: (error: ProtocolError) => string;
  readonly #stats: RelayStats;
  readonly #sync: SyncOptions;
  readonly #registrar: Registrar | undefined;
  readonly #pauses: { readonly firstPauseMs: number; readonly maxPauseMs: number };
  #workerPauseMs: number;
  readonly #spools: Spools | undefined;
  /** The spool of the current session. */
  #spool: Spool | undefined;
  /** Whether two nodes disagreed about a finalized block when they were last compared. */
  #disputed = false;

  constructor(options: RelayOptions) {
    const { nodeUrls, archiveUrls = [], parachain, register, crypto, signal } = options;
    this.#options = options;
    this.#stats = options.stats ?? newStats();
    this.#progress = options.progress ?? silentProgress;
    this.#describe = options.describe ?? describe;
    this.#worker = new RemoteWorker(options.worker, signal);
    this.#spools = options.spools;
    this.#registrar = register && new Registrar(register, crypto, this.#progress.note, this.#stats, signal);
    this.#sync = syncOptionsOf(options);
    const settings = endpointOptionsOf(options);
    this.#pauses = settings;
    this.#workerPauseMs = settings.firstPauseMs;
    const endpoint = (url: string, archive: boolean): Endpoint =>
      new Endpoint(url, archive, settings, this.#stats);
    this.#endpoints = new Endpoints([
      ...nodeUrls.map((url) => endpoint(url, archiveUrls.includes(url))),
      ...archiveUrls.filter((url) => !nodeUrls.includes(url)).map((url) => endpoint(url, true)),
    ]);
    this.#parachain = parachain && { id: parachain.id, endpoint: endpoint(parachain.nodeUrl, false) };
  }

  async run(): Promise<void> {
    const ended = new AbortController();
    const keeping = this.#keepAhead(AbortSignal.any([this.#options.signal, ended.signal]));
    try {
      await this.#feed();
    } finally {
      ended.abort();
      await keeping;
    }
  }

  /** Fills the spool of the chain whose blocks the worker dispatches, if there is a spool. */
  async #keepAhead(signal: AbortSignal): Promise<void> {
    const { crypto } = this.#options;
    const { note } = this.#progress;
    const next = (): Endpoint | undefined => this.#parachain?.endpoint ?? this.#endpoints.next();
    if (this.#spools !== undefined) await keepAhead({ next, spools: this.#spools, crypto, note, signal });
  }

  async #feed(): Promise<void> {
    const { signal } = this.#options;
    for (
      let endpoint = this.#endpoints.next();
      endpoint !== undefined && !signal.aborted;
      endpoint = this.#endpoints.next()
    ) {
      await pause(endpoint.restMs, signal);
      if (signal.aborted) break;
      const sources = new Set([endpoint]);
      try {
        await this.#session(endpoint, sources);
      } catch (error) {
        if (signal.aborted) break;
        if (!(error instanceof ProtocolError)) throw error;
        await this.#recover(error, endpoint, sources);
      }
    }
    this.#progress.end();
  }

  /**
   * Runs until the session fails or the signal aborts.
   * @param sources collects the endpoints whose answers reach the worker
   */
  async #session(endpoint: Endpoint, sources: Set<Endpoint>): Promise<void> {
    const { crypto } = this.#options;
    const connection = await this.#connect(endpoint, sources);
    const plain = new SubstrateNode(connection, crypto);
    const watch = this.#watch(plain, endpoint);
    let paraConnection: NodeConnection | undefined;
    try {
      const node = this.#parachain === undefined ? await this.#spooled(connection) : plain;
      if (this.#disputed) await assertAgreement(node, await this.#endpoints.othersOf(node, endpoint, true));
      this.#disputed = false;
      paraConnection = await this.#parachain?.endpoint.connect();
      const para = this.#parachain &&
        paraConnection && { id: this.#parachain.id, node: await this.#spooled(paraConnection) };
      await runSession({
        node,
        para,
        capabilities: endpoint.capabilities,
        worker: this.#worker,
        crypto,
        options: this.#sync,
        progress: this.#counting(endpoint, sources),
        stats: this.#stats,
        registrar: this.#registrar,
        signal: this.#options.signal,
      });
    } catch (error) {
      throw watch.trouble ?? error;
    } finally {
      watch.stop();
      connection.close();
      paraConnection?.close();
    }
  }

  /** A node behind the spool of its chain, if there is a spool. */
  async #spooled(connection: NodeConnection): Promise<SubstrateNode> {
    const { crypto } = this.#options;
    if (this.#spools === undefined) return new SubstrateNode(connection, crypto);
    const node = await this.#spools.nodeOf(connection, crypto);
    this.#spool = node.spool;
    return node;
  }

  async #connect(endpoint: Endpoint, sources: Set<Endpoint>): Promise<NodeConnection> {
    const archives = this.#endpoints.archives.filter((archive) => archive !== endpoint);
    return withArchives(await endpoint.connect(), archives, (archive) => {
      this.#stats.archiveAnswers++;
      sources.add(archive);
    });
  }

  #watch(node: SubstrateNode, endpoint: Endpoint): LagWatch {
    const { maxLag = usualLag, compareEveryMs = 30_000 } = this.#options;
    const everyMs = this.#endpoints.size > 1 ? compareEveryMs : 0;
    return new LagWatch(node, () => this.#endpoints.othersOf(node, endpoint), { maxLag, everyMs });
  }

  /**
   * Resets the pauses of the worker and of all sources whenever the worker advances, because an advance shows
   * that the worker and the sources are working.
   */
  #counting(endpoint: Endpoint, sources: Set<Endpoint>): Progress {
    const worked = (): void => {
      this.#workerPauseMs = this.#pauses.firstPauseMs;
      this.#spool?.worked();
      for (const source of sources) source.worked();
      sources.clear();
      sources.add(endpoint);
    };
    const progress = this.#progress;
    return {
      ...progress,
      at: (position) => {
        this.#stats.trouble = undefined;
        void this.#spool?.took(position.dispatched);
        progress.at(position);
      },
      synced: (from, to) => {
        worked();
        progress.synced(from, to);
      },
      staged: (from, to) => {
        worked();
        progress.staged(from, to);
      },
      dispatched: (from, to) => {
        worked();
        progress.dispatched(from, to);
      },
    };
  }

  async #recover(error: ProtocolError, endpoint: Endpoint, sources: Set<Endpoint>): Promise<void> {
    if (error.code === "relay/runtime-unreadable") throw error;
    if (isWorkersTrouble(error)) return this.#waitForWorker(error);
    if (blamesContent(error)) this.#spool?.distrust();
    if (error.code === "relay/wrong-chain") {
      this.#endpoints.drop(endpoint);
      if (this.#endpoints.size === 0) throw error;
    }
    this.#stats.nodeFailures++;
    this.#stats.trouble = "node";
    if (error instanceof RelayError && error.detail.code === "relay/nodes-disagree") {
      this.#disputed = true;
      sources.add(this.#endpoints.of(error.detail.other) ?? endpoint);
    }
    const pauseMs = endpoint.failed(askedMs(error));
    for (const source of sources) if (source !== endpoint) source.failed();
    const next = this.#endpoints.next();
    const now =
      next === undefined || next === endpoint
        ? `trying again in ${pauseMs / 1000} s`
        : `continuing with ${next.url}`;
    this.#progress.trouble(
      `${this.#endpoints.size > 1 ? `${endpoint.url}: ` : ""}${this.#describe(error)}; ${now}`,
    );
  }

  async #waitForWorker(error: ProtocolError): Promise<void> {
    const { signal } = this.#options;
    this.#stats.workerFailures++;
    this.#stats.trouble = "worker";
    this.#progress.trouble(`${this.#describe(error)}; trying again in ${this.#workerPauseMs / 1000} s`);
    await pause(this.#workerPauseMs, signal);
    this.#workerPauseMs = Math.min(this.#pauses.maxPauseMs, 2 * this.#workerPauseMs);
  }
}

/** The wait that a node asks for, in milliseconds. */
function askedMs({ detail }: ProtocolError): number {
  return "afterMs" in detail && typeof detail.afterMs === "number" ? detail.afterMs : 0;
}
