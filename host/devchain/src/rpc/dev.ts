import { to0x } from "@pruntime/core/bytes";
import type { Block } from "../block.ts";
import { argumentsOf, faultNamed } from "../faults/ready-made.ts";
import { invalidParams } from "./error.ts";
import type { Method, MethodTable } from "./method.ts";
import type { NodeView } from "./node-view.ts";
import type { Params } from "./params.ts";

const maxBlocks = 1000;

/**
 * Makes one block, or the requested number of blocks, on the best block or on the given block. Returns the
 * hash of the last new block.
 */
const newBlock: Method = (params, { node }) => {
  const count = params.optional(0, params.u32) ?? 1;
  if (count < 1 || count > maxBlocks) throw invalidParams(`params[0] is not from 1 to ${maxBlocks}`);
  let last = node.chain.produceBlock(named(params, 1, node));
  for (let i = 1; i < count; i++)
    last = node.chain.produceBlock(params.value(1) === undefined ? undefined : last);
  return to0x(last.hash);
};

/** Finalizes the best block or the given block. Returns the hash of the latest finalized block. */
const finalize: Method = (params, { node }) => {
  node.chain.finalize(named(params, 0, node));
  return to0x(node.chain.finalized().hash);
};

/** Parameters: `delay` in blocks, and whether the change is forced. */
const rotateAuthorities: Method = (params, { node }) => {
  node.chain.rotateAuthorities({
    delay: params.optional(0, params.u32) ?? 0,
    forced: params.optional(1, params.boolean) ?? false,
  });
  return null;
};

/**
 * Switches on the ready-made fault with this name and these arguments. With `false` instead of arguments,
 * switches the fault off.
 */
const setFault: Method = (params, { node }) => {
  const name = params.text(0);
  const wanted = argumentsOf(name);
  if (wanted === undefined) throw invalidParams("params[0] is not the name of a fault");
  const off = params.value(1) === false;
  const args = off ? [] : wanted.map((kind, i) => (kind === "text" ? params.text(i + 1) : params.u32(i + 1)));
  node.chain.setFault(name, off ? undefined : faultNamed(name, args));
  return null;
};

const clearFaults: Method = (_, { node }) => {
  node.chain.clearFaults();
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

/** The `dev_*` methods, which real nodes do not have. Faults do not change their results. */
export const devMethods: MethodTable = {
  dev_newBlock: newBlock,
  dev_finalize: finalize,
  dev_setFault: setFault,
  dev_clearFaults: clearFaults,
  dev_rotateAuthorities: rotateAuthorities,
  dev_upgradeRuntime: upgradeRuntime,
  dev_status: status,
};

function named(params: Params, index: number, { chain }: NodeView): Block | undefined {
  const hash = params.optional(index, params.hash);
  const block = hash && chain.blockOf(hash);
  if (hash !== undefined && block === undefined)
    throw invalidParams(`params[${index}] is not the hash of a block`);
  return block;
}
