/** The join of a dataset and a query: the rows of the dataset whose phone number occurs in the query. */
import { CsvRows, eachRow } from "@pruntime/core/csv";
import { complete, type Work } from "@pruntime/core/work";
import { joinColumn } from "@pruntime/interfaces";
import { type HashTable, KeySet, publicHashTable } from "./key-set.ts";

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
  return complete(joinWork(dataset, query, publicHashTable));
}

/** Does what {@link join} does, in units. */
export function* joinWork(dataset: Uint8Array, query: Uint8Array, table: HashTable): Work<Joined> {
  const matched = new Uint8Array(dataset.length);
  let length = 0;
  const rows = yield* eachMatch(dataset, query, table, (start, end) => {
    if (end - start > longRow) matched.set(dataset.subarray(start, end), length);
    else for (let i = 0; i < end - start; i++) matched[length + i] = dataset[start + i] as number;
    length += end - start;
  });
  return { rows, bytes: matched.slice(0, length) };
}

/** Counts the rows that {@link join} returns, in units. */
export function countRows(dataset: Uint8Array, query: Uint8Array, table: HashTable): Work<number> {
  return eachMatch(dataset, query, table, () => undefined);
}

/** The bytes of a row from which on one copy is faster than a loop, which allocates nothing. */
const longRow = 1_024;

type Visit = (start: number, end: number) => void;

function* eachMatch(dataset: Uint8Array, query: Uint8Array, table: HashTable, visit: Visit): Work<number> {
  const wanted = yield* targets(query, table);
  const lines = new CsvRows(dataset);
  const column = yield* lines.header(joinColumn);
  let rows = 0;
  const found = () => {
    rows++;
    visit(lines.start, lines.end);
  };
  yield* eachRow(lines, column, () => wanted.find(lines, found));
  return rows;
}

function* targets(query: Uint8Array, table: HashTable): Work<KeySet> {
  const wanted = yield* KeySet.forText(table, query);
  const lines = new CsvRows(query);
  const named = yield* lines.header(joinColumn);
  const column = named < 0 && lines.width === 1 ? 0 : named;
  yield* eachRow(lines, column, () => wanted.add(lines));
  return wanted;
}
