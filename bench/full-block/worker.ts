/** Runs as a process of its own: a worker's runtime, which handles the events that its parent sends. */
import { createNativeCrypto } from "@pruntime/crypto-native";
import { type Event, identityOf } from "@pruntime/runtime";
import { runtimeOf } from "../../trusted/runtime/test/support/worker.ts";

/** What the handling of an event took. */
export interface Handled {
  readonly totalMs: number;
  /** The longest slice, in milliseconds. */
  readonly longestMs: number;
  /** The memory of the process after the event, and the used part of its heap, if the parent asked for it. */
  readonly memory?: { readonly residentBytes: number; readonly heapBytes: number };
}

/** What the parent sends: an event, and whether it asks for the memory, which takes a garbage collection. */
export interface Task {
  readonly event: Event;
  readonly memory: boolean;
}

const crypto = await createNativeCrypto({ addons: true });
/** The secrets of the worker. The secret of the key agreement key is that of `workerKey`. */
const secrets = {
  signing: new Uint8Array(32).fill(3),
  ecdhSecret: new Uint8Array(32).fill(2),
  stateKey: new Uint8Array(32).fill(9),
};
const runtime = runtimeOf(identityOf(crypto, secrets), crypto);
const sliceMs = 5;

process.on("message", (task: Task) => process.send?.(handled(task)));

function handled({ event, memory }: Task): Handled {
  const work = wholeWork(event);
  const began = performance.now();
  let [sliceBegan, longestMs] = [began, 0];
  for (;;) {
    const step = work.next();
    const now = performance.now();
    if (step.done === true || now - sliceBegan >= sliceMs) {
      longestMs = Math.max(longestMs, now - sliceBegan);
      sliceBegan = now;
    }
    if (step.done !== true) continue;
    const times = { totalMs: now - began, longestMs };
    if (!memory) return times;
    globalThis.gc?.();
    const { rss, heapUsed } = process.memoryUsage();
    return { ...times, memory: { residentBytes: rss, heapBytes: heapUsed } };
  }
}

/** Handles an event, and does what the event leaves to do. */
function* wholeWork(event: Event) {
  const outcome = yield* runtime.begin(event);
  if (!outcome.ok) throw new Error(outcome.error.code);
  yield* runtime.settle();
}
