/** Reads the constant `System.Version`, with which a runtime describes its version. */
import { decodeValue } from "./decode-value.ts";
import { MetadataError } from "./error.ts";
import type { RuntimeMetadata } from "./metadata.ts";
import { findConstant } from "./require.ts";
import { fieldOf, numberOf } from "./value.ts";

/** The highest `system_version` whose rules the worker follows. */
export const followedSystemVersion = 3;

/**
 * The runtime's `system_version` (`state_version` before 2024), which selects the trie layouts and node rules
 * that apply to the runtime. Returns 0 when the runtime does not state this version.
 * @throws CodecError, BytesError, MetadataError when the constant does not decode; MetadataError
 * `metadata/unknown-system-version` when the version is not between 0 and {@link followedSystemVersion}
 * @see https://github.com/paritytech/polkadot-sdk/pull/4257
 */
export function systemVersionOf(metadata: RuntimeMetadata): number {
  const constant = findConstant(metadata, "System", "Version");
  if (constant === undefined) return 0;
  const version = decodeValue(metadata, constant.type, constant.value);
  const number = numberOf(fieldOf(version, "system_version") ?? fieldOf(version, "state_version"));
  if (number < 0 || number > followedSystemVersion)
    throw new MetadataError({
      code: "metadata/unknown-system-version",
      version: number,
      highest: followedSystemVersion,
    });
  return number;
}
