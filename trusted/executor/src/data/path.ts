/** UTF-16 units of a path, and of a link to one. */
export const maxPathLength = 1024;

/** Where results live. Nobody writes there, and no link finds a file there. */
export const resultPrefix = "/order/";

/** Where the result of an order is found. */
export function orderPath(id: number): string {
  return `${resultPrefix}${id}`;
}
