import type { RuntimeVersion } from "../../types.ts";

/** A runtime's version in the modern API's form: APIs as an object. */
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
