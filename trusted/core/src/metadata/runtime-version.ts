/** Reads the constant `System.Version`, with which a runtime describes its version. */
import { decodeValue } from "./decode-value.ts";
import type { RuntimeMetadata } from "./metadata.ts";
import { findConstant } from "./require.ts";
import type { Value } from "./value.ts";

/**
 * The runtime's `system_version` (`state_version` before 2024), which selects the trie layouts and node rules
 * that apply to the runtime. It is 0 when the runtime does not state it.
 * @throws CodecError, BytesError, MetadataError when the constant does not decode
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
