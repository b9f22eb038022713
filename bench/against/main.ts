/**
 * `npm run bench -- --against COMMIT [--rounds N] [name…]`: runs the benchmarks of this checkout and of
 * another commit in turn, and compares their medians. The exit code is 1 if a line became slower.
 */

import { checkOut, runIn } from "./checkout.ts";
import { type Comparison, compareRounds, type Line, readReport } from "./compare.ts";

const here = import.meta.dirname.replace(/\/bench\/against$/, "");

/**
 * Runs `rounds` rounds of both commits, and prints a line for each comparison. Returns true if no line became
 * slower.
 */
export function compareAgainst(
  commit: string,
  rounds: number,
  benchmarks: readonly string[],
  names: readonly string[],
): boolean {
  const other = checkOut(commit, benchmarks);
  try {
    const [before, now]: [Line[][], Line[][]] = [[], []];
    for (let round = 1; round <= rounds; round++) {
      process.stdout.write(`round ${round} of ${rounds}\n`);
      const sides = [
        () => before.push(readReport(runIn(other.folder, names))),
        () => now.push(readReport(runIn(here, names))),
      ];
      for (const run of round % 2 === 1 ? sides : sides.reverse()) run();
    }
    const comparisons = compareRounds(before, now);
    print(commit, comparisons);
    return !comparisons.some(({ slower }) => slower);
  } finally {
    other.remove();
  }
}

function print(commit: string, comparisons: readonly Comparison[]): void {
  const width = Math.max(...comparisons.map(({ name }) => name.length));
  for (const { name, kind, before, now, ratio, slower } of comparisons) {
    const [unit, scale] = kind === "memory" ? ["MiB", 1 << 20] : now < 1e4 ? ["ns", 1] : ["µs", 1e3];
    const figures = `${commit} ${format(before / scale)} ${unit} | here ${format(now / scale)} ${unit}`;
    const verdict = slower ? "  slower" : "";
    process.stdout.write(`${name.padEnd(width)}  ${figures} | ratio ${ratio.toFixed(2)}${verdict}\n`);
  }
}

function format(value: number): string {
  return value.toFixed(value < 100 ? 2 : 0).padStart(9);
}
