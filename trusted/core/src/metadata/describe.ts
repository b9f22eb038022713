/**
 * Describes the structure of a type as text. A program compares the text with the type that it expects before
 * it relies on a runtime.
 */
import type { Types } from "./compile.ts";

/**
 * A type in Rust notation, for example `[u8; 32]`, `Vec<u8>`, `Option<u32>`, `Compact<u128>`, `(u32, bool)`.
 * A type with a single, unnamed field is described as the type of that field. Any other composite is
 * described as `struct` and its path, and any enum except `Option` as `enum` and its path, whatever the
 * content. Types nested deeper than `depth`, and the elements of tuples with more than eight elements, are
 * described as `…`.
 */
export function describeType(types: Types, id: number, depth = 5): string {
  if (depth === 0) return "…";
  const inner = (type: number): string => describeType(types, type, depth - 1);
  const { path, definition } = types.type(types.resolve(id));
  switch (definition.kind) {
    case "sequence":
      return `Vec<${inner(definition.element)}>`;
    case "array":
      return `[${inner(definition.element)}; ${definition.length}]`;
    case "tuple":
      return definition.elements.length > 8 ? "(…)" : `(${definition.elements.map(inner).join(", ")})`;
    case "primitive":
      return definition.primitive;
    case "compact":
      return `Compact<${inner(definition.element)}>`;
    case "bit-sequence":
      return "BitVec";
    case "variant": {
      const some = path.join() === "Option" ? definition.variants[1]?.fields[0] : undefined;
      return some === undefined ? `enum ${path.join("::")}` : `Option<${inner(some.type)}>`;
    }
    case "composite":
      return `struct ${path.join("::")}`;
  }
}
