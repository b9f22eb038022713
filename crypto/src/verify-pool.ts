/**
 * Shares a batch of signatures with other threads and waits for the results. The calling thread does its own
 * part and everything that is left over. So if threads die, hang or do not start, the verdicts come later but
 * stay the same. Each batch has its own buffer, so a slow thread cannot write into a later batch.
 */
import { Worker } from "node:worker_threads";
import type { SignedMessage } from "@pruntime/core/crypto";
import type { FastVerify, FastVerifyAll } from "./ed25519.ts";
import { wellFormed } from "./ed25519.ts";
import {
  accepted,
  claimSize,
  controlBytes,
  pending,
  refused,
  type VerifyWorkerData,
  verifyWorkerSource,
} from "./verify-worker.ts";

/** How many threads verify signatures, and which code they run. */
export interface VerifyPoolOptions {
  /** The number of threads besides the calling thread. */
  readonly workers: number;
  /** The verifier of the calling thread. */
  readonly fast: FastVerify;
  /** The URL of a module that can load `sodium-native`. If `undefined`, the threads verify with OpenSSL. */
  readonly sodiumFrom?: string | undefined;
  /** The source code that a thread runs. Only tests replace the default, {@link verifyWorkerSource}. */
  readonly source?: string;
}

/** Threads that verify batches of signatures together with the calling thread. */
export interface VerifyPool {
  readonly verifyAll: FastVerifyAll;
  /** The number of threads that have started and are not known to have ended. */
  readonly alive: () => number;
}

/**
 * The smallest batch that is shared. The calling thread finishes a smaller batch before another thread wakes
 * up.
 */
const leastShared = 16;

/** If no thread makes progress for this long, the calling thread finishes the batch itself. */
const patienceMs = 20;

/** The number of replacements that may be started for each requested thread. */
const replacements = 3;

/** Starts the threads. They do not keep the process alive. */
export function startVerifyPool({
  workers: wanted,
  fast,
  sodiumFrom,
  source = verifyWorkerSource,
}: VerifyPoolOptions): VerifyPool {
  const workers = new Set<Worker>();
  let startsLeft = wanted * (1 + replacements);

  const refill = (): void => {
    for (; workers.size < wanted && startsLeft > 0; startsLeft--) {
      const worker = startWorker(source, { sodiumFrom });
      if (worker === undefined) continue;
      workers.add(worker);
      worker.on("exit", () => workers.delete(worker));
    }
  };

  const verifyAll = (items: readonly SignedMessage[]): readonly boolean[] => {
    const good = items.filter(wellFormed);
    if (good.length < leastShared) return items.map((item) => wellFormed(item) && fast(item));
    refill();
    const verdicts = verifyShared(workers, fast, good);
    let at = 0;
    return items.map((item) => wellFormed(item) && verdicts[at++] === accepted);
  };

  refill();
  return { verifyAll, alive: () => workers.size };
}

/** Starts a thread and returns it; `undefined` if Node does not allow threads. */
function startWorker(source: string, workerData: VerifyWorkerData): Worker | undefined {
  try {
    const worker = new Worker(source, { eval: true, workerData, execArgv: [], env: {} });
    worker.on("error", () => undefined); // an "exit" event follows
    worker.unref();
    return worker;
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}

/** Verifies items together with the threads. Returns one verdict for each item, in order. */
function verifyShared(
  workers: ReadonlySet<Worker>,
  fast: FastVerify,
  items: readonly SignedMessage[],
): Uint8Array {
  const { batch, control, verdicts } = pack(items);
  for (const worker of workers) worker.postMessage({ batch, count: items.length });
  const check = (i: number): void => {
    const item = items[i];
    Atomics.store(verdicts, i, item !== undefined && fast(item) ? accepted : refused);
  };
  for (let first = claim(control); first < items.length; first = claim(control)) {
    const end = Math.min(first + claimSize, items.length);
    for (let i = first; i < end; i++) check(i);
    Atomics.add(control, 1, end - first);
  }
  waitForAll(control, items.length);
  for (let i = 0; i < items.length; i++) if (Atomics.load(verdicts, i) === pending) check(i);
  return verdicts.slice();
}

function claim(control: Int32Array): number {
  return Atomics.add(control, 0, claimSize);
}

/** Waits until all items are done, or until no progress has been made for {@link patienceMs}. */
function waitForAll(control: Int32Array, count: number): void {
  for (let done = Atomics.load(control, 1); done < count; done = Atomics.load(control, 1))
    if (Atomics.wait(control, 1, done, patienceMs) === "timed-out") return;
}

interface Batch {
  readonly batch: SharedArrayBuffer;
  readonly control: Int32Array;
  readonly verdicts: Uint8Array;
}

function pack(items: readonly SignedMessage[]): Batch {
  const verdictsAt = controlBytes + 4 * (items.length + 1);
  const itemsAt = verdictsAt + items.length;
  const length = items.reduce((sum, { message }) => sum + 96 + message.length, itemsAt);
  const batch = new SharedArrayBuffer(length);
  const offsets = new Uint32Array(batch, controlBytes, items.length + 1);
  const bytes = new Uint8Array(batch);
  let at = itemsAt;
  items.forEach(({ publicKey, signature, message }, i) => {
    offsets[i] = at;
    bytes.set(publicKey, at);
    bytes.set(signature, at + 32);
    bytes.set(message, at + 96);
    at += 96 + message.length;
  });
  offsets[items.length] = at;
  return {
    batch,
    control: new Int32Array(batch, 0, 2),
    verdicts: new Uint8Array(batch, verdictsAt, items.length),
  };
}
