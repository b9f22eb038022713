/**
 * Compiles registry types into readers, each type once. A reader looks up the readers of its parts by
 * position when it runs, so the compiler does not recurse, and a type may contain itself. The
 * {@link ValueReader} limits how deep and how large values can be.
 */
import { MetadataError } from "./error.ts";
import { bitSequenceReader, compactReader, primitiveReaders } from "./primitive.ts";
import { type Field, type RegistryType, storeBytes, type TypeDefinition, type Variant } from "./registry.ts";
import type { NamedFields, Value, ValueReader, VariantValue } from "./value.ts";

/**
 * Reads the SCALE bytes of one runtime type into a {@link Value}.
 * @throws CodecError; BytesError; {@link MetadataError} `metadata/too-deep`, `metadata/too-large`
 */
export type ReadValue = (r: ValueReader) => Value;

/** The types of one runtime, compiled when they are first used. */
export class Types {
  readonly #types: readonly RegistryType[];
  readonly #readers: (ReadValue | undefined)[];
  readonly #resolved: (number | undefined)[];

  constructor(types: readonly RegistryType[]) {
    this.#types = types;
    this.#readers = new Array<undefined>(types.length);
    this.#resolved = new Array<undefined>(types.length);
  }

  /**
   * Returns the reader of type `id`. Compiles the type and all types that it consists of, if necessary.
   * @throws {@link MetadataError} `metadata/bad-type`, `metadata/unknown-type`
   */
  reader(id: number): ReadValue {
    const start = this.resolve(id);
    const compiled = new Map<number, ReadValue>();
    const pending = [start];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (compiled.has(next) || this.#readers[next] !== undefined) continue;
      compiled.set(next, this.#compile(next));
      for (const part of partsOf(this.definition(next))) pending.push(this.resolve(part));
    }
    for (const [type, read] of compiled) this.#readers[type] = read; // only after all of them have compiled
    return this.#readers[start] as ReadValue;
  }

  /**
   * Finds the type that determines the encoding of type `id`. A type with a single, unnamed field is encoded
   * exactly like that field.
   */
  resolve(id: number): number {
    let at = id;
    const passed: number[] = [];
    for (;;) {
      const inner = this.#resolved[at] ?? transparent(this.definition(at));
      if (inner === undefined) break;
      if (passed.length > this.#types.length) throw badType(id, "contains only itself");
      passed.push(at);
      at = inner;
    }
    for (const type of passed) this.#resolved[type] = at; // so that a long chain is followed only once
    return at;
  }

  definition(id: number): TypeDefinition {
    return this.type(id).definition;
  }

  /**
   * The definition of type `id`.
   * @throws {@link MetadataError} `metadata/unknown-type`
   */
  type(id: number): RegistryType {
    const type = this.#types[id];
    if (type === undefined)
      throw new MetadataError({ code: "metadata/unknown-type", id, types: this.#types.length });
    return type;
  }

  /**
   * Makes a reader that reads the fields of a composite or of an enum's variant into an object. The key of an
   * unnamed field is its position.
   */
  fieldsReader(id: number, fields: readonly Field[]): (r: ValueReader) => NamedFields {
    const names = fields.map(({ name }, i) => name ?? String(i));
    if (new Set(names).size !== names.length) throw badType(id, "two fields have the same name");
    if (names.includes("__proto__")) throw badType(id, "a field is named __proto__");
    const types = fields.map(({ type }) => this.resolve(type));
    const readers = this.#readers;
    return (r) => {
      r.enter(names.length);
      const value: Record<string, Value> = {};
      for (let i = 0; i < names.length; i++)
        value[names[i] as string] = (readers[types[i] as number] as ReadValue)(r);
      r.leave();
      return value;
    };
  }

  #compile(id: number): ReadValue {
    const { path, definition } = this.type(id);
    switch (definition.kind) {
      case "composite":
        return this.#content(id, definition.fields);
      case "variant":
        return path.length === 1 && path[0] === "Option"
          ? this.#option(id, definition.variants)
          : this.#variant(id, definition.variants);
      case "sequence":
        return this.#sequence(definition.element);
      case "array":
        return this.#array(definition.element, definition.length);
      case "tuple":
        return this.#tuple(definition.elements);
      case "primitive":
        return primitiveReaders[definition.primitive];
      case "compact":
        return this.#compact(id, definition.element);
      case "bit-sequence":
        return this.#bitSequence(id, definition.store, definition.order);
    }
  }

  /**
   * Makes a reader for the content of a composite or of a variant: nothing, one field, fields by position, or
   * fields by name.
   */
  #content(id: number, fields: readonly Field[]): ReadValue {
    if (fields.some(({ name }) => name !== undefined)) return this.fieldsReader(id, fields);
    return this.#tuple(fields.map(({ type }) => type));
  }

  #tuple(elements: readonly number[]): ReadValue {
    if (elements.length === 0) return () => null;
    const types = elements.map((type) => this.resolve(type));
    const readers = this.#readers;
    const [only] = types;
    if (only !== undefined && types.length === 1)
      return (r) => {
        r.enter(1);
        const value = (readers[only] as ReadValue)(r);
        r.leave();
        return value;
      };
    return (r) => {
      r.enter(types.length);
      const value: Value[] = [];
      for (const type of types) value.push((readers[type] as ReadValue)(r));
      r.leave();
      return value;
    };
  }

  #variant(id: number, variants: readonly Variant[]): ReadValue {
    const alternatives = new Array<ReadValue | undefined>(256);
    for (const { name, index, fields } of variants) {
      if (alternatives[index] !== undefined) throw badType(id, "two variants have the same index");
      const unit: VariantValue = Object.freeze({ kind: name, value: null });
      const content = this.#content(id, fields);
      alternatives[index] =
        fields.length === 0 ? () => unit : (r): VariantValue => ({ kind: name, value: content(r) });
    }
    return (r) => {
      const tag = r.u8();
      const read = alternatives[tag];
      if (read === undefined) throw r.badTag(this.#name(id), tag);
      return read(r);
    };
  }

  /**
   * Makes a reader of an option. The outer layer of `Option<Option<T>>` is read as an ordinary enum, because
   * `undefined` would be ambiguous.
   */
  #option(id: number, variants: readonly Variant[]): ReadValue {
    const [none, some] = variants;
    const [field] = some?.fields ?? [];
    const regular =
      none?.name === "None" &&
      none.index === 0 &&
      some?.name === "Some" &&
      some.index === 1 &&
      variants.length === 2;
    if (!regular || field === undefined || none.fields.length !== 0 || some.fields.length !== 1)
      throw badType(id, "an Option that differs from the standard one");
    const type = this.resolve(field.type);
    if (this.type(type).path.join() === "Option") return this.#variant(id, variants);
    const readers = this.#readers;
    return (r) => {
      const tag = r.u8();
      if (tag === 0) return undefined;
      if (tag !== 1) throw r.badTag("Option", tag);
      r.enter(1);
      const value = (readers[type] as ReadValue)(r);
      r.leave();
      return value;
    };
  }

