/**
 * The main loop: mutates inputs, runs them, adds those that reach new code to the corpus, and reports
 * findings.
 */
import {
  calibrate,
  collectGarbage,
  type Finding,
  heapBound,
  heapInUse,
  hunger,
  judge,
  slowness,
} from "./check.ts";
import { Coverage } from "./coverage.ts";
import { mutate } from "./mutate.ts";
import { Prng } from "./random.ts";
import type { Target } from "./target.ts";

export interface FuzzOptions {
  readonly seed: number;
  /** The run ends when it reaches one of these two limits, or has {@link mostFindings} findings. */
  readonly maxIterations?: number;
  readonly maxMs?: number;
  readonly onFinding?: (finding: Finding) => void;
  readonly onProgress?: (so: Report) => void;
  /** Whether to add inputs that reach new code to the corpus. Default: true. */
  readonly guided?: boolean;
}

export interface Report {
  readonly iterations: number;
  readonly seconds: number;
  /** The number of characters of our source that ran; 0 if the run is not guided. */
  readonly reached: number;
  /** The number of inputs in the corpus: genuine inputs, and inputs that reached new code. */
  readonly corpus: number;
  /** How often each refusal code occurred, and how often an input was accepted. */
  readonly outcomes: ReadonlyMap<string, number>;
  readonly findings: readonly Finding[];
}

const batchSize = 64;
const progressEveryMs = 15_000;
const mostFindings = 20;
/**
 * The bytes that a target may retain (caches, compiled code) beyond the smallest amount that it retained at
 * an earlier check.
 */
const keepable = 64 * 1024 * 1024;

export function fuzz(
  name: string,
  target: Target,
  genuine: readonly Uint8Array[],
  options: FuzzOptions,
): Report {
  const {
    seed,
    maxIterations = Number.POSITIVE_INFINITY,
    maxMs = Number.POSITIVE_INFINITY,
    guided = true,
  } = options;
  const random = new Prng(seed, name);
  const corpus = [...genuine];
  const context = { corpus, words: target.words ?? [], maxLength: target.maxLength ?? 16_384 };
  const coverage = guided ? new Coverage() : undefined;
  const [outcomes, findings, known] = [new Map<string, number>(), [] as Finding[], new Set<string>()];
  const report = (): Report => {
    const seconds = (performance.now() - start) / 1000;
    return { iterations, seconds, corpus: corpus.length, reached: coverage?.size ?? 0, outcomes, findings };
  };
  const note = (finding: Finding | undefined): void => {
    if (finding === undefined || known.has(identityOf(finding))) return;
    known.add(identityOf(finding));
    findings.push(finding);
    options.onFinding?.(finding);
  };
  const runOne = (input: Uint8Array): void => {
    const before = heapInUse();
    const { ms, outcome, finding } = judge(target, input);
    const grown = heapInUse() - before;
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    note(finding);
    if (grown > heapBound(target, input.length)) note(hunger(target, input));
    if (ms > bound(input.length)) note(slowness(target, input, ms, bound));
  };

  const start = performance.now();
  let [iterations, lastProgress, kept] = [0, start, Number.POSITIVE_INFINITY];
  const bound = calibrate(target, genuine);
  genuine.forEach(runOne);
  coverage?.add(coverage.look());
  while (iterations < maxIterations && performance.now() - start < maxMs && findings.length < mostFindings) {
    const inputs = Array.from({ length: Math.min(batchSize, maxIterations - iterations) }, () =>
      mutate(random, context),
    );
    inputs.forEach(runOne);
    iterations += inputs.length;
    if (coverage !== undefined) keepNew(target, coverage, inputs, corpus);
    if (iterations % (32 * batchSize) === 0) {
      collectGarbage();
      const left = heapInUse();
      if (left - kept > keepable)
        note({ kind: "leak", input: new Uint8Array(), detail: `${left - kept} bytes are retained` });
      kept = Math.min(kept, left);
    }
    if (performance.now() - lastProgress < progressEveryMs) continue;
    lastProgress = performance.now();
    options.onProgress?.(report());
  }
  coverage?.stop();
  return report();
}

/**
 * Adds the inputs of a batch to the corpus, if they reached code that no earlier input had reached. If the
 * batch as a whole reached no new code, its inputs do not run again.
 */
function keepNew(
  target: Target,
  coverage: Coverage,
  inputs: readonly Uint8Array[],
  corpus: Uint8Array[],
): void {
  const batch = coverage.look();
  if (!coverage.isNew(batch)) return;
  for (const input of inputs) {
    judge(target, input);
    const ran = coverage.look();
    if (!coverage.isNew(ran)) continue;
    coverage.add(ran);
    corpus.push(input);
  }
  coverage.add(batch);
}

/**
 * Identifies a finding's cause by its kind and, if something was thrown, by the place of the throw and the
 * message without its numbers. Each cause is reported only once.
 */
function identityOf({ kind, detail }: Finding): string {
  const [message = "", ...frames] = detail.split("\n");
  return `${kind} ${frames.length === 0 ? "" : message.replace(/\d+/g, "#")} ${frames.slice(0, 2).join(" ")}`;
}
