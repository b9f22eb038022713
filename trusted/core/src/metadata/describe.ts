/** The structure of a type as text, by which a program checks that a runtime means what it expects. */
import type { Types } from "./compile.ts";

/**
 * Types as Rust writes them, such as `[u8; 32]`, `Vec<u8>`, `Option<u32>`, `Compact<u128>`, `(u32, bool)`. Types with one unnamed field are
 * written as that field; other composites and enums as `struct` or `enum` and their path, whatever they hold. What is nested deeper than any
 * expectation is `…`.
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
