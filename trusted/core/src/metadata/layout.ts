/**
 * The sizes of the values of runtime types. Each type is compiled into a layout once. Layouts refer to one
 * another by position, so deeply nested types and values do not cause deep recursion.
 */
import type { Types } from "./compile.ts";
import { type Primitive, storeBytes, type TypeDefinition, type Variant } from "./registry.ts";

/**
 * How to skip a value of one type. The numbers in `parts`, `alternatives` and `element` are positions of
 * other layouts.
 */
export type Layout =
  | { readonly kind: "fixed"; readonly bytes: number }
  | { readonly kind: "compact" }
  | { readonly kind: "bits"; readonly storeBytes: number }
  | { readonly kind: "parts"; readonly parts: readonly number[] }
  | { readonly kind: "variant"; readonly alternatives: ReadonlyMap<number, readonly number[]> }
  | { readonly kind: "sequence"; readonly element: number; readonly elementBytes: number | undefined }
  | { readonly kind: "array"; readonly element: number; readonly length: number }
  /** A call inside a value. Runtimes store it in a `Box`. `call` is the position of the call's layout. */
  | { readonly kind: "boxed"; readonly call: number }
  /** Marks where a walk leaves a sequence or a box. */
  | { readonly kind: "leave" }
  /** The bytes that `System.remark_with_event` takes as its argument. */
  | { readonly kind: "remark" };

/**
 * The positions of layouts that are not types of the registry. The position of a type is its id, from 0 up.
 */
export const special = { boxed: -1, leave: -2, remark: -3, systemCalls: -4 } as const;

/** The layouts of one runtime's types, compiled when they are first used. */
export class Layouts {
  protected readonly types: Types;
  protected readonly known: Map<number, Layout> = new Map<number, Layout>([
    [special.leave, { kind: "leave" }],
    [special.remark, { kind: "remark" }],
  ]);
  readonly #call: number | undefined;
  readonly #bytes = new Map<number, number | undefined>();

  /** @param call the position of a type that is boxed wherever another type contains it */
  constructor(types: Types, call?: number) {
    this.types = types;
    this.#call = call;
    if (call !== undefined) this.known.set(special.boxed, { kind: "boxed", call });
  }

  /**
   * The layout at a position.
   * @throws MetadataError `metadata/unknown-type`, `metadata/bad-type`
   */
  at(position: number): Layout {
    const known = this.known.get(position);
    if (known !== undefined) return known;
    const layout = this.#compile(position);
    this.known.set(position, layout);
    return layout;
  }

  /** The position of the layout of a type's values where another type contains them. */
  part(type: number): number {
    const position = this.types.resolve(type);
    return position === this.#call ? special.boxed : position;
  }

  /** The positions of the fields of each variant, by the variant's index. */
  protected alternatives(variants: readonly Variant[]): ReadonlyMap<number, readonly number[]> {
    return new Map(
      variants.map(({ index, fields }) => [index, fields.map(({ type }) => this.part(type))] as const),
    );
  }

  #compile(position: number): Layout {
    const bytes = this.#bytesOf(position);
    if (bytes !== undefined) return { kind: "fixed", bytes };
    const definition = this.types.definition(position);
    switch (definition.kind) {
      case "primitive":
        // `str`, because all other primitives have a fixed size
        return { kind: "sequence", element: position, elementBytes: 1 };
      case "compact":
        return { kind: "compact" };
      case "bit-sequence":
        return { kind: "bits", storeBytes: this.#storeBytes(definition.store) };
      case "composite":
        return { kind: "parts", parts: definition.fields.map(({ type }) => this.part(type)) };
      case "tuple":
        return { kind: "parts", parts: definition.elements.map((type) => this.part(type)) };
      case "variant":
        return { kind: "variant", alternatives: this.alternatives(definition.variants) };
      case "sequence": {
        const element = this.types.resolve(definition.element);
        return { kind: "sequence", element, elementBytes: this.#bytesOf(element) };
      }
      case "array":
        return {
          kind: "array",
          element: this.types.resolve(definition.element),
          length: definition.length,
        };
    }
  }

  /**
   * The size of a type's values in bytes, if all of them have the same size. `undefined` also if that cannot
   * be seen within `levels` levels of nesting.
   */
  #bytesOf(type: number, levels = 8): number | undefined {
    const position = this.types.resolve(type);
    if (this.#bytes.has(position)) return this.#bytes.get(position);
    const bytes = levels === 0 ? undefined : this.#fixedBytes(this.types.definition(position), levels - 1);
    if (bytes !== undefined || levels === 8) this.#bytes.set(position, bytes);
    return bytes;
  }

  #fixedBytes(definition: TypeDefinition, levels: number): number | undefined {
    switch (definition.kind) {
      case "primitive":
        return primitiveBytes[definition.primitive];
      case "composite":
        return this.#sum(
          definition.fields.map(({ type }) => type),
          levels,
        );
      case "tuple":
        return this.#sum(definition.elements, levels);
      case "array": {
        const bytes = definition.length === 0 ? 0 : this.#bytesOf(definition.element, levels);
        return bytes === undefined ? undefined : bytes * definition.length;
      }
      case "compact":
        return this.#bytesOf(definition.element, levels) === 0 ? 0 : undefined;
      default:
        return undefined;
    }
  }

  #sum(types: readonly number[], levels: number): number | undefined {
    let sum = 0;
    for (const type of types) {
      const bytes = this.#bytesOf(type, levels);
      if (bytes === undefined) return undefined;
      sum += bytes;
    }
    return sum;
  }

  #storeBytes(store: number): number {
    const definition = this.types.definition(this.types.resolve(store));
    return (definition.kind === "primitive" ? storeBytes[definition.primitive] : undefined) ?? 1;
  }
}

/** The size of each primitive's values in bytes. A `str` has no fixed size. */
const primitiveBytes: Readonly<Record<Primitive, number | undefined>> = {
  ...{ bool: 1, char: 4, str: undefined },
  ...{ u8: 1, u16: 2, u32: 4, u64: 8, u128: 16, u256: 32 },
  ...{ i8: 1, i16: 2, i32: 4, i64: 8, i128: 16, i256: 32 },
};
