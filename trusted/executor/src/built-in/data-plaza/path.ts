/**
 * The prefix of the paths of results. The operator cannot write files under it, and links cannot point to it.
 */
export const resultPrefix = "/order/";

/** The path of an order's result. */
export function orderPath(id: number): string {
  return `${resultPrefix}${id}`;
}
