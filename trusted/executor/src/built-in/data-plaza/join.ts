/** The join of the market: the rows of a dataset whose phone number occurs in the query. */
import { CsvRows } from "./csv.ts";

/** The result of a join. */
export interface Joined {
  readonly rows: number;
  /** Whole lines of the dataset, in its order, with their line ends, without its header. */
  readonly bytes: Uint8Array;
}

const joinColumn = "phone";

/**
 * The join of 2020: the column of both files is the one headed `phone` (the last, if several are). A query of
 * a single column needs no such header. Without a column nothing matches.
 */
export function join(dataset: Uint8Array, query: Uint8Array): Joined {
  const wanted = targets(query);
  const lines = new CsvRows(dataset);
  const column = lines.header(joinColumn);
  const matched = new Uint8Array(dataset.length);
  let [rows, length] = [0, 0];
  while (lines.next(column)) {
    if (lines.fieldStart < 0 || !wanted.has(lines.key())) continue;
    rows++;
    for (let at = lines.start; at < lines.end; at++) matched[length++] = dataset[at] as number;
  }
  return { rows, bytes: matched.slice(0, length) };
}

function targets(query: Uint8Array): ReadonlySet<string> {
  const wanted = new Set<string>();
  const lines = new CsvRows(query);
  const named = lines.header(joinColumn);
  const column = named < 0 && lines.width === 1 ? 0 : named;
  while (lines.next(column)) if (lines.fieldStart >= 0) wanted.add(lines.key());
  return wanted;
}
