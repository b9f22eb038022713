/**
 * Compares the reports of two commits, and finds the lines that became slower by more than the noise between
 * rounds.
 */

/** One line of a report. `ours` is the figure of the measured code, not of its peer. */
export interface Line {
  /** The benchmark's name and the line's text. A number follows if an earlier line has the same name. */
  readonly name: string;
  /** Nanoseconds, or bytes. */
  readonly ours: number;
  readonly kind: "time" | "memory";
}

/** The comparison of a line that both commits have, over all rounds. */
export interface Comparison {
  readonly name: string;
  readonly kind: Line["kind"];
  /** Median of the other commit, in nanoseconds or bytes. */
  readonly before: number;
  /** Median of this checkout, in the same unit. */
  readonly now: number;
  /** `now` divided by `before`. Above 1, this checkout is slower. */
  readonly ratio: number;
  readonly slower: boolean;
}

const units: Readonly<Record<string, readonly [Line["kind"], number]>> = {
  ns: ["time", 1],
  µs: ["time", 1e3],
  ms: ["time", 1e6],
  MiB: ["memory", 1 << 20],
};

/** Reads what `npm run bench` prints. */
export function readReport(text: string): Line[] {
  let bench = "";
  const seen = new Map<string, number>();
  return text.split("\n").flatMap((line) => {
    const row = /^ {2}(\S.*?) {2,}([\d.]+) (\S+) \| peer /.exec(line);
    if (row === null) {
      if (/^\S/.test(line)) bench = line;
      return [];
    }
    const [, what = "", figure = "", unit = ""] = row;
    const [kind, scale] = units[unit] ?? [];
    if (kind === undefined || scale === undefined) throw new Error(`unknown unit in: ${line}`);
    const name = `${bench}: ${what}`;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return [{ name: count === 1 ? name : `${name} (${count})`, ours: Number(figure) * scale, kind }];
  });
}

/** The largest ratio of medians that does not count as slower. */
const allowed = 1.1;

/**
 * Compares rounds of the other commit with as many rounds of this checkout. A line is slower if two
 * conditions hold. First, its median is more than 10 % above the other commit's. Second, noise cannot explain
 * the difference: every round of this checkout is above every round of the other commit. If there are more
 * than four rounds, the second condition ignores the best and the worst round of each side.
 */
export function compareRounds(
  before: readonly (readonly Line[])[],
  now: readonly (readonly Line[])[],
): Comparison[] {
  const figures = (rounds: readonly (readonly Line[])[], wanted: string): number[] =>
    rounds
      .flatMap((lines) => lines.filter(({ name }) => name === wanted).map(({ ours }) => ours))
      .sort((a, b) => a - b);
  return (now[0] ?? []).flatMap(({ name, kind }) => {
    const [old, own] = [figures(before, name), figures(now, name)];
    if (old.length === 0) return [];
    const ratio = median(own) / median(old);
    const apart = (inner(own)[0] ?? 0) > (inner(old).at(-1) ?? 0);
    return [{ name, kind, before: median(old), now: median(own), ratio, slower: ratio > allowed && apart }];
  });
}

function median(sorted: readonly number[]): number {
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/** Leaves out the lowest and the highest figure if there are more than four figures. */
function inner(sorted: readonly number[]): readonly number[] {
  return sorted.length > 4 ? sorted.slice(1, -1) : sorted;
}
