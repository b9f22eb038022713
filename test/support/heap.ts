import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Returns how many bytes of heap the result of `make` keeps alive. */
export function retainedBytes(make: () => unknown): number {
  make(); // the first call also allocates data that later calls reuse, which must not count
  collect();
  const before = process.memoryUsage().heapUsed;
  const kept = [make()];
  collect();
  const after = process.memoryUsage().heapUsed;
  return kept.length === 1 ? after - before : 0;
}
