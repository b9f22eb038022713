/**
 * Reads a schema from a deployed contract's interface. Refuses everything that the schema language
 * (schema.ts) does not allow.
 */
import {
  type Json,
  JsonError,
  type JsonReader,
  jsonAnyObject,
  jsonArray,
  jsonEnum,
  jsonObject,
  jsonOptional,
  jsonU32,
  jsonVariant,
} from "@pruntime/core/json";
import { mayBeNull } from "./match.ts";
import type { KeySchema, Member, Schema } from "./schema.ts";

/**
 * The fields of one struct, and the cases of one variant, in an interface.
 * @limit members
 * @source chosen
 * @past `json/out-of-range`
 */
const maxMembers = 256;

/** The schemas that are a name alone. The type makes the compiler check that no name is missing. */
const names: Readonly<Record<Extract<Schema, string>, true>> = {
  unit: true,
  bool: true,
  u8: true,
  u16: true,
  u32: true,
  u64: true,
  u128: true,
  i8: true,
  i16: true,
  i32: true,
  i64: true,
  i128: true,
  account: true,
  text: true,
  bytes: true,
};

/**
 * Reads a schema. The caller's JSON limits bound the schema's depth and size. Throws JsonError for a schema
 * outside the language: for example, an unknown form, two members with the same name, a variant without
 * cases, or an option whose content may be `null`.
 */
export const readSchema: JsonReader<Schema> = (value, at) =>
  typeof value === "string" ? readName(value, at) : readForm(value, at);

/** Reads the name of a field, a case, a command or a request. @throws JsonError */
export const readMemberName: JsonReader<string> = (value, at) => {
  if (typeof value !== "string") throw new JsonError({ code: "json/wrong-type", at, want: "string" });
  if (!/^[A-Za-z][A-Za-z0-9_]{0,63}$/.test(value))
    throw new JsonError({ code: "json/out-of-range", at, want: "a letter, then letters, digits or _" });
  return value;
};

/** Checks that all members have different names. @throws JsonError */
export function checkNames(members: readonly { readonly name: string }[], at: string): void {
  const distinct = new Set(members.map(({ name }) => name));
  if (distinct.size < members.length)
    throw new JsonError({ code: "json/out-of-range", at, want: "a different name for each member" });
}

function readName(value: string, at: string): Schema {
  if (!Object.hasOwn(names, value)) throw new JsonError({ code: "json/unknown-variant", at });
  return value as keyof typeof names;
}

const memberFields = jsonObject({
  name: readMemberName,
  type: readSchema,
  size: jsonOptional(jsonEnum(["public"])),
});

/** A member whose size is secret has no field `size`. */
const readMember: JsonReader<Member> = (value, at) => {
  const { size, ...member } = memberFields(value, at);
  return size === undefined ? member : { ...member, size };
};

const readMembers: JsonReader<readonly Member[]> = (value, at) => {
  const members = jsonArray(readMember, maxMembers)(value, at);
  checkNames(members, at);
  return members;
};

const readCases: JsonReader<readonly Member[]> = (value, at) => {
  const cases = readMembers(value, at);
  if (cases.length === 0) throw new JsonError({ code: "json/out-of-range", at, want: "at least one case" });
  return cases;
};

const readOption: JsonReader<Schema> = (value, at) => {
  const of = readSchema(value, at);
  if (mayBeNull(of))
    throw new JsonError({ code: "json/out-of-range", at, want: "a type that is never null itself" });
  return of;
};

const readLength = jsonObject({ length: jsonU32 });
const readMax = jsonObject({ max: jsonU32 });
const readBytes: JsonReader<{ readonly length: number } | { readonly max: number }> = (value, at) =>
  "length" in jsonAnyObject(value, at) ? readLength(value, at) : readMax(value, at);

const readKey: JsonReader<KeySchema> = (value, at) => {
  const key = readSchema(value, at);
  if (!isKey(key))
    throw new JsonError({ code: "json/out-of-range", at, want: "a type that is text in JSON" });
  return key;
};

const listFields = jsonObject({ of: readSchema, max: jsonOptional(jsonU32) });
const mapFields = jsonObject({ key: readKey, value: readSchema, max: jsonOptional(jsonU32) });

const forms = jsonVariant({
  text: readMax,
  bytes: readBytes,
  option: readOption,
  list: (value, at) => withLimit(listFields(value, at)),
  map: (value, at) => withLimit(mapFields(value, at)),
  struct: readMembers,
  variant: readCases,
});

function readForm(value: Json, at: string): Schema {
  const { kind, value: content } = forms(value, at);
  return { [kind]: content } as Schema; // one of the forms; its own reader reads the content
}

/** Removes the field `max` if it is `undefined`, because a schema without a limit has no such field. */
function withLimit<T extends { readonly max: number | undefined }>({ max, ...form }: T): Omit<T, "max"> {
  return max === undefined ? form : { ...form, max };
}

function isKey(schema: Schema): schema is KeySchema {
  if (typeof schema === "object") return "text" in schema || "bytes" in schema;
  return schema !== "unit" && schema !== "bool";
}
