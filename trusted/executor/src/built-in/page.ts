/**
 * Lists are unlimited, but replies are not. The requests of 2020 have no page: the reply has the newest
 * entries that fit, in the order of their ids. `{"GetItems":{"before":<id>}}`, which 2020 did not have,
 * requests earlier entries.
 */

/** The most entries in one page. */
const maxPageEntries = 1000;
/** The most characters of text in one page, approximately. */
const maxPageText = 1 << 20;

/**
 * The newest entries of `fromNewest` that fit into a page, oldest first. One always fits. `sizeOf` is in
 * characters.
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
