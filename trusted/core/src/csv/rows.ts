/**
 * Reads the rows of an RFC 4180 text as offsets into the text, so that rows can be copied byte for byte. The
 * reader is as lenient as the pRuntime of 2020 was. A row ends with LF, CRLF or CR. Empty lines are
 * skipped. A quote inside an unquoted field is ordinary text. A quoted field without a closing quote ends at
 * the end of the file. The reader accepts every text, and a row or field may be as long as the file. Because
 * files of DataPlaza are large, the reader allocates nothing for each row or field.
 */
import type { Work } from "../work/index.ts";

const [quote, comma, lf, cr] = [0x22, 0x2c, 0x0a, 0x0d] as const;

/** A cursor over rows. Its fields describe the row that `next` or `header` read most recently. */
export class CsvRows {
  readonly csv: Uint8Array;
  /** The row is the range [`start`, `end`) of the text. The range includes the row's line end. */
  start = 0;
  end: number;
  /**
   * The offsets of the field that `next` was asked for, quotes included. `fieldStart` is -1 if the row has
   * too few fields.
   */
  fieldStart = -1;
  fieldEnd = -1;
  /** The number of fields in the row. */
  width = 0;
  /** Whether each quoted field of the row has a closing quote, and no text after the quote. */
  wellQuoted = true;

  /** Starts after the byte order mark, if there is one. */
  constructor(csv: Uint8Array) {
    this.csv = csv;
    this.end = csv[0] === 0xef && csv[1] === 0xbb && csv[2] === 0xbf ? 3 : 0;
  }

  /**
   * Moves to the next row, and finds its field in `column`. Skips empty lines. Returns `false` if no row is
   * left.
   */
  next(column: number): boolean {
    if (!this.#enterRow()) return false;
    let [from, to] = [-1, -1];
    do {
      this.#enterField();
      if (this.width === column + 1) [from, to] = [this.fieldStart, this.fieldEnd];
    } while (this.#takeComma());
    [this.fieldStart, this.fieldEnd] = [from, to];
    this.#leaveRow();
    return true;
  }

  /** Moves to the next row. Returns the index of the last field that equals `name`, or -1. */
  header(name: string): number {
    if (!this.#enterRow()) return -1;
    let column = -1;
    do {
      this.#enterField();
      if (this.key() === name) column = this.width - 1;
    } while (this.#takeComma());
    this.#leaveRow();
    return column;
  }

  /**
   * Returns the field's value with one UTF-16 unit for each byte. Use the result to compare fields, not as
   * readable text.
   */
  key(): string {
    const { csv, fieldStart, fieldEnd } = this;
    return csv[fieldStart] === quote
      ? latin1(unquoted(csv, fieldStart, fieldEnd))
      : latin1(csv.subarray(fieldStart, fieldEnd));
  }

  #enterRow(): boolean {
    while (isLineEnd(this.csv[this.end])) this.end++;
    this.start = this.end;
    this.width = 0;
    this.wellQuoted = true;
    return this.start < this.csv.length;
  }

  #enterField(): void {
    const { csv, end: start } = this;
    const closed = csv[start] === quote ? quotedEnd(csv, start + 1) : start;
    this.fieldStart = start;
    this.fieldEnd = this.end = endOfField(csv, closed < 0 ? csv.length : closed);
    if (csv[start] === quote && this.end !== closed) this.wellQuoted = false;
    this.width++;
  }

  #takeComma(): boolean {
    if (this.csv[this.end] !== comma) return false;
    this.end++;
    return true;
  }

  #leaveRow(): void {
    if (this.end >= this.csv.length) return;
    this.end += this.csv[this.end] === cr && this.csv[this.end + 1] === lf ? 2 : 1;
  }
}

/** Returns the offset of the comma or line end after `start`, or the end of the file. */
function endOfField(csv: Uint8Array, start: number): number {
  for (let at = start; at < csv.length; at++) {
    const byte = csv[at] as number;
    if (byte === comma || isLineEnd(byte)) return at;
  }
  return csv.length;
}

/** Returns the offset after a field's closing quote, or -1 if there is none. The text begins at `start`. */
function quotedEnd(csv: Uint8Array, start: number): number {
  for (let at = start; at < csv.length; at++) {
    if (csv[at] !== quote) continue;
    if (csv[at + 1] !== quote) return at + 1;
    at++;
  }
  return -1;
}

/**
 * Returns the text of a quoted field. Two quotes in a row become one quote. Text after the closing quote is
 * part of the field.
 */
function unquoted(csv: Uint8Array, start: number, end: number): Uint8Array {
  const text = new Uint8Array(end - start);
  let length = 0;
  let inQuotes = true;
  for (let at = start + 1; at < end; at++) {
    if (inQuotes && csv[at] === quote) {
      if (csv[at + 1] === quote) at++;
      else {
        inQuotes = false;
        continue;
      }
    }
    text[length++] = csv[at] as number;
  }
  return text.subarray(0, length);
}

function isLineEnd(byte: number | undefined): boolean {
  return byte === lf || byte === cr;
}

/** Uses `apply` because spreading a typed array runs its iterator, which is many times slower. */
function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += chunk) {
    const part = bytes.length <= chunk ? bytes : bytes.subarray(at, at + chunk);
    text += String.fromCharCode.apply(null, part as unknown as number[]);
  }
  return text;
}

const chunk = 4096;

/**
 * What a walk over rows reads in one unit of work.
 * @limit bytes
 * @source chosen: one unit is shorter than a slice
 * @past the work pauses at the next end of a row, and a query may run
 */
const bytesPerUnit = 1 << 16;

/** Visits each row that has a field in `column`, in units. */
export function* eachRow(lines: CsvRows, column: number, visit: () => void): Work<void> {
  let pauseAt = bytesPerUnit;
  while (lines.next(column)) {
    if (lines.fieldStart >= 0) visit();
    if (lines.end < pauseAt) continue;
    yield;
    pauseAt = lines.end + bytesPerUnit;
  }
}

/** The number of the line at an offset of a text. The first line has the number 1. */
export function lineAt(csv: Uint8Array, offset: number): number {
  let line = 1;
  for (let at = 0; at < offset; at++) if (csv[at] === lf || (csv[at] === cr && csv[at + 1] !== lf)) line++;
  return line;
}
