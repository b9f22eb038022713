/**
 * Records which characters of our transformed source have run, from V8's precise coverage. Reading the
 * coverage takes about a millisecond, so it is read once for each batch of inputs. If a batch reached new
 * code, the inputs of that batch run again one by one.
 */
import { type Profiler, Session } from "node:inspector";

const ours = /\/(trusted|api|enclave|cli)\/.*src\/.*\.ts$/;

/**
 * The code that ran since the previous reading. For each script, an array with 1 for every character that
 * ran.
 */
export type Ran = ReadonlyMap<string, Uint8Array>;

export class Coverage {
  readonly #session = new Session();
  readonly #seen = new Map<string, Uint8Array>();
  #size = 0;

  constructor() {
    this.#session.connect();
    this.#session.post("Profiler.enable");
    this.#session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  }

  /** The number of characters that have run so far. */
  get size(): number {
    return this.#size;
  }

  look(): Ran {
    const scripts = this.#take().filter(({ url }) => ours.test(url));
    return new Map(scripts.map(({ scriptId, functions }) => [scriptId, paint(functions)]));
  }

  /** Whether any code ran for the first time. */
  isNew(ran: Ran): boolean {
    return [...ran].some(([script, painted]) => {
      const seen = this.#seen.get(script);
      return painted.some((hit, at) => hit === 1 && seen?.[at] !== 1);
    });
  }

  add(ran: Ran): void {
    for (const [script, painted] of ran) {
      const old = this.#seen.get(script);
      const seen = new Uint8Array(Math.max(painted.length, old?.length ?? 0));
      if (old !== undefined) seen.set(old);
      painted.forEach((hit, at) => {
        if (hit === 0 || seen[at] === 1) return;
        seen[at] = 1;
        this.#size++;
      });
      this.#seen.set(script, seen);
    }
  }

  stop(): void {
    this.#session.disconnect();
  }

  #take(): readonly Profiler.ScriptCoverage[] {
    let answer: readonly Profiler.ScriptCoverage[] = [];
    this.#session.post("Profiler.takePreciseCoverage", (error, { result }) => {
      if (error !== null) throw error;
      answer = result;
    });
    return answer;
  }
}

/**
 * Marks the characters that ran. V8 lists functions and blocks outermost first, so the marks of inner parts
 * overwrite those of outer parts.
 */
function paint(functions: readonly Profiler.FunctionCoverage[]): Uint8Array {
  const ranges = functions.flatMap((each) => each.ranges);
  const painted = new Uint8Array(ranges.reduce((end, { endOffset }) => Math.max(end, endOffset), 0));
  for (const { startOffset, endOffset, count } of ranges)
    painted.fill(count > 0 ? 1 : 0, startOffset, endOffset);
  return painted;
}
