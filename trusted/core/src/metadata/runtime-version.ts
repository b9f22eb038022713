/** What a runtime says of itself in the constant `System.Version`. */
import { decodeValue } from "./decode-value.ts";
import type { RuntimeMetadata } from "./metadata.ts";
import { findConstant } from "./require.ts";
import type { Value } from "./value.ts";

/**
 * The runtime's `system_version`, called `state_version` before 2024: which layouts and rules of the node the
 * runtime runs under. 0 where the runtime does not say.
 * @throws CodecError, BytesError, MetadataError: the constant does not read as its type
 * @see https://github.com/paritytech/polkadot-sdk/pull/4257
 */
export function systemVersionOf(metadata: RuntimeMetadata): number {
  const constant = findConstant(metadata, "System", "Version");
  if (constant === undefined) return 0;
  const version = decodeValue(metadata, constant.type, constant.value);
  const value = fieldOf(version, "system_version") ?? fieldOf(version, "state_version");
  return typeof value === "number" ? value : 0;
}

function fieldOf(value: Value, name: string): unknown {
  return typeof value === "object" && value !== null && name in value
    ? value[name as keyof typeof value]
    : undefined;
}
