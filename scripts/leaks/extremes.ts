/** The shortest and the longest JSON that a schema allows for each field whose size is secret. */
import { canonicalJson, type Json, type JsonObject } from "@pruntime/core/json";
import {
  type LargeInteger,
  type Member,
  matchSchema,
  messageJson,
  type Schema,
  type SmallInteger,
} from "@pruntime/interfaces";

/** Which value of a field is wanted. */
export type Extreme = "shortest" | "longest";

/**
 * Returns the shortest or longest value of a schema. Fields whose size is public keep the value that they
 * have in `example`. Throws if a field has a secret size and no limit: no padding can hide such a size.
 */
export function extremeOf(schema: Schema, example: Json, which: Extreme): Json {
  const choose = <T>(shortest: T, longest: T): T => (which === "shortest" ? shortest : longest);
  return matchSchema<Json>(schema, {
    unit: () => null,
    bool: () => choose(true, false),
    small: (integer) => Number(choose(0n, longestInteger(integer))),
    large: (integer) => String(choose(0n, longestInteger(integer))),
    account: () => choose("00", "ff").repeat(32),
    text: (max) => choose("", "\u0001".repeat(limited(max, "text"))),
    bytes: ({ length, max }) => choose("00", "ff").repeat(length ?? choose(0, limited(max, "bytes"))),
    option: (of) => choose<Json>(null, extremeOf(of, example ?? 0, which)),
    list: (of, max) =>
      Array.from({ length: choose(0, limited(max, "list")) }, () => extremeOf(of, itemOf(example), which)),
    map: () => {
      throw new Error("maps are not supported yet: no built-in contract has one");
    },
    struct: (fields) =>
      Object.fromEntries(fields.map((field) => [field.name, memberOf(field, example, which)])),
    variant: (cases) =>
      byLength(
        cases.map((one) => messageJson(one.name, memberOf(one, example, which))),
        which,
      ),
  });
}

function memberOf({ name, type, size }: Member, example: Json, which: Extreme): Json {
  const own = (example as JsonObject | null)?.[name] ?? null;
  return size === "public" ? own : extremeOf(type, own, which);
}

function itemOf(example: Json): Json {
  return (example as readonly Json[] | null)?.[0] ?? null;
}

/** The value of an integer type whose decimal form has the most characters. */
function longestInteger(integer: SmallInteger | LargeInteger): bigint {
  const bits = BigInt(integer.slice(1));
  return integer.startsWith("i") ? -(1n << (bits - 1n)) : (1n << bits) - 1n;
}

function limited(max: number | undefined, what: string): number {
  if (max === undefined) throw new Error(`a ${what} without a limit must have a public size`);
  return max;
}

function byLength(values: readonly Json[], which: Extreme): Json {
  const sorted = values.toSorted((a, b) => canonicalJson(a).length - canonicalJson(b).length);
  return (which === "shortest" ? sorted[0] : sorted.at(-1)) ?? null;
}
