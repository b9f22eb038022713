import { Types } from "./compile.ts";
import type { RuntimeMetadata } from "./metadata.ts";
import { type Value, ValueReader } from "./value.ts";

/**
 * Reads a value of type `type` that is the whole of `bytes`: a constant, a storage value. Compiles the type each time; for what is read
 * often see `compileEvents`. @throws CodecError; BytesError; MetadataError
 */
export function decodeValue(metadata: RuntimeMetadata, type: number, bytes: Uint8Array): Value {
  const r = new ValueReader(bytes);
  const value = new Types(metadata.types).reader(type)(r);
  r.end();
  return value;
}
