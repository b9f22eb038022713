/**
 * pHost: follows a node and feeds a worker. It holds no state of its own, so either side may vanish and come back: each session starts from where the
 * worker stands. It is never believed by the worker; the worst it can do is nothing.
 */
import type { Crypto } from "@pruntime/core/crypto";
import { ProtocolError } from "@pruntime/core/errors";
import { SubstrateNode } from "./node/node.ts";
import { connectNode } from "./node/rpc.ts";
import { type Progress, silentProgress } from "./progress.ts";
import { pause, type SyncOptions, syncSession } from "./sync.ts";
import { RemoteWorker, type WorkerOptions } from "./worker.ts";

/** What to relay, between whom. */
export interface RelayOptions extends Partial<SyncOptions> {
  readonly nodeUrl: string;
  readonly worker: WorkerOptions;
  readonly crypto: Crypto;
  readonly progress?: Progress;
  /** Ends the relay. */
  readonly signal: AbortSignal;
  /** Longest pause between attempts, in milliseconds. Default: 30 000. */
  readonly maxPauseMs?: number;
}

const firstPauseMs = 500;

/**
 * Relays until the signal aborts, however often either side goes away.
 * @throws RelayError `relay/wrong-chain`: trying again cannot help
 */
export async function runRelay(options: RelayOptions): Promise<void> {
  const { nodeUrl, crypto, signal, progress = silentProgress, maxPauseMs = 30_000 } = options;
  const worker = new RemoteWorker(options.worker);
  const sync: SyncOptions = {
    headersPerBatch: options.headersPerBatch ?? 500,
    blocksPerBatch: options.blocksPerBatch ?? 100,
    init: options.init ?? true,
  };
  let pauseMs = firstPauseMs;
  while (!signal.aborted) {
    try {
      const connection = await connectNode(nodeUrl);
      const counted = onEveryStep(progress, () => {
        pauseMs = firstPauseMs; // it works: the next trouble is a new one
      });
      try {
        await syncSession({
          node: new SubstrateNode(connection, crypto),
          worker,
          crypto,
          options: sync,
          progress: counted,
          signal,
        });
      } finally {
        connection.close();
      }
    } catch (error) {
      if (signal.aborted) break;
      if (!(error instanceof ProtocolError) || error.code === "relay/wrong-chain") throw error;
      progress.note(`${describe(error)}; trying again in ${pauseMs / 1000} s`);
      await pause(pauseMs, signal);
      pauseMs = Math.min(maxPauseMs, 2 * pauseMs);
    }
  }
  progress.end();
}

function onEveryStep(progress: Progress, hear: () => void): Progress {
  return {
    ...progress,
    synced: (from, to) => {
      hear();
      progress.synced(from, to);
    },
    dispatched: (from, to) => {
      hear();
      progress.dispatched(from, to);
    },
  };
}

/** A coded error for a person. What a lying node sends may fail in any decoder, so it need not be the relay's own. */
export function describe({ detail }: ProtocolError): string {
  const { code, ...facts } = detail;
  const shown = Object.entries(facts).map(([name, value]) => `${name} ${value}`);
  return shown.length === 0 ? code : `${code} (${shown.join(", ")})`;
}
