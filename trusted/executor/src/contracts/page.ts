/**
 * Lists grow without end, replies do not. The requests of 2020 take no page: they answer with the newest entries that fit, in the order of
 * their ids. Earlier ones are asked for with `{"GetItems":{"before":<id>}}`, which 2020 did not have.
 */
import { type Json, type JsonReader, jsonObject, jsonOptional, jsonU32 } from "@pruntime/core/json";

export interface PageRequest {
  /** Only entries with smaller ids. */
  readonly before: number | undefined;
}

const readBefore = jsonObject({ before: jsonOptional(jsonU32) }, "ignored");

/** `null` (the 2020 form, see {@link unitAsPage}) or `{"before":<id>}`. */
export const readPage: JsonReader<PageRequest> = (value, at) =>
  value === null ? { before: undefined } : readBefore(value, at);

/** `"Name"` is `{"Name":null}` to serde; here too, where content may follow. */
export function unitAsPage(request: Json): Json {
  return typeof request === "string" ? { [request]: null } : request;
}

/** Entries in one page. */
export const maxPageEntries = 1000;
/** Characters of text in one page, about. */
export const maxPageText: number = 1 << 20;

/** The newest entries of `fromNewest` that fit into a page, oldest first. One always fits. `sizeOf` is in characters. */
export function newestPage<T>(fromNewest: Iterable<T>, sizeOf: (entry: T) => number): T[] {
  const page: T[] = [];
  let text = 0;
  for (const entry of fromNewest) {
    text += sizeOf(entry);
    if (page.length > 0 && text > maxPageText) break;
    page.push(entry);
    if (page.length === maxPageEntries) break;
  }
  return page.reverse();
}
