/**
 * `npm run bench [name…]`: runs the benchmarks whose file name contains one of the given words, or all
 * benchmarks, and prints one table for each benchmark. With `--against COMMIT`, runs the benchmarks of this
 * checkout and of that commit in turn, `--rounds` times (5 by default). The exit code is then 1 if a line
 * became slower. `--samples` is the number of samples of a benchmark that takes them at fixed times.
 * `full-block --blocks N` dispatches N blocks of each kind in a row, and `--kind WORDS` leaves out the kinds
 * whose names do not contain these words.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { compareAgainst } from "./against/main.ts";
import type { Bench, Row, RunOptions } from "./harness.ts";

const here = import.meta.dirname;
/** The width of the first column. */
const whatWidth = 44;
const { values, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: {
    against: { type: "string" },
    rounds: { type: "string", default: "5" },
    samples: { type: "string" },
    blocks: { type: "string" },
    kind: { type: "string" },
  },
});
const files = readdirSync(here)
  .filter((file) => file.endsWith(".ts") && !["main.ts", "harness.ts"].includes(file))
  .filter((name) => wanted.length === 0 || wanted.some((word) => name.includes(word)));

const options: RunOptions = {
  ...(values.samples === undefined ? {} : { samples: Number(values.samples) }),
  ...(values.blocks === undefined ? {} : { blocks: Number(values.blocks) }),
  ...(values.kind === undefined ? {} : { kind: values.kind }),
};

if (values.against !== undefined)
  process.exit(compareAgainst(values.against, Number(values.rounds), files, wanted) ? 0 : 1);
for (const file of files) {
  const bench = (await import(join(here, file))) as Bench;
  process.stdout.write(`\n${bench.name}\n`);
  for await (const row of await bench.run(options)) print(row);
}
process.exit(0);

function print({ what, ours, peer, unit, ratio, note }: Row): void {
  const figures = `${format(ours)} ${unit} | peer ${format(peer)} ${unit} | ratio ${ratio.toFixed(2)}`;
  process.stdout.write(`  ${what.padEnd(whatWidth)}  ${figures}${note === undefined ? "" : `  (${note})`}\n`);
}

function format(value: number): string {
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0).padStart(8);
}
