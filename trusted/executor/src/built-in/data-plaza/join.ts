/** The join of a dataset and a query: the rows of the dataset whose phone number occurs in the query. */
import { CsvRows, eachRow } from "@pruntime/core/csv";
import { complete, type Work } from "@pruntime/core/work";
import { joinColumn } from "@pruntime/interfaces";

/** The result of a join. */
export interface Joined {
  readonly rows: number;
  /** The matching rows of the dataset, in order and with their line ends. The header is not included. */
  readonly bytes: Uint8Array;
}

/**
 * Joins two files by the column named `phone`, as the pRuntime of 2020 did. If a file has several such
 * columns, the last of these columns is used. If a query has a single column, that column is used,
 * whatever its name. If a file lacks the column, nothing matches.
 */
export function join(dataset: Uint8Array, query: Uint8Array): Joined {
  return complete(joinWork(dataset, query));
}

/** Does what {@link join} does, in units. */
export function* joinWork(dataset: Uint8Array, query: Uint8Array): Work<Joined> {
  const wanted = yield* targets(query);
  const lines = new CsvRows(dataset);
  const column = lines.header(joinColumn);
  const matched = new Uint8Array(dataset.length);
  let [rows, length] = [0, 0];
  yield* eachRow(lines, column, () => {
    if (!wanted.has(lines.key())) return;
    rows++;
    for (let at = lines.start; at < lines.end; at++) matched[length++] = dataset[at] as number;
  });
  return { rows, bytes: matched.slice(0, length) };
}

function* targets(query: Uint8Array): Work<ReadonlySet<string>> {
  const wanted = new Set<string>();
  const lines = new CsvRows(query);
  const named = lines.header(joinColumn);
  const column = named < 0 && lines.width === 1 ? 0 : named;
  yield* eachRow(lines, column, () => wanted.add(lines.key()));
  return wanted;
}
