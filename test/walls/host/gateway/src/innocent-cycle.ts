import { a } from "./graph-no-cycles.ts";
export const b: number = a;
