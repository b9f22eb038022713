/** Judges the mutants of the sources that one folder of tests covers. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join, sep } from "node:path";
import type { BenchMessage } from "./bench.ts";
import type { Mutant } from "./find.ts";

const root = join(import.meta.dirname, "..");

/**
 * Returns the folder of the tests for a source file. For `package/src/area/…`, this is `package/test/area`,
 * or `package/test` if `package/test/area` does not exist.
 */
export function testFolder(path: string): string {
  const [home, rest] = path.split(`${sep}src${sep}`, 2) as [string, string | undefined];
  const area = join(home, "test", `${rest}`.split(sep)[0] as string);
  return existsSync(area) ? area : join(home, "test");
}

export class Jury {
  readonly #folder: string;
  #bench: Bench | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Whether a test fails, or never ends, when the mutant's rule is removed.
   * @param mostMs the time in milliseconds after which the tests are assumed never to end. Default: a minute
   * plus five times the duration of all tests without a mutant
   * @throws if a test fails even without a mutant
   */
  async kills(mutant: Mutant, mostMs?: number): Promise<boolean> {
    this.#bench ??= await this.#open();
    const { process, testsMs } = this.#bench;
    process.send(mutant);
    const answer = await answerOf(process, mostMs ?? 60_000 + 5 * testsMs);
    if (answer === undefined) this.close();
    return answer === undefined || ("killed" in answer && answer.killed);
  }

  close(): void {
    this.#bench?.process.kill("SIGKILL");
    this.#bench = undefined;
  }

  async #open(): Promise<Bench> {
    const process = fork(join(import.meta.dirname, "bench.ts"), [this.#folder], {
      cwd: root,
      execArgv: ["--import", "tsx"],
    });
    const answer = await answerOf(process, 3_600_000);
    if (answer !== undefined && "ms" in answer) return { process, testsMs: answer.ms };
    process.kill("SIGKILL");
    const failed = answer !== undefined && "broken" in answer ? answer.broken : this.#folder;
    throw new Error(`without a mutant, this fails: ${failed}`);
  }
}

interface Bench {
  readonly process: ChildProcess;
  readonly testsMs: number;
}

/** Returns the process's next message, or `undefined` if the process ends or `mostMs` pass first. */
async function answerOf(process: ChildProcess, mostMs: number): Promise<BenchMessage | undefined> {
  const waiting = new AbortController();
  const stop = () => waiting.abort();
  const timer = setTimeout(stop, mostMs);
  process.once("exit", stop);
  try {
    const [answer] = await once(process, "message", { signal: waiting.signal });
    return answer;
  } catch (error) {
    if (waiting.signal.aborted) return undefined;
    throw error;
  } finally {
    clearTimeout(timer);
    process.off("exit", stop);
  }
}
