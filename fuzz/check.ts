/** The rules that every target must obey on every input. */
import { isDeepStrictEqual } from "node:util";
import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { concat, equal } from "@pruntime/core/bytes";
import { ProtocolError } from "@pruntime/core/errors";
import { Broken, type Target } from "./target.ts";

setFlagsFromString("--expose-gc");
export const collectGarbage = runInNewContext("gc") as () => void;

export type FindingKind = "uncoded" | "broken" | "unsteady" | "changed-input" | "slow" | "hungry" | "leak";

/** A rule that an input broke. */
export interface Finding {
  readonly kind: FindingKind;
  readonly input: Uint8Array;
  readonly detail: string;
}

export interface Judged {
  /** Processor time of the first run, in milliseconds. */
  readonly ms: number;
  /** "accepted", or the code of the refusal. */
  readonly outcome: string;
  readonly finding: Finding | undefined;
}

type Answer = {
  readonly outcome: string;
  readonly value: unknown;
  readonly failure?: readonly [FindingKind, string];
};

const codeForm = /^[a-z0-9-]+\/[a-z0-9-]+$/;

/**
 * Runs an input twice, the second time as a view into a longer array, and reports the first rule that the
 * input breaks.
 */
export function judge({ run }: Target, input: Uint8Array): Judged {
  const given = input.slice();
  const start = cpuMs();
  const first = answer(run, given);
  const ms = cpuMs() - start;
  const view = concat(Uint8Array.of(0xff, 1, 0xfe), input, Uint8Array.of(4, 0xff)).subarray(
    3,
    3 + input.length,
  );
  const second = answer(run, view);
  const found = (kind: FindingKind, detail: string): Judged => ({
    ms,
    outcome: first.outcome,
    finding: { kind, input, detail },
  });
  for (const { failure } of [first, second]) if (failure !== undefined) return found(...failure);
  if (!equal(given, input) || !equal(view, input)) return found("changed-input", "the input was written to");
  if (!isDeepStrictEqual(first, second)) return found("unsteady", `${first.outcome}, then ${second.outcome}`);
  return { ms, outcome: first.outcome, finding: undefined };
}

/** Processor time of this process in milliseconds. Other load on the machine does not affect it. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function answer(run: Target["run"], input: Uint8Array): Answer {
  try {
    return { outcome: "accepted", value: run(input) };
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    if (error instanceof Broken) return { outcome: "broken", value: undefined, failure: ["broken", text] };
    if (!(error instanceof ProtocolError))
      return { outcome: "uncoded", value: undefined, failure: ["uncoded", text] };
    const { code, detail } = error as ProtocolError;
    if (!codeForm.test(code))
      return { outcome: code, value: undefined, failure: ["uncoded", `${code} is not a code`] };
    return { outcome: code, value: detail };
  }
}

/**
 * The milliseconds that an input of a given length may take. The bound is a large multiple of the median time
 * that genuine inputs take per byte, so an input exceeds the bound only if its time per byte is far above the
 * median.
 */
export type TimeBound = (length: number) => number;

const [slack, leastMs, fixedBytes] = [24, 8, 512];

/**
 * Measures how long a target takes per byte of input, and returns the bound for other inputs.
 * @param corpus genuine inputs; each runs several times, and only its fastest run counts
 */
export function calibrate(target: Target, corpus: readonly Uint8Array[]): TimeBound {
  const rates = corpus.map(
    (input) =>
      Math.min(...Array.from({ length: 5 }, () => judge(target, input).ms)) / (input.length + fixedBytes),
  );
  const rate = rates.sort((a, b) => a - b)[rates.length >> 1] ?? 0;
  return (length) => leastMs + slack * rate * (length + fixedBytes);
}

/** Returns a finding if an input is slow in four runs. One slow run may be noise. */
export function slowness(
  target: Target,
  input: Uint8Array,
  ms: number,
  bound: TimeBound,
): Finding | undefined {
  let least = ms;
  for (let i = 0; i < 3 && least > bound(input.length); i++) least = Math.min(least, judge(target, input).ms);
  if (least <= bound(input.length)) return undefined;
  const allowed = bound(input.length).toFixed(1);
  const detail = `${least.toFixed(1)} ms for ${input.length} bytes, where ${allowed} are allowed`;
  return { kind: "slow", input, detail };
}

const heapPerByte = 64;

/** The number of bytes by which the heap may grow while an input of `length` bytes runs, garbage included. */
export function heapBound({ leastHeap = 8 * 1024 * 1024 }: Target, length: number): number {
  return leastHeap + heapPerByte * length;
}

export function heapInUse(): number {
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics();
  return heap + external;
}

/**
 * Checks an input that seemed to need much memory: runs it alone, right after a garbage collection. Returns a
 * finding if the heap grows too much this time as well.
 */
export function hunger(target: Target, input: Uint8Array): Finding | undefined {
  collectGarbage();
  const before = heapInUse();
  judge(target, input);
  const grown = heapInUse() - before;
  if (grown <= heapBound(target, input.length)) return undefined;
  return { kind: "hungry", input, detail: `${grown} bytes of heap for ${input.length} bytes of input` };
}
