/** The join of the market: the rows of a dataset whose phone stands in the query. */
import { Writer } from "@pruntime/core/scale";
import { csvStart, fieldKey, visitRow } from "./csv.ts";

export interface Joined {
  readonly rows: number;
  /** Whole lines of the dataset, in its order, with their line ends, without its header. */
  readonly bytes: Uint8Array;
}

/**
 * The join of 2020: the column of both files is the one headed `phone` (the last, if several are). A query of a single column needs no such
 * header. Without a column nothing matches.
 */
export function join(dataset: Uint8Array, query: Uint8Array): Joined {
  const wanted = new Set<string>();
  eachRow(query, "single column suffices", (key) => void wanted.add(key));
  const out = new Writer();
  let rows = 0;
  eachRow(dataset, "header needed", (key, start, end) => {
    if (!wanted.has(key)) return;
    out.raw(dataset.subarray(start, end));
    rows++;
  });
  return { rows, bytes: out.finish() };
}

const joinColumn = "phone";

/** Calls back with the join key of each row below the header that has one, and where the row stands. */
function eachRow(
  csv: Uint8Array,
  rule: "header needed" | "single column suffices",
  row: (key: string, start: number, end: number) => void,
): void {
  let wanted = -1;
  let width = 0;
  let start = csvStart(csv);
  while (width === 0 && start < csv.length) {
    start = visitRow(csv, start, (column, from, to) => {
      width = column + 1;
      if (to - from <= 2 * joinColumn.length + 2 && fieldKey(csv, from, to) === joinColumn) wanted = column;
    });
  }
  if (wanted < 0 && width === 1 && rule === "single column suffices") wanted = 0;
  if (wanted < 0) return;
  while (start < csv.length) {
    const keys: string[] = [];
    const end = visitRow(csv, start, (column, from, to) => {
      if (column === wanted) keys.push(fieldKey(csv, from, to));
    });
    for (const key of keys) row(key, start, end);
    start = end;
  }
}
