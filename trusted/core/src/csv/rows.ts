/**
 * Reads the rows of an RFC 4180 text as offsets into the text, so that rows can be copied byte for byte. The
 * reader is as lenient as the pRuntime of 2020 was. A row ends with LF, CRLF or CR. Empty lines are
 * skipped. A quote inside an unquoted field is ordinary text. A quoted field without a closing quote ends at
 * the end of the file. The reader accepts every text, and a row or field may be as long as the file. Because
 * files of DataPlaza are large, the reader allocates nothing for each row or field, and pauses inside rows.
 */
import { bytesPerUnit, type Work } from "../work/index.ts";

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
  /** The reader pauses at this offset. */
  #limit = bytesPerUnit;
  /** Whether a part of the row has been read, and whether that part ends in quotes. */
  #inRow = false;
  #inQuotes = false;
  /** Where the quotes of the present field ended; -1 if they have not ended. */
  #closed = -1;
  /** The offsets of the wanted field, if it has been read. */
  #from = -1;
  #to = -1;

  /** Starts after the byte order mark, if there is one. */
  constructor(csv: Uint8Array) {
    this.csv = csv;
    this.end = csv[0] === 0xef && csv[1] === 0xbb && csv[2] === 0xbf ? 3 : 0;
  }

  /**
   * Moves to the next row, and finds its field in `column`. Skips empty lines. Returns `false` if no row is
   * left, or if the reader pauses. In the latter case, {@link resume} returns `true`, and the next call with
   * the same column goes on.
   */
  next(column: number): boolean {
    if (!this.#inRow && !this.#enterRow()) return false;
    while (this.#readField()) {
      if (this.width === column + 1) [this.#from, this.#to] = [this.fieldStart, this.fieldEnd];
      if (this.#takeComma()) continue;
      [this.fieldStart, this.fieldEnd] = [this.#from, this.#to];
      this.#leaveRow();
      return true;
    }
    return false;
  }

  /** Lets the reader read another unit. Returns `false` if the text has ended. */
  resume(): boolean {
    this.#limit = this.end + bytesPerUnit;
    return this.#inRow || this.end < this.csv.length;
  }

  /** Moves to the next row, in units. Returns the index of the last field that equals `name`, or -1. */
  *header(name: string): Work<number> {
    while (!this.#enterRow()) {
      if (!this.resume()) return -1;
      yield;
    }
    let column = -1;
    do {
      while (!this.#readField()) {
        yield;
        this.resume();
      }
      if (this.#fieldIs(name)) column = this.width - 1;
    } while (this.#takeComma());
    this.#leaveRow();
    return column;
  }

  #fieldIs(name: string): boolean {
    const value = new FieldValue();
    value.start(this.csv, this.fieldStart, this.fieldEnd);
    for (let i = 0; i < name.length; i++) if (value.next() !== name.charCodeAt(i)) return false;
    return value.next() < 0;
  }

  #enterRow(): boolean {
    const stop = Math.min(this.#limit, this.csv.length);
    while (this.end < stop && isLineEnd(this.csv[this.end])) this.end++;
    if (this.end >= stop) return false;
    this.start = this.end;
    this.width = 0;
    this.wellQuoted = this.#inRow = true;
    this.#from = this.#to = -1;
    this.#enterField();
    return true;
  }

  #enterField(): void {
    this.fieldStart = this.end;
    this.width++;
    this.#closed = -1;
    this.#inQuotes = this.csv[this.end] === quote;
    if (this.#inQuotes) this.end++;
  }

  /** Reads the present field to its end. Returns `false` if the reader pauses before the end. */
  #readField(): boolean {
    const { csv } = this;
    const stop = Math.min(this.#limit, csv.length);
    let at = this.end;
    for (; this.#inQuotes && at < stop; at++) {
      if (csv[at] !== quote) continue;
      if (csv[at + 1] === quote) at++;
      else {
        this.#inQuotes = false;
        this.#closed = at + 1;
      }
    }
    while (at < stop && !this.#inQuotes && !isFieldEnd(csv[at])) at++;
    this.end = at;
    if (at >= stop && at < csv.length) return false;
    this.fieldEnd = at;
    if (csv[this.fieldStart] === quote && at !== this.#closed) this.wellQuoted = false;
    return true;
  }

  #takeComma(): boolean {
    if (this.csv[this.end] !== comma) return false;
    this.end++;
    this.#enterField();
    return true;
  }

  #leaveRow(): void {
    this.#inRow = false;
    if (this.end >= this.csv.length) return;
    this.end += this.csv[this.end] === cr && this.csv[this.end + 1] === lf ? 2 : 1;
  }
}

/**
 * Reads the value of a field byte by byte. Two quotes in a row inside quotes become one quote. Text after the
 * closing quote is part of the value.
 */
export class FieldValue {
  #csv: Uint8Array = new Uint8Array();
  #at = 0;
  #end = 0;
  #inQuotes = false;

  /** Moves to the field in the range [`start`, `end`) of a text. */
  start(csv: Uint8Array, start: number, end: number): void {
    this.#csv = csv;
    this.#inQuotes = start < end && csv[start] === quote;
    this.#at = this.#inQuotes ? start + 1 : start;
    this.#end = end;
  }

  /** The next byte of the value; -1 after the last one. */
  next(): number {
    if (this.#inQuotes && this.#at < this.#end && this.#csv[this.#at] === quote) {
      this.#at++;
      this.#inQuotes = this.#at < this.#end && this.#csv[this.#at] === quote;
    }
    return this.#at < this.#end ? (this.#csv[this.#at++] as number) : -1;
  }
}

function isFieldEnd(byte: number | undefined): boolean {
  return byte === comma || byte === lf || byte === cr;
}

function isLineEnd(byte: number | undefined): boolean {
  return byte === lf || byte === cr;
}

/**
 * Visits each row that has a field in `column`, in units. A visit may return work, which is done before the
 * next row is read.
 */
export function* eachRow(lines: CsvRows, column: number, visit: () => Work<void> | undefined): Work<void> {
  for (;;) {
    while (lines.next(column)) {
      const more = lines.fieldStart < 0 ? undefined : visit();
      if (more !== undefined) yield* more;
    }
    if (!lines.resume()) return;
    yield;
  }
}

/** The number of the line at an offset of a text. The first line has the number 1. */
export function lineAt(csv: Uint8Array, offset: number): number {
  let line = 1;
  for (let at = 0; at < offset; at++) if (csv[at] === lf || (csv[at] === cr && csv[at + 1] !== lf)) line++;
  return line;
}
