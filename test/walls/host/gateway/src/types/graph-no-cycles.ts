import type { B } from "./innocent-cycle.ts";
export type A = B | undefined;
