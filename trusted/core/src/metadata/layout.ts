/**
 * The sizes of the values of runtime types. Each type is compiled into a layout once. Layouts refer to one
 * another by position, so deeply nested types and values do not cause deep recursion.
 */
import type { Types } from "./compile.ts";
import { FixedSizes } from "./fixed-size.ts";
import { storeBytes, type Variant } from "./registry.ts";

/**
 * How to skip a value of one type. The numbers in the lists `parts`, `element` and `call`, and in the lists
 * of `alternatives`, are positions of layouts. `elementBytes` is the size of each element in a sequence, or
 * `undefined` if the element type has no fixed size.
 */
export type Layout =
  | { readonly kind: "fixed"; readonly bytes: number }
  | { readonly kind: "compact" }
  | { readonly kind: "bits"; readonly storeBytes: number }
  | { readonly kind: "parts"; readonly parts: readonly number[] }
  | { readonly kind: "variant"; readonly alternatives: ReadonlyMap<number, readonly number[]> }
  | { readonly kind: "sequence"; readonly element: OnePart; readonly elementBytes: number | undefined }
  | { readonly kind: "array"; readonly element: OnePart; readonly length: number }
  /** A call inside a value. Runtimes store such a call in a `Box`. `call` has the call's layout. */
  | { readonly kind: "boxed"; readonly call: OnePart }
  /** The bytes that `System.remark_with_event` takes as its argument. */
  | { readonly kind: "remark" };

/** A list of one part. */
type OnePart = readonly [number];

/**
 * The positions of layouts that do not belong to a type of the registry. The position of a type's layout is
 * the type's id, from 0 up.
 */
export const special = { boxed: -1, remark: -2, systemCalls: -3 } as const;

/** The layouts of one runtime's types, compiled when they are first used. */
export class Layouts {
  protected readonly types: Types;
  protected readonly known: Map<number, Layout> = new Map<number, Layout>([
    [special.remark, { kind: "remark" }],
  ]);
  readonly #call: number | undefined;
  readonly #sizes: FixedSizes;

  /** @param call the position of the runtime's call type, which is boxed wherever a type contains it */
  constructor(types: Types, call?: number) {
    this.types = types;
    this.#sizes = new FixedSizes(types);
    this.#call = call;
    if (call !== undefined) this.known.set(special.boxed, { kind: "boxed", call: [call] });
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

  /** The position of the layout to use for type `type` where it occurs inside another type. */
  part(type: number): number {
    const position = this.types.resolve(type);
    return position === this.#call ? special.boxed : position;
  }

  /** The layout positions of each variant's fields, by the variant's index. */
  protected alternatives(variants: readonly Variant[]): ReadonlyMap<number, readonly number[]> {
    return new Map(
      variants.map(({ index, fields }) => [index, fields.map(({ type }) => this.part(type))] as const),
    );
  }

  #compile(position: number): Layout {
    const bytes = this.#sizes.of(position);
    if (bytes !== undefined) return { kind: "fixed", bytes };
    const definition = this.types.definition(position);
    switch (definition.kind) {
      case "primitive":
        // `str`, because all other primitives have a fixed size
        return { kind: "sequence", element: [position], elementBytes: 1 };
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
        return { kind: "sequence", element: [element], elementBytes: this.#sizes.of(element) };
      }
      case "array":
        return {
          kind: "array",
          element: [this.types.resolve(definition.element)],
          length: definition.length,
        };
    }
  }

  #storeBytes(store: number): number {
    const definition = this.types.definition(this.types.resolve(store));
    return (definition.kind === "primitive" ? storeBytes[definition.primitive] : undefined) ?? 1;
  }
}
