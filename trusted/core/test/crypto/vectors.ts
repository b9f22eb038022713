import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A published vector file below `vectors/`. */
// biome-ignore lint/suspicious/noExplicitAny: vector files have no declared shape
export function vectors(path: string): any {
  return JSON.parse(readFileSync(join(import.meta.dirname, "../../../../vectors", path), "utf8"));
}
