/**
 * Which types have values that all take the same number of bytes, and how many. The answer depends on the
 * registry alone: neither the depth of a type nor the order of the questions changes it.
 */
import type { Types } from "./compile.ts";
import type { Primitive, TypeDefinition } from "./registry.ts";

/** The fixed sizes of one runtime's types. Each type is measured once, together with the types inside it. */
export class FixedSizes {
  readonly #types: Types;
  readonly #known = new Map<number, number | undefined>();

  constructor(types: Types) {
    this.#types = types;
  }

  /**
   * The size of the values of type `id` in bytes, a safe integer. `undefined` if the values have different
   * sizes, if the type contains itself, or if the size is not a safe integer.
   */
  of(id: number): number | undefined {
    const started = new Set<number>(); // types that are measured once the types above them on the stack are
    const pending = [id];
    for (let at = pending.at(-1); at !== undefined; at = pending.at(-1)) {
      const definition = this.#types.definition(at);
      if (!this.#known.has(at) && !started.has(at)) {
        started.add(at);
        for (const part of partsOf(definition))
          if (!this.#known.has(part) && !started.has(part)) pending.push(part);
        continue;
      }
      // A part whose size is still unknown contains this type, so neither has a fixed size.
      if (!this.#known.has(at)) this.#known.set(at, this.#measure(definition));
      pending.pop();
    }
    return this.#known.get(id);
  }

  /** The size of a type, from the known sizes of its parts. */
  #measure(definition: TypeDefinition): number | undefined {
    switch (definition.kind) {
      case "primitive":
        return primitiveBytes[definition.primitive];
      case "composite":
      case "tuple": {
        let sum = 0;
        for (const part of partsOf(definition)) sum += this.#known.get(part) ?? Number.NaN;
        return safe(sum);
      }
      case "array":
        return definition.length === 0
          ? 0
          : safe(definition.length * (this.#known.get(definition.element) ?? Number.NaN));
      case "compact":
        return this.#known.get(definition.element) === 0 ? 0 : undefined;
      default:
        return undefined;
    }
  }
}

function safe(bytes: number): number | undefined {
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** The types whose sizes decide the size of a type. */
function partsOf(definition: TypeDefinition): readonly number[] {
  switch (definition.kind) {
    case "composite":
      return definition.fields.map(({ type }) => type);
    case "tuple":
      return definition.elements;
    case "array":
      return definition.length === 0 ? [] : [definition.element];
    case "compact":
      return [definition.element];
    default:
      return [];
  }
}

/** The size of each primitive's values in bytes. A `str` has no fixed size. */
const primitiveBytes: Readonly<Record<Primitive, number | undefined>> = {
  ...{ bool: 1, char: 4, str: undefined },
  ...{ u8: 1, u16: 2, u32: 4, u64: 8, u128: 16, u256: 32 },
  ...{ i8: 1, i16: 2, i32: 4, i64: 8, i128: 16, i256: 32 },
};
