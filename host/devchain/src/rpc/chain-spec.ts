import { to0x } from "@pruntime/core/bytes";
import { properties } from "./legacy/system.ts";
import type { MethodTable } from "./method.ts";

/** The methods whose names begin with `chainSpec_v1_`. */
export const chainSpecMethods: MethodTable = {
  chainSpec_v1_chainName: (_, { node }) => node.chain.name,
  chainSpec_v1_genesisHash: (_, { node }) => to0x(node.chain.genesisHash),
  chainSpec_v1_properties: () => properties,
};
