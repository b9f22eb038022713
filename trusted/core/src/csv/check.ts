/** Checks that a CSV text is a table: every row has as many fields as the header. */
import type { Work } from "../work/index.ts";
import { CsvError } from "./error.ts";
import { CsvRows, eachRow, lineAt } from "./rows.ts";

/** How many rows and columns a table has. */
export interface TableSize {
  /** The number of rows, without the header. */
  readonly rows: number;
  readonly columns: number;
}

/**
 * Checks a table in units, and returns its size. Empty lines do not count. An empty text is a table without
 * columns and rows.
 * @param column a column that the header must name; absent if any header will do
 * @throws {@link CsvError} `csv/no-column`, `csv/bad-row`, `csv/bad-quotes`
 */
export function* checkTable(csv: Uint8Array, column?: string): Work<TableSize> {
  const lines = new CsvRows(csv);
  const found = yield* lines.header(column ?? "");
  checkQuotes(lines);
  if (column !== undefined && found < 0) throw new CsvError({ code: "csv/no-column", column });
  const columns = lines.width;
  let rows = 0;
  yield* eachRow(lines, 0, () => {
    checkQuotes(lines);
    const { width: fields } = lines;
    if (fields !== columns)
      throw new CsvError({ code: "csv/bad-row", line: lineAt(csv, lines.start), fields, columns });
    rows++;
    return undefined;
  });
  return { rows, columns };
}

/** @throws {@link CsvError} `csv/bad-quotes` */
function checkQuotes({ csv, start, wellQuoted }: CsvRows): void {
  if (!wellQuoted) throw new CsvError({ code: "csv/bad-quotes", line: lineAt(csv, start) });
}
