import { JsonError } from "@pruntime/core/json";

/** Checks a length against its limit, if there is one. @throws JsonError */
export function checkCount(count: number, max: number | undefined, unit: string, at: string): void {
  if (max !== undefined && count > max)
    throw new JsonError({ code: "json/out-of-range", at, want: `at most ${max} ${unit}` });
}
