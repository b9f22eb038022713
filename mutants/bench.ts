/**
 * Runs a folder's tests against one mutant after another. All runs share one vitest, so modules are
 * transformed only once. A mutant exists only in the code that the tests load: no file changes. {@link Jury}
 * starts this program as a separate process, which it can kill if a test never ends.
 */
import { join, sep } from "node:path";
import { createVitest, type TestSpecification } from "vitest/node";
import type { Mutant } from "./find.ts";

/**
 * A message to the jury. The first message states how long the tests take without a mutant, or which test
 * file fails even without a mutant. Each later message states whether a test failed for one mutant.
 */
export type BenchMessage =
  | { readonly ms: number }
  | { readonly killed: boolean }
  | { readonly broken: string };

const [folder] = process.argv.slice(2) as [string];
let mutant: Mutant | undefined;

const plugin = {
  name: "mutant",
  enforce: "pre" as const,
  transform: (code: string, id: string) =>
    id === mutant?.path
      ? code.slice(0, mutant.start) + mutant.replacement + code.slice(mutant.end)
      : undefined,
};
const root = join(import.meta.dirname, "..");
const options = { root, watch: false, bail: 1, maxWorkers: 1, testTimeout: 300_000, reporters: [{}] };
const vitest = await createVitest("test", options, { plugins: [plugin] });
const tests = await quickestFirst(await vitest.globTestSpecifications([folder + sep]));

process.on("message", async (next: Mutant) => {
  mutant = next;
  vitest.invalidateFile(next.path);
  tell({ killed: !(await passAll()) });
  vitest.invalidateFile(next.path);
});

process.once("disconnect", () => process.exit());

/**
 * Runs each test file once without a mutant, and returns the files in order of their run time. If a test
 * fails even without a mutant, no mutant can be judged.
 */
async function quickestFirst(all: readonly TestSpecification[]): Promise<TestSpecification[]> {
  const timed: { readonly test: TestSpecification; readonly ms: number }[] = [];
  for (const test of all) {
    const start = performance.now();
    if (!(await passes(test))) tell({ broken: test.moduleId });
    timed.push({ test, ms: performance.now() - start });
  }
  tell({ ms: timed.reduce((sum, { ms }) => sum + ms, 0) });
  return timed.sort((a, b) => a.ms - b.ms).map(({ test }) => test);
}

async function passAll(): Promise<boolean> {
  for (const test of tests) if (!(await passes(test))) return false;
  return true;
}

async function passes(test: TestSpecification): Promise<boolean> {
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications([test]);
  const own = testModules.find(({ moduleId }) => moduleId === test.moduleId); // not of earlier runs
  return unhandledErrors.length === 0 && own?.ok() === true;
}

function tell(message: BenchMessage): void {
  process.send?.(message);
}
