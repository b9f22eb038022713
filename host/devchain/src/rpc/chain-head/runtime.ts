import type { RuntimeVersion } from "../../types.ts";

/** Converts a runtime's version to the form of the modern API, in which `apis` is an object. */
export function runtimeEvent(version: RuntimeVersion): unknown {
  const { specName, implName, specVersion, implVersion, transactionVersion, apis } = version;
  const spec = {
    specName,
    implName,
    specVersion,
    implVersion,
    transactionVersion,
    apis: Object.fromEntries(apis),
  };
  return { type: "valid", spec };
}
