/** Finds the version of a runtime's state in the runtime's code. */
import { RuntimeCodeError, readSections, systemVersionIn, unpackCode } from "@pruntime/core/runtime-code";
import type { StateVersion } from "@pruntime/core/trie";
import { unzstd } from "@pruntime/crypto-native";
import { OfflineError } from "./error.ts";

/**
 * The version of a runtime's state. Code without a `runtime_version` section is older than 2021. It uses
 * version 0, unless it imports the host function that takes a state version. With that import, the version is
 * unknown.
 * @throws {@link OfflineError} `spec/state-version-unknown`, `spec/bad-code`
 */
export function stateVersionOf(code: Uint8Array): StateVersion {
  const sections = inSpec(() => readSections(unpackCode(code, unzstd)));
  const version = inSpec(() => systemVersionIn(sections));
  if (version !== undefined) return version === 0 ? 0 : 1;
  const imports = sections.find(({ id }) => id === 2);
  if (imports !== undefined && Buffer.from(imports.content).includes("ext_storage_root_version_2"))
    throw new OfflineError({ code: "spec/state-version-unknown" });
  return 0;
}

function inSpec<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof RuntimeCodeError)) throw cause;
    throw new OfflineError({ code: "spec/bad-code", reason: cause.detail.part }, { cause });
  }
}
