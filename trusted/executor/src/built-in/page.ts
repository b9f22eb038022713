/**
 * Lists are unlimited, but answers are not. In the pRuntime of 2020, requests did not name a page. The answer
 * to such a request contains the newest entries that fit, in ascending order of id. A new form of request,
 * for example `{"GetItems":{"before":<id>}}`, returns earlier entries.
 */
import { utf8 } from "@pruntime/core/bytes";
import { maxAnswerBytes } from "@pruntime/core/channel";

/** The entries of a list, newest first. The answer to a request for the list is a page of these entries. */
export class Newest<T> {
  readonly entries: Iterable<T>;

  constructor(entries: Iterable<T>) {
    this.entries = entries;
  }
}

/**
 * Returns the JSON text of the page with the newest entries that fit into an answer, oldest first. `write`
 * returns the JSON text of an answer that lists the given entries. The page is empty only if there are no
 * entries, because commands are so short that any single entry fits.
 */
export function pageText<T>({ entries }: Newest<T>, write: (page: readonly T[]) => string): string {
  const empty = write([]);
  const start = empty.indexOf("[]") + 1;
  const [before, after] = [empty.slice(0, start), empty.slice(start)];
  const page: string[] = [];
  let bytes = empty.length;
  for (const entry of entries) {
    const text = write([entry]).slice(before.length, -after.length);
    bytes += utf8(text).length + (page.length === 0 ? 0 : 1); // a comma
    if (bytes > maxAnswerBytes) break;
    page.push(text);
  }
  return before + page.reverse().join(",") + after;
}
