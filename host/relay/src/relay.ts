/**
 * pHost: follows a chain through one of several nodes and feeds a worker. It has no state of its own, so that
 * either side may vanish and come back: each session starts from where the worker stands. The worker never
 * believes the relay; the worst that the relay can do is nothing.
 */
import type { Crypto } from "@pruntime/core/crypto";
import { ProtocolError } from "@pruntime/core/errors";
import { describe, isWorkersTrouble } from "./error.ts";
import { withArchives } from "./node/archives.ts";
import { Endpoint } from "./node/endpoint.ts";
import { Endpoints } from "./node/endpoints.ts";
import { SubstrateNode } from "./node/node.ts";
import type { NodeConnection } from "./node/rpc.ts";
import { type RegisterOptions, Registrar } from "./registry/registrar.ts";
import { BatchSize } from "./session/batch-size.ts";
import type { SyncOptions } from "./session/context.ts";
import { pause } from "./session/pause.ts";
import { runSession } from "./session/session.ts";
import { LagWatch } from "./watch/lag-watch.ts";
import { type Progress, silentProgress } from "./watch/progress.ts";
import { newStats, type RelayStats } from "./watch/stats.ts";
import { RemoteWorker, type WorkerOptions } from "./worker.ts";

/** What to relay, and between which nodes and worker. */
export interface RelayOptions {
  /** Nodes of the chain, the preferred first. One at a time is followed. */
  readonly nodeUrls: readonly [string, ...string[]];
  /**
   * Nodes that keep all state. They answer when the followed node has discarded it, and are followed when no
   * other node is left.
   */
  readonly archiveUrls?: readonly string[];
  /** A parachain of that chain, and a node of it; for workers that follow one. */
  readonly parachain?: { readonly id: number; readonly nodeUrl: string };
  readonly worker: WorkerOptions;
  readonly crypto: Crypto;
  readonly progress?: Progress;
  /** Counts what the relay does. */
  readonly stats?: RelayStats;
  /** Registers the worker with the chain's registry, and keeps it registered. */
  readonly register?: RegisterOptions;
  /** Ends the relay. */
  readonly signal: AbortSignal;
  /** Whether a fresh worker is initialized. Default: true. */
  readonly init?: boolean;
  /** Headers in one `sync_header`, unless one proof spans more. Default: 500. */
  readonly headersPerBatch?: number;
  /** Blocks in one `dispatch_block`. Default: 100. */
  readonly blocksPerBatch?: number;
  /** Pause after a first failure, in milliseconds; it doubles with each in a row. Default: 500. */
  readonly firstPauseMs?: number;
  /** Longest pause between attempts, in milliseconds. Default: 30 000. */
  readonly maxPauseMs?: number;
  /** How long a node may take for an answer, in milliseconds. Default: 30 000. */
  readonly requestTimeoutMs?: number;
  /** Largest message taken from a node, in bytes. Default: 64 MiB. */
  readonly maxMessageBytes?: number;
  /** Requests to one node at once, at most; fewer while the node refuses because of too many. Default: 16. */
  readonly parallelRequests?: number;
  /**
   * How long to wait for a proof of blocks that a node calls final, in milliseconds, before the next node is
   * tried. Default: 60 000.
   */
  readonly proofPatienceMs?: number;
  /**
   * The relay leaves a node when another node's finalized head is more than this many blocks ahead. Default:
   * 16.
   */
  readonly maxLag?: number;
  /** How often the nodes' heads are compared, in milliseconds. Default: 30 000. */
  readonly compareEveryMs?: number;
}

/**
 * Relays until the signal aborts, however often either side goes away.
 * @throws RelayError `relay/wrong-chain` when no node follows the worker's chain: trying again cannot help
 */
export async function runRelay(options: RelayOptions): Promise<void> {
  await new Relay(options).run();
}

class Relay {
  readonly #options: RelayOptions;
  readonly #endpoints: Endpoints;
  readonly #parachain: { readonly id: number; readonly endpoint: Endpoint } | undefined;
  readonly #worker: RemoteWorker;
  readonly #progress: Progress;
  readonly #stats: RelayStats;
  readonly #sync: SyncOptions;
  readonly #registrar: Registrar | undefined;
  readonly #firstPauseMs: number;
  #workerPauseMs: number;

