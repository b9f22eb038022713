/** Describes a schema of a contract's interface as rows of a table: one row for each field and each case. */
import { type Member, matchSchema, type Schema, type SchemaCases } from "@pruntime/interfaces";

/** A field or a case: the path to it, and its type in words. */
export interface Row {
  readonly path: string;
  readonly type: string;
}

/** Returns the rows of a schema. A schema that is just `unit` has no rows. */
export function describeSchema(schema: Schema): readonly Row[] {
  return schema === "unit" ? [] : rowsOf(schema)("");
}

/** Makes the rows of a schema at a path. */
type Rows = (path: string) => readonly Row[];

const rows: SchemaCases<Rows> = {
  unit: () => one("nothing"),
  bool: () => one("`true` or `false`"),
  small: (integer) => one(`\`${integer}\``),
  large: (integer) => one(`\`${integer}\`, as text`),
  account: () => one("account, 64 hex digits"),
  text: (max) => one(max === undefined ? "text" : `text, at most ${max} characters`),
  bytes: ({ length, max }) => one(bytesText(length, max)),
  option: (of) => (path) => rowsOf(of)(path).map(optional),
  list: (of, max) => (path) => rowsOf(of)(`${path}[${max === undefined ? "" : `≤ ${max}`}]`),
  map: (key, value, max) => (path) => [
    ...rowsOf(key)(`${path}{key${max === undefined ? "" : ` ≤ ${max}`}}`),
    ...rowsOf(value)(`${path}{}`),
  ],
  struct: members,
  variant: members,
};

function rowsOf(schema: Schema): Rows {
  return matchSchema(schema, rows);
}

function optional({ path, type }: Row): Row {
  return { path, type: type.startsWith("optional ") ? type : `optional ${type}` };
}

function one(type: string): Rows {
  return (path) => [{ path: path === "" ? "(itself)" : path, type }];
}

function members(list: readonly Member[]): Rows {
  return (path) =>
    list.flatMap(({ name, type, size }) => {
      const rows = rowsOf(type)(path === "" ? name : `${path}.${name}`);
      return size === "public" ? rows.map(withPublicSize) : rows;
    });
}

function withPublicSize({ path, type }: Row): Row {
  return { path, type: type.endsWith(publicSize) ? type : `${type}${publicSize}` };
}

const publicSize = "; public size";

function bytesText(length: number | undefined, max: number | undefined): string {
  if (length !== undefined) return `bytes, ${2 * length} hex digits`;
  return max === undefined ? "bytes, hex" : `bytes, hex, at most ${max} bytes`;
}
