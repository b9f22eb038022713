/**
 * The prefix of the paths of results. The operator cannot store files under this prefix, so a link that
 * starts with the prefix never leads to a file.
 */
export const resultPrefix = "/order/";

/** The path of an order's result. */
export function orderPath(id: number): string {
  return `${resultPrefix}${id}`;
}

/** The id of the order whose result has this path; `undefined` if it is not the path of a result. */
export function orderOf(path: string): number | undefined {
  const id = Number(path.slice(resultPrefix.length));
  return path === orderPath(id) ? id : undefined;
}
