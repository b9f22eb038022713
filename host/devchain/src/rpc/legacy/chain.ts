import { to0x } from "@pruntime/core/bytes";
import type { Block } from "../../block.ts";
import { invalidParams } from "../error.ts";
import { type Context, type Emit, type Method, type MethodTable, unsubscribe } from "../method.ts";
import type { NodeView } from "../node-view.ts";
import { u32 } from "../params.ts";
import { headerJson, signedBlockJson } from "../shapes.ts";

/**
 * Without a parameter, returns the best block's hash. For a number, returns one hash. For a list of numbers,
 * returns a list of hashes. The hash for an unknown number is `null`.
 */
const getBlockHash: Method = (params, { node }) => {
  if (params.value(0) === undefined || params.value(0) === null) return to0x(node.best().hash);
  const hashes = params.oneOrMore(0, numberOrHex).map((number) => hashAt(node, number));
  return Array.isArray(params.value(0)) ? hashes : hashes[0];
};

const getHeader: Method = (params, { node }) => {
  const block = node.blockOrBest(params.optional(0, params.hash));
  return block === undefined ? null : headerJson(block.header);
};

const getBlock: Method = (params, { node }) => {
  const block = node.blockOrBest(params.optional(0, params.hash));
  return block === undefined ? null : signedBlockJson(block, node.chain.justificationOf(block));
};

const getFinalizedHead: Method = (_, { node }) => to0x(node.finalized().hash);

/** Reports the current best block's header and the header of every later best block. */
const subscribeBest: Method = heads("chain_newHead", "best", (node) => node.best());
const subscribeAll: Method = heads("chain_allHead", "imported", (node) => node.best());
const subscribeFinalized: Method = heads("chain_finalizedHead", "finalized", (node) => node.finalized());

/** The methods that read blocks and follow heads. */
export const chainMethods: MethodTable = {
  chain_getBlockHash: getBlockHash,
  chain_getHead: getBlockHash,
  chain_getHeader: getHeader,
  chain_getBlock: getBlock,
  chain_getFinalizedHead: getFinalizedHead,
  chain_getFinalisedHead: getFinalizedHead,
  chain_subscribeNewHeads: subscribeBest,
  chain_subscribeNewHead: subscribeBest,
  chain_subscribeAllHeads: subscribeAll,
  chain_subscribeFinalizedHeads: subscribeFinalized,
  chain_subscribeFinalisedHeads: subscribeFinalized,
  chain_unsubscribeNewHeads: unsubscribe,
  chain_unsubscribeNewHead: unsubscribe,
  chain_unsubscribeAllHeads: unsubscribe,
  chain_unsubscribeFinalizedHeads: unsubscribe,
  chain_unsubscribeFinalisedHeads: unsubscribe,
};

function hashAt(node: NodeView, number: number): string | null {
  const block = node.blockAt(number);
  return block === undefined ? null : to0x(block.hash);
}

/** Reads a block number, which may be a JSON number or 0x-hex. */
function numberOrHex(value: unknown, name: string): number {
  if (typeof value !== "string") return u32(value, name);
  if (!/^0x[0-9a-f]{1,16}$/i.test(value)) throw invalidParams(`${name} is neither a number nor hex with 0x`);
  return Number.parseInt(value, 16);
}

type HeadKind = "imported" | "best" | "finalized";

function heads(event: string, kind: HeadKind, present: (node: NodeView) => Block): Method {
  return (_, context) => context.session.open(event, (emit) => followHeads(context, emit, kind, present));
}

function followHeads(
  { node, session }: Context,
  emit: Emit,
  kind: HeadKind,
  present: (node: NodeView) => Block,
): { readonly close: () => void } {
  emit(headerJson(present(node).header));
  return { close: session.listen((event) => event.kind === kind && emit(headerJson(event.block.header))) };
}
