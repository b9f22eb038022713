import { ProtocolError } from "../errors/index.ts";

/** The reasons why a text is not a table. */
export type CsvErrorDetail =
  /** The header does not name this column. */
  | { readonly code: "csv/no-column"; readonly column: string }
  /** The row that begins on this line does not have as many fields as the header. */
  | { readonly code: "csv/bad-row"; readonly line: number; readonly fields: number; readonly columns: number }
  /** In the row that begins on this line, a quoted field has no closing quote, or text after it. */
  | { readonly code: "csv/bad-quotes"; readonly line: number };

/** A text that is not a table. */
export class CsvError extends ProtocolError<CsvErrorDetail> {}
