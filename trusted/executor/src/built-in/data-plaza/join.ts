/** The join of a dataset and a query: the rows of the dataset whose phone number occurs in the query. */
import { CsvRows } from "./csv.ts";

/** The result of a join. */
export interface Joined {
  readonly rows: number;
  /** The matching rows of the dataset, in order and with their line ends. The header is not included. */
  readonly bytes: Uint8Array;
}

const joinColumn = "phone";

/**
 * Joins two files by the column named `phone`, as the pRuntime of 2020 did. If a file has several such
 * columns, the last of these columns is used. If a query has a single column, that column is used,
 * whatever its name. If a file lacks the column, nothing matches.
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