  constructor(options: RelayOptions) {
    const {
      nodeUrls,
      archiveUrls = [],
      maxPauseMs = 30_000,
      requestTimeoutMs,
      maxMessageBytes,
      parallelRequests = 16,
    } = options;
    this.#options = options;
    this.#firstPauseMs = options.firstPauseMs ?? 500;
    this.#workerPauseMs = this.#firstPauseMs;
    this.#stats = options.stats ?? newStats();
    this.#progress = options.progress ?? silentProgress;
    this.#worker = new RemoteWorker(options.worker);
    const { register, crypto, signal } = options;
    this.#registrar = register && new Registrar(register, crypto, this.#progress.note, signal);
    const settings = {
      firstPauseMs: this.#firstPauseMs,
      maxPauseMs,
      parallel: parallelRequests,
      ...(requestTimeoutMs === undefined ? {} : { timeoutMs: requestTimeoutMs }),
      ...(maxMessageBytes === undefined ? {} : { maxMessageBytes }),
    };
    const endpoint = (url: string, archive: boolean): Endpoint =>
      new Endpoint(url, archive, settings, this.#stats);
    this.#endpoints = new Endpoints([
      ...nodeUrls.map((url) => endpoint(url, archiveUrls.includes(url))),
      ...archiveUrls.filter((url) => !nodeUrls.includes(url)).map((url) => endpoint(url, true)),
    ]);
    const { parachain } = options;
    this.#parachain = parachain && { id: parachain.id, endpoint: endpoint(parachain.nodeUrl, false) };
    this.#sync = {
      headersPerCall: new BatchSize(options.headersPerBatch ?? 500),
      blocksPerCall: new BatchSize(options.blocksPerBatch ?? 100),
      init: options.init ?? true,
      proofPatienceMs: options.proofPatienceMs ?? 60_000,
    };
  }

  async run(): Promise<void> {
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

  /** @param sources collects the endpoints whose answers reach the worker */
  async #session(endpoint: Endpoint, sources: Set<Endpoint>): Promise<void> {
    const { crypto, signal, maxLag = 16, compareEveryMs = 30_000 } = this.#options;
    const archives = this.#endpoints.archives.filter((archive) => archive !== endpoint);
    const connection = withArchives(await endpoint.connect(), archives, (archive) => {
      this.#stats.archiveAnswers++;
      sources.add(archive);
    });
    const node = new SubstrateNode(connection, crypto);
    const highest = (): Promise<number | undefined> => this.#endpoints.highestOf(crypto, endpoint);
    const watch = new LagWatch(node, highest, {
      maxLag,
      everyMs: this.#endpoints.size > 1 ? compareEveryMs : 0,
    });
    let paraConnection: NodeConnection | undefined;
    try {
      paraConnection = await this.#parachain?.endpoint.connect();
      const para = this.#parachain &&
        paraConnection && { id: this.#parachain.id, node: new SubstrateNode(paraConnection, crypto) };
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
        signal,
      });
    } catch (error) {
      throw watch.trouble ?? error;
    } finally {
      watch.stop();
      connection.close();
      paraConnection?.close();
    }
  }

  /** An advance of the worker shows that both sides work. */
  #counting(endpoint: Endpoint, sources: Set<Endpoint>): Progress {
    const worked = (): void => {
      this.#workerPauseMs = this.#firstPauseMs;
      for (const source of sources) source.worked();
      sources.clear();
      sources.add(endpoint);
    };
    const progress = this.#progress;
    return {
      ...progress,
      synced: (from, to) => {
        worked();
        progress.synced(from, to);
      },
      dispatched: (from, to) => {
        worked();
        progress.dispatched(from, to);
      },
    };
  }

  async #recover(error: ProtocolError, endpoint: Endpoint, sources: ReadonlySet<Endpoint>): Promise<void> {
    if (isWorkersTrouble(error)) return this.#waitForWorker(error);
    if (error.code === "relay/wrong-chain") {
      this.#endpoints.drop(endpoint);
      if (this.#endpoints.size === 0) throw error;
    }
    this.#stats.nodeFailures++;
    const pauseMs = endpoint.failed();
    for (const source of sources) if (source !== endpoint) source.failed();
    const next = this.#endpoints.next();
    const now =
      next === undefined || next === endpoint
        ? `trying again in ${pauseMs / 1000} s`
        : `going on with ${next.url}`;
    this.#progress.note(`${this.#endpoints.size > 1 ? `${endpoint.url}: ` : ""}${describe(error)}; ${now}`);
  }

  async #waitForWorker(error: ProtocolError): Promise<void> {
    const { signal, maxPauseMs = 30_000 } = this.#options;
    this.#stats.workerFailures++;
    this.#progress.note(`${describe(error)}; trying again in ${this.#workerPauseMs / 1000} s`);
    await pause(this.#workerPauseMs, signal);
    this.#workerPauseMs = Math.min(maxPauseMs, 2 * this.#workerPauseMs);
  }
}
