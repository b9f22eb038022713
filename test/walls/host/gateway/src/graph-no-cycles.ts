import { b } from "./innocent-cycle.ts";
export const a: number = b;
