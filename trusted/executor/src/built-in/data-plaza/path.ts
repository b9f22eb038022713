/** The paths of results begin so. The operator cannot write a file there, and no link finds one. */
export const resultPrefix = "/order/";

/** Where the result of an order is found. */
export function orderPath(id: number): string {
  return `${resultPrefix}${id}`;
}
