import { equal, to0x } from "@pruntime/core/bytes";
import type { Trie } from "@pruntime/core/trie";
import type { Block } from "../../block.ts";
import { RpcError } from "../error.ts";
import {
  type Context,
  type Emit,
  type Method,
  type MethodTable,
  type Subscription,
  unsubscribe,
} from "../method.ts";
import type { NodeView } from "../node-view.ts";
import { bytes, type Params } from "../params.ts";
import { optionalHex } from "../shapes.ts";

const maxKeysPaged = 1000; // the value of polkadot-sdk's `STORAGE_KEYS_PAGED_MAX_COUNT`

const getStorage: Method = (params, context) => optionalHex(stored(params, context));

const getStorageHash: Method = (params, context) => {
  const value = stored(params, context);
  return value === undefined ? null : to0x(context.node.chain.crypto.blake2b256(value));
};

const getStorageSize: Method = (params, context) => stored(params, context)?.length ?? null;

/** Returns at most `count` keys that begin with the prefix and follow `startKey`. */
const getKeysPaged: Method = (params, { node }) => {
  const prefix = params.optional(0, params.bytes);
  const count = params.u32(1);
  const after = params.optional(2, params.bytes);
  if (count > maxKeysPaged)
    throw new RpcError(4002, `count exceeds maximum value. value: ${count}, max: ${maxKeysPaged}`);
  const keys: string[] = [];
  if (count === 0) return keys;
  for (const [key] of node.state(node.stateBlock(params.optional(3, params.hash))).entries(prefix, after)) {
    keys.push(to0x(key));
    if (keys.length === count) break;
  }
  return keys;
};

const queryStorageAt: Method = (params, { node }) => {
  const block = node.stateBlock(params.optional(1, params.hash));
  return [changeSet(node, block, params.list(0, bytes))];
};

const getReadProof: Method = (params, { node }) => {
  const block = node.stateBlock(params.optional(1, params.hash));
  return { at: to0x(block.hash), proof: node.readProof(block, params.list(0, bytes)).map(to0x) };
};

const call: Method = (params, { node }) => {
  const block = node.stateBlock(params.optional(2, params.hash));
  return to0x(node.call(block, params.text(0), params.bytes(1)));
};

const getMetadata: Method = (params, { node }) => {
  const block = node.stateBlock(params.optional(0, params.hash));
  return to0x(node.chain.metadata(14, block));
};

const getRuntimeVersion: Method = (params, { node }) => {
  return node.chain.runtimeVersionAt(node.stateBlock(params.optional(0, params.hash)));
};

/** Reports the current runtime version and every later version. */
const subscribeRuntimeVersion: Method = (_, { node, session }) =>
  session.open("state_runtimeVersion", (emit) => {
    let last = node.best().specVersion;
    emit(node.chain.runtimeVersionAt(node.best()));
    const close = session.listen((event) => {
      if (event.kind !== "best" || event.block.specVersion === last) return;
      last = event.block.specVersion;
      emit(node.chain.runtimeVersionAt(event.block));
    });
    return { close };
  });

/**
 * Reports the current values of the given keys and their later changes. Without keys, reports the later
 * changes of all keys.
 */
const subscribeStorage: Method = (params, context) => {
  const keys = params.optional(0, (index) => params.list(index, bytes));
  return context.session.open("state_storage", (emit) => followStorage(context, emit, keys));
};

/** The methods that read storage, metadata and versions, and call runtime APIs. */
export const stateMethods: MethodTable = {
  state_getStorage: getStorage,
  state_getStorageAt: getStorage,
  state_getStorageHash: getStorageHash,
  state_getStorageHashAt: getStorageHash,
  state_getStorageSize: getStorageSize,
  state_getStorageSizeAt: getStorageSize,
  state_getKeysPaged: getKeysPaged,
  state_getKeysPagedAt: getKeysPaged,
  state_queryStorageAt: queryStorageAt,
  state_getReadProof: getReadProof,
  state_call: call,
  state_callAt: call,
  state_getMetadata: getMetadata,
  state_getRuntimeVersion: getRuntimeVersion,
  chain_getRuntimeVersion: getRuntimeVersion,
  state_subscribeRuntimeVersion: subscribeRuntimeVersion,
  chain_subscribeRuntimeVersion: subscribeRuntimeVersion,
  state_unsubscribeRuntimeVersion: unsubscribe,
  chain_unsubscribeRuntimeVersion: unsubscribe,
  state_subscribeStorage: subscribeStorage,
  state_unsubscribeStorage: unsubscribe,
};

function stored(params: Params, { node }: Context): Uint8Array | undefined {
  const key = params.bytes(0);
  return node.state(node.stateBlock(params.optional(1, params.hash))).get(key);
}

function changeSet(node: NodeView, block: Block, keys: readonly Uint8Array[]): unknown {
  const state = node.state(block);
  return { block: to0x(block.hash), changes: keys.map((key) => [to0x(key), optionalHex(state.get(key))]) };
}

function changedKeys(
  node: NodeView,
  before: Block,
  after: Block,
  keys: readonly Uint8Array[] | undefined,
): readonly Uint8Array[] {
  const [old, now] = [node.state(before), node.state(after)];
  return (keys ?? keysOf(old, now)).filter((key) => !same(old.get(key), now.get(key)));
}

/** All keys of two states. A key that is in both states is listed once. */
function keysOf(a: Trie, b: Trie): readonly Uint8Array[] {
  const of = (state: Trie): Uint8Array[] => Array.from(state.entries(), ([key]) => key);
  return [...of(a), ...of(b).filter((key) => a.get(key) === undefined)];
}

function same(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === undefined || b === undefined ? a === b : equal(a, b);
}

function followStorage(
  { node, session }: Context,
  emit: Emit,
  keys: readonly Uint8Array[] | undefined,
): Subscription {
  let last = node.best();
  emit(changeSet(node, last, keys ?? []));
  const close = session.listen((event) => {
    if (event.kind !== "best") return;
    const changed = changedKeys(node, last, event.block, keys);
    last = event.block;
    if (changed.length > 0) emit(changeSet(node, event.block, changed));
  });
  return { close };
}
