/**
 * The type registry of runtime metadata (`scale-info`'s PortableRegistry): the definition of each type, by
 * position. Documentation and the source notation of types are skipped. The reader checks that every
 * reference leads to a type.
 * @see https://github.com/paritytech/scale-info/blob/v2.11.6/src/portable.rs
 */
import { fromUtf8 } from "../bytes/index.ts";
import { type Reader, readCompactU32, readVecWork } from "../scale/index.ts";
import type { Work } from "../work/index.ts";
import { MetadataError } from "./error.ts";

/** The supported versions of metadata. All of them contain a type registry. */
export const metadataVersions = [14, 15, 16] as const;

/** A supported version of metadata. */
export type MetadataVersion = (typeof metadataVersions)[number];

/** A built-in type of the registry. */
export type Primitive = "bool" | "char" | "str" | `${"u" | "i"}${8 | 16 | 32 | 64 | 128 | 256}`;

/** A field of a composite or variant. The fields of a tuple-like composite or variant have no name. */
export interface Field {
  readonly name: string | undefined;
  readonly type: number;
}

/** One variant of an enum. */
export interface Variant {
  readonly name: string;
  readonly index: number;
  readonly fields: readonly Field[];
}

/** The structure of a type. Other types are given by their positions in the registry. */
export type TypeDefinition =
  | { readonly kind: "composite"; readonly fields: readonly Field[] }
  | { readonly kind: "variant"; readonly variants: readonly Variant[] }
  | { readonly kind: "sequence"; readonly element: number }
  | { readonly kind: "array"; readonly length: number; readonly element: number }
  | { readonly kind: "tuple"; readonly elements: readonly number[] }
  | { readonly kind: "primitive"; readonly primitive: Primitive }
  | { readonly kind: "compact"; readonly element: number }
  | { readonly kind: "bit-sequence"; readonly store: number; readonly order: number };

/** The definition of a type, with the path and the parameters of its Rust source. */
export interface RegistryType {
  /** Module path and name, such as `sp_core`, `crypto`, `AccountId32`; empty for built-in types. */
  readonly path: readonly string[];
  /** The type arguments of a generic type, by the names of its parameters. */
  readonly parameters: ReadonlyMap<string, number>;
  readonly definition: TypeDefinition;
}

/**
 * The primitives in which a bit sequence can be stored, with their sizes in bytes.
 * @format
 */
export const storeBytes: Readonly<Partial<Record<Primitive, number>>> = { u8: 1, u16: 2, u32: 4, u64: 8 };

const primitives: readonly Primitive[] = [
  ...(["bool", "char", "str"] as const),
  ...(["u8", "u16", "u32", "u64", "u128", "u256"] as const),
  ...(["i8", "i16", "i32", "i64", "i128", "i256"] as const),
];

/**
 * The parts of one item of metadata: the variants or fields of a type, a pallet's constants or storage items,
 * or the methods of a runtime API.
 * @limit parts
 * @source SCALE: an enum's index is one byte. Real runtimes have far fewer fields, constants and methods.
 * @past the runtime's metadata is refused (`codec/too-long`), so one item takes no long unit of work
 */
export const maxParts = 256;

/**
 * Reads the registry in units, and checks that each type's id is its position.
 * @throws {@link MetadataError} `metadata/bad-registry`, `metadata/unknown-type`; CodecError; BytesError
 */
export function readRegistry(r: Reader): Work<RegistryType[]> {
  return readVecWork(r, leastTypeBytes, readType);
}

/**
 * The shortest type, in bytes: id, empty path, no parameters, a definition of two bytes, no documentation.
 */
const leastTypeBytes = 6;

function readType(r: Reader, position: number, count: number): RegistryType {
  const id = readCompactU32(r);
  if (id !== position) throw new MetadataError({ code: "metadata/bad-registry", position, id });
  const path = r.vec(1, readName, maxParts);
  const parameters = new Map<string, number>();
  for (let left = r.count(2, maxParts); left > 0; left--) {
    const name = readName(r);
    const type = r.option(() => readTypeId(r, count));
    if (type !== undefined) parameters.set(name, type);
  }
  const definition = readDefinition(r, count);
  skipDocs(r);
  return { path, parameters, definition };
}

function readDefinition(r: Reader, count: number): TypeDefinition {
  const tag = r.u8();
  switch (tag) {
    case 0:
      return { kind: "composite", fields: readFields(r, count) };
    case 1:
      return { kind: "variant", variants: r.vec(4, () => readVariant(r, count), maxParts) };
    case 2:
      return { kind: "sequence", element: readTypeId(r, count) };
    case 3:
      return { kind: "array", length: r.u32(), element: readTypeId(r, count) };
    case 4:
      return { kind: "tuple", elements: r.vec(1, () => readTypeId(r, count), maxParts) };
    case 5:
      return { kind: "primitive", primitive: readPrimitive(r) };
    case 6:
      return { kind: "compact", element: readTypeId(r, count) };
    case 7:
      return { kind: "bit-sequence", store: readTypeId(r, count), order: readTypeId(r, count) };
    default:
      throw r.badTag("TypeDef", tag);
  }
}

function readVariant(r: Reader, count: number): Variant {
  const name = readName(r);
  const fields = readFields(r, count);
  const index = r.u8();
  skipDocs(r);
  return { name, index, fields };
}

function readFields(r: Reader, count: number): Field[] {
  const readField = (): Field => {
    const name = r.option(readName);
    const type = readTypeId(r, count);
    r.option(skipBytes);
    skipDocs(r);
    return { name, type };
  };
  return r.vec(4, readField, maxParts);
}

function readPrimitive(r: Reader): Primitive {
  const tag = r.u8();
  const primitive = primitives[tag];
  if (primitive === undefined) throw r.badTag("TypeDefPrimitive", tag);
  return primitive;
}

/**
 * Reads a reference to one of the registry's `count` types.
 * @throws {@link MetadataError} `metadata/unknown-type`
 */
export function readTypeId(r: Reader, count: number): number {
  const id = readCompactU32(r);
  if (id >= count) throw new MetadataError({ code: "metadata/unknown-type", id, types: count });
  return id;
}

/**
 * Reads a UTF-8 string, such as the name of a pallet, type or field.
 * @throws CodecError; BytesError
 */
export function readName(r: Reader): string {
  return fromUtf8(r.vecU8());
}

/** Skips a byte string that is not needed. */
export function skipBytes(r: Reader): true {
  r.vecU8();
  return true;
}

/** Skips a list of documentation lines. */
export function skipDocs(r: Reader): void {
  for (let left = r.count(1); left > 0; left--) r.vecU8();
}
