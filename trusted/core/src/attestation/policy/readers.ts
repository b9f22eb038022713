/** Readers that the sections of a policy share. */
import { toHex } from "../../bytes/index.ts";
import {
  JsonError,
  type JsonReader,
  jsonArray,
  jsonHex,
  jsonMap,
  jsonOptional,
  jsonString,
  type OptionalReader,
} from "../../json/index.ts";

/**
 * The number of items in one list of a policy.
 * @limit items
 * @source chosen
 * @past `json/out-of-range`
 */
const maxItems = 1024;

/** Reads a list of at most 1024 items. */
export function list<T>(item: JsonReader<T>): JsonReader<readonly T[]> {
  return jsonArray(item, maxItems);
}

/** Reads `length` bytes of hex in upper or lower case. Returns lower-case hex, as evidence contains it. */
export function hex(length: number): JsonReader<string, string> {
  return jsonMap(jsonHex(length), toHex);
}

/**
 * Reads `2026-12-31T23:59:59Z` as Unix milliseconds. A date without a time means the end of that day. Times
 * are UTC, and the day must exist.
 */
export const date: JsonReader<number, string> = jsonMap(jsonString(24), (text, at) => {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const full = day ? `${text}T23:59:59.999Z` : text.replace(/^([^.]*)Z$/, "$1.000Z");
  const ms = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/.test(full) ? Date.parse(full) : Number.NaN;
  if (Number.isNaN(ms) || new Date(ms).toISOString() !== full)
    throw new JsonError({
      code: "json/out-of-range",
      at,
      want: "a UTC date such as 2026-12-31T00:00:00Z, or a day such as 2026-12-31",
    });
  return ms;
});

/** The optional expiry key of every reference value. */
export const entry: { readonly notAfter: OptionalReader<number, string> } = { notAfter: jsonOptional(date) };
