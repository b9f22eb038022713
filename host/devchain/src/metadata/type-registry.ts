/**
 * A type registry that is filled from type expressions in Rust's notation, for example `Vec<(AccountId32,
 * u64)>`, `[u8; 32]`, `Compact<u128>` or `Option<u32>`. A table defines the named types. Each type is
 * registered once, on first use.
 */

/** Named fields as an object from name to type, or unnamed fields as a list of types. */
export type Fields = Readonly<Record<string, string>> | readonly string[];

/** One variant of an enum. `fields` is absent for a variant without content. */
export interface Variant {
  readonly name: string;
  readonly index: number;
  readonly fields?: Fields;
  readonly docs?: string;
}

/**
 * A named type: a struct (`fields`) or an enum (`variants`). `params` are its generic arguments, which
 * clients read by name.
 */
export interface NamedType {
  readonly path: string;
  readonly fields?: Fields;
  readonly variants?: readonly Variant[];
  readonly params?: Readonly<Record<string, string>>;
}

/** A field of a struct or variant in a registry entry. */
export interface Field {
  readonly name: string | undefined;
  readonly type: number;
  readonly typeName: string;
  readonly docs: string[];
}

type Definition =
  | { readonly tag: "composite"; readonly value: Field[] }
  | {
      readonly tag: "variant";
      readonly value: { name: string; fields: Field[]; index: number; docs: string[] }[];
    }
  | { readonly tag: "sequence" | "compact"; readonly value: number }
  | { readonly tag: "array"; readonly value: { readonly len: number; readonly type: number } }
  | { readonly tag: "tuple"; readonly value: number[] }
  | { readonly tag: "primitive"; readonly value: { readonly tag: string; readonly value: undefined } };

/** A registry entry in the shape of `@polkadot-api/substrate-bindings`. */
export interface Entry {
  readonly id: number;
  readonly path: string[];
  readonly params: { readonly name: string; readonly type: number }[];
  readonly def: Definition;
  readonly docs: string[];
}

const primitives = new Set(["bool", "str", "u8", "u16", "u32", "u64", "u128"]);

/** Types in order of their first use, which determines their ids. */
export class TypeRegistry {
  readonly #entries: (Entry | undefined)[] = [];
  readonly #ids = new Map<string, number>();
  readonly #named: Readonly<Record<string, NamedType>>;

  constructor(named: Readonly<Record<string, NamedType>>) {
    this.#named = named;
  }

  /** The entries of all types registered so far. */
  entries(): Entry[] {
    return this.#entries.filter((entry) => entry !== undefined);
  }

  /** Returns the id of a type expression, and registers the type on its first use. */
  id(expression: string): number {
    const text = expression.replaceAll(" ", "");
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    const id = this.#entries.push(undefined) - 1; // reserved first, because a type may contain itself
    this.#ids.set(text, id);
    this.#entries[id] = { id, docs: [], ...this.#describe(text) };
    return id;
  }

  #describe(text: string): Pick<Entry, "path" | "params" | "def"> {
    const named = this.#named[text];
    if (named !== undefined) return this.#describeNamed(named);
    if (primitives.has(text)) return anonymous({ tag: "primitive", value: { tag: text, value: undefined } });
    const [head, args] = split(text);
    const ids = args.map((arg) => this.id(arg));
    switch (head) {
      case "Vec":
        return anonymous({ tag: "sequence", value: first(ids) });
      case "Compact":
        return anonymous({ tag: "compact", value: first(ids) });
      case "()":
        return anonymous({ tag: "tuple", value: ids });
      case "[]":
        return anonymous({
          tag: "array",
          value: { type: first(ids), len: Number(text.slice(text.lastIndexOf(";") + 1, -1)) },
        });
      case "Option":
        return this.#describeNamed({
          path: "Option",
          variants: enumOf({ None: [], Some: args }),
          params: { T: args[0] ?? "" },
        });
      case "Result":
        return this.#describeNamed({
          path: "Result",
          variants: enumOf({ Ok: args.slice(0, 1), Err: args.slice(1) }),
          params: { T: args[0] ?? "", E: args[1] ?? "" },
        });
      default:
        throw new TypeError(`type expression not understood: ${text}`);
    }
  }

  #describeNamed({ path, fields, variants, params }: NamedType): Pick<Entry, "path" | "params" | "def"> {
    const def: Definition = variants
      ? {
          tag: "variant",
          value: variants.map(({ name, index, fields: inner, docs }) => ({
            name,
            index,
            fields: this.#fields(inner ?? []),
            docs: docs === undefined ? [] : [docs],
          })),
        }
      : { tag: "composite", value: this.#fields(fields ?? []) };
    const named = Object.entries(params ?? {}).map(([name, type]) => ({ name, type: this.id(type) }));
    return { path: path.split("::"), params: named, def };
  }

  #fields(fields: Fields): Field[] {
    const list = Array.isArray(fields)
      ? fields.map((type) => [undefined, type] as const)
      : Object.entries(fields);
    return list.map(([name, type]) => ({ name, type: this.id(type), typeName: type, docs: [] }));
  }
}

/** Makes the variants of an enum from their names and fields, and numbers them from zero. */
export function enumOf(variants: Readonly<Record<string, Fields>>): Variant[] {
  return Object.entries(variants).map(([name, fields], index) => ({ name, index, fields }));
}

/** Makes variants without fields, and numbers them from zero. */
export function unitEnum(...names: readonly string[]): Variant[] {
  return names.map((name, index) => ({ name, index }));
}

function anonymous(def: Definition): Pick<Entry, "path" | "params" | "def"> {
  return { path: [], params: [], def };
}

function first(ids: readonly number[]): number {
  const [id] = ids;
  if (id === undefined) throw new TypeError("type expression without its argument");
  return id;
}

/** Splits `Vec<A>` into ["Vec", ["A"]], `(A,B)` into ["()", ["A", "B"]], and `[A;3]` into ["[]", ["A"]]. */
function split(text: string): [head: string, args: string[]] {
  if (text.startsWith("[")) return ["[]", [text.slice(1, text.lastIndexOf(";"))]];
  const open = text.search(/[<(]/);
  const head = text.startsWith("(") ? "()" : text.slice(0, open < 0 ? text.length : open);
  return [head, open < 0 ? [] : splitArguments(text.slice(open + 1, -1))];
}

function splitArguments(text: string): string[] {
  const args: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if ("<([".includes(char)) depth++;
    else if (">)]".includes(char)) depth--;
    else if (char === "," && depth === 0) {
      args.push(text.slice(start, i));
      start = i + 1;
    }
  }
  if (text.length > start) args.push(text.slice(start));
  return args;
}
