/**
 * Lists are unlimited, but replies are not. In the pRuntime of 2020, requests did not name a page. The reply
 * to such a request contains the newest entries that fit, in ascending order of id. A new form of request,
 * for example `{"GetItems":{"before":<id>}}`, returns earlier entries.
 */

/** The maximum number of entries in one page. */
const maxPageEntries = 1000;
/** The approximate maximum number of characters in one page. */
const maxPageText = 1 << 20;

/**
 * The newest entries of `fromNewest` that fit into a page, oldest first. The page is empty only if
 * `fromNewest` is empty. `sizeOf` counts the characters of an entry.
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
