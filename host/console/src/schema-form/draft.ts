/**
 * What a user has typed into the form of a schema, and the JSON that it makes. A schema comes from a
 * contract, so it is treated as hostile: a form is made only for a schema within {@link formLimits}, and
 * names become text and own properties only.
 */
import { readAccount } from "@pruntime/client";
import { toHex } from "@pruntime/core/bytes";
import { ProtocolError } from "@pruntime/core/errors";
import { type Json, JsonError } from "@pruntime/core/json";
import { type Member, matchSchema, type Schema, schemaReader } from "@pruntime/interfaces";
import { idOfName } from "../session/accounts.ts";

/** What a user has typed: the text of each field, and the choices. */
export type Draft =
  | string
  | boolean
  | null
  | readonly Draft[]
  /** The fields of a struct. */
  | { readonly [field: string]: Draft };

/**
 * The schema for which the page makes a form.
 * @limit levels, fields, entries
 * @source chosen: a larger form is not usable
 * @past the user edits the JSON instead
 */
export const formLimits = { maxLevels: 12, maxFields: 120, maxEntries: 64 };

/** Whether the page makes a form for a schema. */
export function isDrawable(schema: Schema): boolean {
  let fields = 0;
  const fits = (one: Schema, level: number): boolean => {
    if (level > formLimits.maxLevels || ++fields > formLimits.maxFields) return false;
    return childrenOf(one).every((child) => fits(child, level + 1));
  };
  return fits(schema, 1);
}

function childrenOf(schema: Schema): readonly Schema[] {
  const none = (): readonly Schema[] => [];
  const members = (list: readonly Member[]): readonly Schema[] => list.map(({ type }) => type);
  return matchSchema<readonly Schema[]>(schema, {
    unit: none,
    bool: none,
    small: none,
    large: none,
    account: none,
    text: none,
    bytes: none,
    option: (of) => [of],
    list: (of) => [of],
    map: (_key, value) => [value],
    struct: members,
    variant: members,
  });
}

/** The draft of JSON that fits a schema, such as an example. What does not fit becomes empty. */
export function draftOf(schema: Schema, json: Json | undefined): Draft {
  const text = (): Draft => (typeof json === "string" || typeof json === "number" ? String(json) : "");
  return matchSchema<Draft>(schema, {
    unit: () => null,
    bool: () => json === true,
    small: text,
    large: text,
    account: text,
    text,
    bytes: text,
    option: (of) => (json === null || json === undefined ? null : [draftOf(of, json)]),
    list: (of) => (isList(json) ? json.slice(0, formLimits.maxEntries).map((one) => draftOf(of, one)) : []),
    map: (_key, value) =>
      Object.entries(asObject(json))
        .slice(0, formLimits.maxEntries)
        .map(([name, one]) => [name, draftOf(value, one ?? null)]),
    struct: (fields) =>
      Object.fromEntries(fields.map(({ name, type }) => [name, draftOf(type, own(asObject(json), name))])),
    variant: (cases) => {
      const kind = typeof json === "string" ? json : Object.keys(asObject(json))[0];
      const chosen = cases.find(({ name }) => name === kind) ?? cases[0];
      if (chosen === undefined) return null;
      return [chosen.name, draftOf(chosen.type, own(asObject(json), chosen.name))];
    },
  });
}

/**
 * The JSON of a draft, checked against its schema.
 * @throws JsonError with the path of what is wrong
 */
export function jsonOf(schema: Schema, draft: Draft): Json {
  const json = written(schema, draft, "");
  schemaReader(schema)(json, "");
  return json;
}

function written(schema: Schema, draft: Draft | undefined, at: string): Json {
  const text = typeof draft === "string" ? draft.trim() : "";
  const list = isList(draft) ? draft : [];
  return matchSchema<Json>(schema, {
    unit: () => null,
    bool: () => draft === true,
    small: () => (/^-?\d{1,10}$/.test(text) ? Number(text) : wrong(at, "a whole number")),
    large: () =>
      /^-?\d{1,40}$/.test(text) ? text.replace(/^(-?)0+(?=\d)/, "$1") : wrong(at, "a whole number"),
    account: () => accountHex(text, at),
    text: () => (typeof draft === "string" ? draft : ""),
    bytes: () => text.replace(/^0x/, ""),
    option: (of) => (draft === null ? null : written(of, list[0], at)),
    list: (of) => list.map((one, i) => written(of, one, `${at}/${i}`)),
    map: (key, value) =>
      Object.fromEntries(
        list.map((entry) => {
          const [typed, one] = isList(entry) ? entry : [];
          const name = typeof typed === "string" ? typed : "";
          return [key === "account" ? accountHex(name, at) : name, written(value, one, `${at}/${name}`)];
        }),
      ),
    struct: (fields) =>
      Object.fromEntries(
        fields.map(({ name, type }) => [name, written(type, own(asObject(draft), name), `${at}/${name}`)]),
      ),
    variant: (cases) => {
      const chosen = cases.find(({ name }) => name === list[0]);
      if (chosen === undefined) return wrong(at, "one of the choices");
      const content = written(chosen.type, list[1], `${at}/${chosen.name}`);
      return content === null ? chosen.name : Object.fromEntries([[chosen.name, content]]);
    },
  });
}

function accountHex(text: string, at: string): string {
  const named = idOfName(text);
  if (named !== undefined) return toHex(named);
  try {
    return toHex(readAccount(text));
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return wrong(at, "an account: an address, 64 hex digits, or a name such as Bob");
  }
}

function wrong(at: string, want: string): never {
  throw new JsonError({ code: "json/out-of-range", at, want });
}

function own<T>(fields: { readonly [name: string]: T | undefined }, name: string): T | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

function asObject<T extends Json | Draft | undefined>(value: T): { readonly [name: string]: never } {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return (isObject ? value : {}) as { readonly [name: string]: never };
}

/** Exists because `Array.isArray` does not narrow readonly arrays. */
function isList<T>(value: T): value is Extract<T, readonly unknown[]> {
  return Array.isArray(value);
}
