/** The types that the steps of a session share. */
import type { InitInput } from "@pruntime/api";
import type { Crypto } from "@pruntime/core/crypto";
import type { StartTerms } from "../fetch/init-input.ts";
import type { ParachainNode } from "../fetch/parachain.ts";
import type { HeaderChain } from "../finality/headers.ts";
import type { ProofSources } from "../finality/stretch.ts";
import type { Capabilities } from "../node/capabilities.ts";
import type { SubstrateNode } from "../node/node.ts";
import type { Registrar } from "../registry/registrar.ts";
import type { Progress } from "../watch/progress.ts";
import type { RelayStats } from "../watch/stats.ts";
import type { RemoteWorker } from "../worker.ts";
import type { BatchSize } from "./batch-size.ts";
import type { StagedTip } from "./staged-tip.ts";

/**
 * The options of a session: batch sizes, the time to wait for a proof, and whether and how the relay
 * initializes a fresh worker.
 */
export interface SyncOptions {
  readonly headersPerCall: BatchSize;
  /** Maximum number of headers that are sent together with one proof. */
  readonly headersPerProof: number;
  readonly blocksPerCall: BatchSize;
  readonly init: boolean;
  /** Whether the relay has only one node. */
  readonly onlyNode: boolean;
  readonly terms: StartTerms;
  readonly initInput?: InitInput;
  /** How long a session waits for a finality proof of blocks that the node calls final, in milliseconds. */
  readonly proofPatienceMs: number;
}

/** The node and the worker of a session, its options, and the objects to which it reports. */
export interface Session {
  readonly node: SubstrateNode;
  readonly capabilities: Capabilities;
  /** Set if the worker follows a parachain; `node` is then a node of its relay chain. */
  readonly para?: ParachainNode | undefined;
  readonly worker: RemoteWorker;
  readonly crypto: Crypto;
  readonly options: SyncOptions;
  readonly progress: Progress;
  readonly stats: RelayStats;
  /** Keeps the worker registered; `undefined` if the operator does not want the worker registered. */
  readonly registrar?: Registrar | undefined;
  readonly signal: AbortSignal;
}

/** A session that has subscribed to its node. */
export interface OpenSession extends Session {
  readonly sources: ProofSources;
  readonly stagedTip: StagedTip;
  /** Headers of the parachain. */
  readonly paraChain?: HeaderChain | undefined;
}
