import type { A } from "./graph-no-cycles.ts";
export type B = { readonly a: A };
