/**
 * Benchmarks report ratios. Both sides of a comparison run interleaved in one process, so a busy machine
 * slows both. The ratio is the median of our code divided by the median of the peer. The `peer` is another
 * library that does the same work, or only the primitive operations that the work needs.
 */

/** One line of the report. `ratio` is `ours` divided by `peer`: below 1, our code is faster. */
export interface Row {
  readonly what: string;
  /** Our median, in `unit`. */
  readonly ours: number;
  /** The peer's median, in `unit`. */
  readonly peer: number;
  readonly unit: string;
  readonly ratio: number;
  /** What the peer is, and the limits of the comparison. */
  readonly note?: string;
}

/** What the module of each benchmark exports. A benchmark that takes minutes yields its rows one by one. */
export interface Bench {
  readonly name: string;
  run(options: RunOptions): Promise<Row[]> | AsyncIterable<Row>;
}

/** Options of the command for a benchmark. */
export interface RunOptions {
  /** The number of samples, for a benchmark that takes them at fixed times. */
  readonly samples?: number;
  /** The number of blocks in a row, for a benchmark of blocks. */
  readonly blocks?: number;
  /** A part of the names of the lines to measure, for a benchmark whose lines take long. */
  readonly kind?: string;
}

export interface MeasureOptions {
  /** The time for which each side is sampled, in milliseconds. Default: 400. */
  readonly minMs?: number;
}

/**
 * A task, which may be asynchronous. The harness stores its result, so that no engine can optimize the work
 * away.
 */
export type Task = () => unknown;

let sink: unknown;

/** Measures a task, and returns the median time of one call in nanoseconds. */
export async function measure(task: Task, options: MeasureOptions = {}): Promise<number> {
  const perSample = await calibrate(task);
  const samples: number[] = [];
  const end = performance.now() + (options.minMs ?? 400);
  while (performance.now() < end || samples.length < 5) samples.push(await sample(task, perSample));
  return median(samples);
}

/** Interleaves samples of both tasks and reports their medians side by side. */
export async function compare(
  what: string,
  ours: Task,
  peer: Task,
  note?: string,
  options: MeasureOptions = {},
): Promise<Row> {
  const [ourCalls, peerCalls] = [await calibrate(ours), await calibrate(peer)];
  const [ourSamples, peerSamples]: [number[], number[]] = [[], []];
  const end = performance.now() + 2 * (options.minMs ?? 400);
  while (performance.now() < end || ourSamples.length < 5) {
    ourSamples.push(await sample(ours, ourCalls));
    peerSamples.push(await sample(peer, peerCalls));
  }
  return row(what, median(ourSamples), median(peerSamples), note);
}

/** Makes a row from two medians in nanoseconds. The size of our median determines the row's unit. */
export function row(what: string, oursNs: number, peerNs: number, note?: string): Row {
  const [unit, scale] = oursNs < 1e4 ? ["ns", 1] : oursNs < 1e7 ? ["µs", 1e3] : ["ms", 1e6];
  return {
    what,
    ours: oursNs / scale,
    peer: peerNs / scale,
    unit,
    ratio: oursNs / peerNs,
    ...(note === undefined ? {} : { note }),
  };
}

/**
 * How long a task runs before it is measured, in milliseconds. The engine compiles the task during this time.
 */
const warmUpMs = 500;

/** Returns how many calls take about ten milliseconds. Runs the task for {@link warmUpMs} first. */
async function calibrate(task: Task): Promise<number> {
  const end = performance.now() + warmUpMs;
  while (performance.now() < end) await sample(task, 1);
  let calls = 1;
  for (;;) {
    const ns = await sample(task, calls);
    if (ns * calls > 5e6 || calls >= 1 << 20) return Math.max(1, Math.round(1e7 / ns));
    calls *= 2;
  }
}

async function sample(task: Task, calls: number): Promise<number> {
  const start = process.hrtime.bigint();
  for (let i = 0; i < calls; i++) {
    sink = task();
    if (sink instanceof Promise) await sink;
  }
  return Number(process.hrtime.bigint() - start) / calls;
}

function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