  #sequence(element: number): ReadValue {
    if (this.#isByte(element)) return (r) => r.vecU8();
    const least = alwaysTakesBytes(this.definition(this.resolve(element))) ? 1 : 0;
    return this.#many(element, (r) => r.count(least));
  }

  #array(element: number, length: number): ReadValue {
    if (this.#isByte(element)) return (r) => r.take(length);
    return this.#many(element, () => length);
  }

  /**
   * Makes a reader of a list. The reader first checks the number of elements against a limit that depends on
   * the length of the input, because elements may take no bytes.
   */
  #many(element: number, count: (r: ValueReader) => number): ReadValue {
    const type = this.resolve(element);
    const readers = this.#readers;
    return (r) => {
      const length = count(r);
      r.enter(length);
      const read = readers[type] as ReadValue;
      const values: Value[] = [];
      for (let i = 0; i < length; i++) values.push(read(r));
      r.leave();
      return values;
    };
  }

  #isByte(id: number): boolean {
    const definition = this.definition(this.resolve(id));
    return definition.kind === "primitive" && definition.primitive === "u8";
  }

  /** Makes a reader of the compact form of an integer, of a type that wraps one integer, or of `()`. */
  #compact(id: number, element: number): ReadValue {
    let inner = this.resolve(element);
    for (let steps = 0; steps < maxWrappers; steps++) {
      const definition = this.definition(inner);
      if (definition.kind === "tuple" && definition.elements.length === 0) return () => null;
      const [only] =
        definition.kind === "composite" && definition.fields.length === 1 ? definition.fields : [];
      if (only === undefined) break;
      inner = this.resolve(only.type);
    }
    const definition = this.definition(inner);
    const read = definition.kind === "primitive" ? compactReader(definition.primitive) : undefined;
    if (read === undefined) throw badType(id, "the compact form of a type that is not an unsigned integer");
    return read;
  }

  #bitSequence(id: number, store: number, order: number): ReadValue {
    const definition = this.definition(store);
    const bytes = definition.kind === "primitive" ? storeBytes[definition.primitive] : undefined;
    const filled = this.#name(order);
    if (bytes === undefined || (filled !== "Lsb0" && filled !== "Msb0"))
      throw badType(id, "a bit sequence with an unknown element type or bit order");
    return bitSequenceReader(bytes, filled === "Lsb0");
  }

  #name(id: number): string {
    return this.type(id).path.at(-1) ?? "enum";
  }
}

/**
 * The types that may wrap an integer inside `Compact`.
 * @limit types
 * @source chosen: runtimes use one or two
 * @past the runtime's metadata is refused
 */
const maxWrappers = 8;

/**
 * Returns the type of the single, unnamed field of a composite or tuple, which is encoded exactly like that
 * field. Returns `undefined` for any other definition.
 */
function transparent(definition: TypeDefinition): number | undefined {
  if (definition.kind === "tuple" && definition.elements.length === 1) return definition.elements[0];
  const [only] = definition.kind === "composite" && definition.fields.length === 1 ? definition.fields : [];
  return only?.name === undefined ? only?.type : undefined;
}

/** Whether the kind of a type alone ensures that every value of the type takes at least one byte. */
function alwaysTakesBytes({ kind }: TypeDefinition): boolean {
  return kind === "variant" || kind === "sequence" || kind === "primitive" || kind === "bit-sequence";
}

/** The types whose readers the reader of this definition calls directly. */
function partsOf(definition: TypeDefinition): readonly number[] {
  switch (definition.kind) {
    case "composite":
      return definition.fields.map(({ type }) => type);
    case "variant":
      return definition.variants.flatMap(({ fields }) => fields.map(({ type }) => type));
    case "sequence":
    case "array":
      return [definition.element];
    case "tuple":
      return definition.elements;
    default:
      return [];
  }
}

function badType(id: number, reason: string): MetadataError {
  return new MetadataError({ code: "metadata/bad-type", id, reason });
}
