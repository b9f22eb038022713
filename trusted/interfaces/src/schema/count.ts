import { JsonError } from "@pruntime/core/json";

/** Checks that `count` is at most `max`. If `max` is `undefined`, there is no limit. @throws JsonError */
export function checkCount(count: number, max: number | undefined, unit: string, at: string): void {
  if (max !== undefined && count > max)
    throw new JsonError({ code: "json/out-of-range", at, want: `at most ${max} ${unit}` });
}
