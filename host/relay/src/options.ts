/** The options of a relay, and their defaults. */
import type { InitInput } from "@pruntime/api";
import type { Crypto } from "@pruntime/core/crypto";
import type { ProtocolError } from "@pruntime/core/errors";
import type { StartTerms } from "./fetch/init-input.ts";
import type { EndpointOptions } from "./node/endpoint.ts";
import type { RegisterOptions } from "./registry/registrar.ts";
import { BatchSize } from "./session/batch-size.ts";
import type { SyncOptions } from "./session/context.ts";
import type { Spools } from "./spool/spools.ts";
import type { Progress } from "./watch/progress.ts";
import type { RelayStats } from "./watch/stats.ts";
import type { WorkerOptions } from "./worker-http.ts";

/** The worker, the nodes and the settings of a relay. */
export interface RelayOptions {
  /** Nodes of the chain, in order of preference. The relay follows one at a time. */
  readonly nodeUrls: readonly [string, ...string[]];
  /**
   * Nodes that keep all state. They answer requests for state that the followed node has discarded. The relay
   * also follows them if every other node is resting after a failure.
   */
  readonly archiveUrls?: readonly string[];
  /** The parachain that the worker follows, if any, and a node of that parachain. */
  readonly parachain?: { readonly id: number; readonly nodeUrl: string };
  /** The worker's address for operator calls, or a function that returns the address for each call. */
  readonly worker: WorkerOptions | (() => WorkerOptions);
  readonly crypto: Crypto;
  readonly progress?: Progress;
  /** How notes describe an error. Default: by its code and facts. */
  readonly describe?: (error: ProtocolError) => string;
  /** Counters that the relay increments. */
  readonly stats?: RelayStats;
  /**
   * The account that registers the worker with the chain's registry. If absent, the relay does not register
   * the worker.
   */
  readonly register?: RegisterOptions;
  /**
   * Stores fetched blocks on disk, ahead of the worker. Without spools, the relay cannot send blocks whose
   * state all nodes have discarded. The caller closes the spools after the relay has ended.
   */
  readonly spools?: Spools;
  /** The relay ends when this signal aborts. */
  readonly signal: AbortSignal;
  /** Whether the relay initializes a fresh worker. Default: true. */
  readonly init?: boolean;
  /** The terms on which a fresh worker starts. Default: with a proof of the runtime's code. */
  readonly terms?: StartTerms;
  /** The input of `init_runtime` for a fresh worker. Default: input that the relay fetches from the node. */
  readonly initInput?: InitInput;
  /** Maximum number of headers in one `sync_header`, unless one proof spans more headers. Default: 500. */
  readonly headersPerBatch?: number;
  /**
   * Maximum number of headers in one `sync_header`, even if one proof spans more headers. The relay then
   * sends the earlier headers ahead of the proof. Default: 2,048.
   */
  readonly headersPerProof?: number;
  /** Maximum number of blocks in one `dispatch_block`. Default: 100. */
  readonly blocksPerBatch?: number;
  /**
   * The pause after a first failure, in milliseconds. It doubles with each consecutive failure. Default: 500.
   */
  readonly firstPauseMs?: number;
  /** The longest pause between attempts, in milliseconds. Default: 30 000. */
  readonly maxPauseMs?: number;
  /** How long a node may take for an answer, in milliseconds. Default: 30 000. */
  readonly requestTimeoutMs?: number;
  /** The largest message accepted from a node, in bytes. Default: 64 MiB. */
  readonly maxMessageBytes?: number;
  /**
   * Maximum number of parallel requests to one node. The relay sends fewer requests in parallel while the
   * node refuses some because it gets too many. Default: 16.
   */
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
  /** The time between two comparisons of the nodes' finalized heads, in milliseconds. Default: 30 000. */
  readonly compareEveryMs?: number;
}

/**
 * The pause before a relay connects to a node again.
 * @limit ms
 * @source chosen
 * @past later pauses are as long
 */
const usualPauseMs = 30_000;

/** How the relay connects to nodes. */
export function endpointOptionsOf(options: RelayOptions): EndpointOptions {
  const { firstPauseMs = 500, maxPauseMs = usualPauseMs, parallelRequests = 16 } = options;
  const { requestTimeoutMs, maxMessageBytes } = options;
  return {
    firstPauseMs,
    maxPauseMs,
    parallel: parallelRequests,
    ...(requestTimeoutMs === undefined ? {} : { timeoutMs: requestTimeoutMs }),
    ...(maxMessageBytes === undefined ? {} : { maxMessageBytes }),
  };
}

/** The options of the session with the worker. Batch sizes persist across sessions. */
export function syncOptionsOf(options: RelayOptions): SyncOptions {
  const { headersPerBatch = 500, blocksPerBatch = 100, init = true, proofPatienceMs = 60_000 } = options;
  const { terms = { meaning: "proven" }, initInput } = options;
  const { headersPerProof = 2_048 } = options;
  return {
    headersPerCall: new BatchSize(headersPerBatch),
    headersPerProof,
    blocksPerCall: new BatchSize(blocksPerBatch),
    init,
    onlyNode: new Set([...options.nodeUrls, ...(options.archiveUrls ?? [])]).size === 1,
    terms,
    ...(initInput === undefined ? {} : { initInput }),
    proofPatienceMs,
  };
}
