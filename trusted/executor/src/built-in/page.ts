/**
 * Lists are unlimited, but replies are not. The requests of 2020 have no pages: the reply contains the newest
 * entries that fit, in ascending order of id. `{"GetItems":{"before":<id>}}`, which is new, requests earlier
 * entries.
 */

/** The most entries in one page. */
const maxPageEntries = 1000;
/** The most characters of text in one page, approximately. */
const maxPageText = 1 << 20;

/**
 * The newest entries of `fromNewest` that fit into a page, oldest first. The page always has at least one.
 * `sizeOf` counts characters.
 */
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
