/**
 * Shares a batch of signatures with other threads and waits for them. The calling thread takes its part of the work and all that is left over: where
 * no thread can be started, one has died, or one does not answer, the verdicts are the same, only later. Each batch has a buffer of its own, so that
 * a thread that comes late writes into nothing anybody reads.
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

export interface VerifyPoolOptions {
  /** Threads beside the calling one. */
  readonly workers: number;
  /** Checks in the calling thread. */
  readonly fast: FastVerify;
  /** The address to load libsodium from, where threads may load it. */
  readonly sodiumFrom?: string | undefined;
  /** What a thread runs; another one only in tests. */
  readonly source?: string;
}

export interface VerifyPool {
  readonly verifyAll: FastVerifyAll;
  /** Threads that are, as far as is known, alive. */
  readonly alive: () => number;
}

/** Smaller batches are done before another thread has woken up. */
const leastShared = 16;

/** How long nothing may happen before the calling thread does the rest itself. */
const patienceMs = 20;

/** Threads that may be started in place of dead ones, per thread asked for. */
const replacements = 3;

/** Starts the threads; they do not keep the process alive. */
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

/** `undefined` where threads are not allowed. */
function startWorker(source: string, workerData: VerifyWorkerData): Worker | undefined {
  try {
    const worker = new Worker(source, { eval: true, workerData, execArgv: [], env: {} });
    worker.on("error", () => undefined); // its exit follows
    worker.unref();
    return worker;
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}

/** Verdicts in the order of `items`. */
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

/** Returns when all items are done, or when nothing has been for a while. */
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
