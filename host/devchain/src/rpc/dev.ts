import { to0x } from "@pruntime/core/bytes";
import { invalidParams } from "./error.ts";
import type { Method, MethodTable } from "./method.ts";

const maxBlocks = 1000;

/** Makes one block, or as many as asked for; answers the last one's hash. */
const newBlock: Method = (params, { node }) => {
  const count = params.optional(0, params.u32) ?? 1;
  if (count < 1 || count > maxBlocks) throw invalidParams(`params[0] is not from 1 to ${maxBlocks}`);
  for (let i = 1; i < count; i++) node.chain.produceBlock();
  return to0x(node.chain.produceBlock().hash);
};

const rotateAuthorities: Method = (_, { node }) => {
  node.chain.rotateAuthorities();
  return null;
};

const upgradeRuntime: Method = (_, { node }) => {
  node.chain.upgradeRuntime();
  return null;
};

const status: Method = (_, { node: { chain } }) => ({
  name: chain.name,
  genesisHash: to0x(chain.genesisHash),
  best: chain.best().header.number,
  finalized: chain.finalized().header.number,
  specVersion: chain.best().specVersion,
  setId: Number(chain.best().setId),
  pending: chain.pending().length,
});

/** `dev_*`: what only a test bench lets its clients do. The truth, whatever faults the node shows otherwise. */
export const devMethods: MethodTable = {
  dev_newBlock: newBlock,
  dev_rotateAuthorities: rotateAuthorities,
  dev_upgradeRuntime: upgradeRuntime,
  dev_status: status,
};
