import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Bytes of heap that what `make` returns keeps alive. */
export function retainedBytes(make: () => unknown): number {
  make(); // what is made once only is not counted
  collect();
  const before = process.memoryUsage().heapUsed;
  const kept = [make()];
  collect();
  const after = process.memoryUsage().heapUsed;
  return kept.length === 1 ? after - before : 0;
}
