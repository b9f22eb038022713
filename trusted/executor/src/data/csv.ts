/**
 * Rows of an RFC 4180 text, told by offsets so that a row can be handed on byte for byte. Read as forgivingly as 2020's reader did: a row ends
 * with LF, CRLF or CR, an empty line is no row, a quote inside an unquoted field is text, a quote never closed closes at the end. There is no
 * text it refuses, and a row or field may be as long as the file.
 */

const [quote, comma, lf, cr] = [0x22, 0x2c, 0x0a, 0x0d];

/** Told of each field of a row: its column and where it stands, quotes included. */
export type FieldVisitor = (column: number, start: number, end: number) => void;

/** Where the first row starts: behind a byte order mark, if there is one. */
export function csvStart(csv: Uint8Array): number {
  return csv[0] === 0xef && csv[1] === 0xbb && csv[2] === 0xbf ? 3 : 0;
}

/** Visits the fields of the row at `start`; an empty line has none. Returns where the next row starts. */
export function visitRow(csv: Uint8Array, start: number, visit: FieldVisitor): number {
  let at = start;
  if (isLineEnd(csv[at])) return skipLineEnd(csv, at);
  for (let column = 0; ; column++) {
    const end = fieldEnd(csv, at);
    visit(column, at, end);
    if (csv[end] !== comma) return skipLineEnd(csv, end);
    at = end + 1;
  }
}

/** The field's value, one UTF-16 unit per byte: a key to compare by, not text to read. */
export function fieldKey(csv: Uint8Array, start: number, end: number): string {
  if (csv[start] !== quote) return latin1(csv.subarray(start, end));
  const value = new Uint8Array(end - start);
  let length = 0;
  let quoted = true;
  for (let at = start + 1; at < end; at++) {
    if (quoted && csv[at] === quote) {
      if (csv[at + 1] === quote && at + 1 < end) at++;
      else {
        quoted = false;
        continue;
      }
    }
    value[length++] = csv[at] as number;
  }
  return latin1(value.subarray(0, length));
}

function fieldEnd(csv: Uint8Array, start: number): number {
  let at = start;
  if (csv[at] === quote) at = quotedEnd(csv, at + 1);
  while (at < csv.length && csv[at] !== comma && !isLineEnd(csv[at])) at++;
  return at;
}

/** Behind the closing quote of the field whose text starts at `at`. */
function quotedEnd(csv: Uint8Array, start: number): number {
  for (let at = start; at < csv.length; at++) {
    if (csv[at] !== quote) continue;
    if (csv[at + 1] !== quote) return at + 1;
    at++;
  }
  return csv.length;
}

function isLineEnd(byte: number | undefined): boolean {
  return byte === lf || byte === cr;
}

function skipLineEnd(csv: Uint8Array, at: number): number {
  if (csv[at] === cr && csv[at + 1] === lf) return at + 2;
  return Math.min(at + 1, csv.length);
}

function latin1(bytes: Uint8Array): string {
  if (bytes.length <= chunk) return String.fromCharCode(...bytes);
  let text = "";
  for (let at = 0; at < bytes.length; at += chunk) text += String.fromCharCode(...bytes.subarray(at, at + chunk));
  return text;
}

const chunk = 4096;
