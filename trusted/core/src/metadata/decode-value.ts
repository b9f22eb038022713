import { Types } from "./compile.ts";
import type { RuntimeMetadata } from "./metadata.ts";
import { type Value, ValueReader } from "./value.ts";

/**
 * Decodes a value of type `type`, for example a constant or a storage value, that takes up all of `bytes`.
 * Each call compiles the type again. To decode events, use `compileEvents`, which compiles their types only
 * once.
 * @throws CodecError; BytesError; MetadataError
 */
export function decodeValue(metadata: RuntimeMetadata, type: number, bytes: Uint8Array): Value {
  const r = new ValueReader(bytes);
  const value = new Types(metadata.types).reader(type)(r);
  r.end();
  return value;
}

/**
 * Decodes values of these types, one after the other, from the front of `bytes`.
 * @returns the values, and the bytes after the last value
 * @throws CodecError; BytesError; MetadataError
 */
export function decodeLeadingValues(
  metadata: RuntimeMetadata,
  types: readonly number[],
  bytes: Uint8Array,
): { readonly values: readonly Value[]; readonly rest: Uint8Array } {
  const r = new ValueReader(bytes);
  const compiled = new Types(metadata.types);
  const values = types.map((type) => compiled.reader(type)(r));
  return { values, rest: r.take(r.left) };
}
