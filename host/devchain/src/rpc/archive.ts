/** `archive_v1_*`. @see https://paritytech.github.io/json-rpc-interface-spec/api/archive.html */
import { to0x } from "@pruntime/core/bytes";
import type { Block } from "../block.ts";
import { refuseChildTrie } from "./chain-head/methods.ts";
import { type StorageQuery, storageItems, storageQuery } from "./chain-head/storage.ts";
import { RpcError } from "./error.ts";
import type { Context, Emit, Method, MethodTable } from "./method.ts";

const maxItems = 100_000;

const header: Method = (params, { node }) => {
  const block = node.blockOf(params.hash(0));
  return block === undefined ? null : to0x(block.encodedHeader);
};

const body: Method = (params, { node }) => node.blockOf(params.hash(0))?.body.map(to0x) ?? null;

const hashByHeight: Method = (params, { node }) => {
  const number = params.u32(0);
  const block = node.blockAt(number);
  if (block === undefined) return [];
  return [block, ...node.sideBlocks().filter(({ header }) => header.number === number)].map(({ hash }) =>
    to0x(hash),
  );
};

const call: Method = (params, { node }) => {
  const block = node.blockOf(params.hash(0));
  const [method, args] = [params.text(1), params.bytes(2)];
  if (block === undefined) return null;
  try {
    return { success: true, value: to0x(node.call(block, method, args)) };
  } catch (error) {
    if (error instanceof RpcError) return { success: false, error: error.message };
    throw error;
  }
};

/**
 * Sends one event for each item, then `storageDone` or `storageError`. All events are produced while the
 * request is handled, so the subscription has ended before the client knows its id.
 */
const storage: Method = (params, context) => {
  const block = context.node.blockOf(params.hash(0));
  const queries = params.list(1, storageQuery);
  refuseChildTrie(params, 2);
  return context.session.open("archive_v1_storageEvent", (emit, ended) => {
    tellStorage(context, block, queries, emit);
    ended();
    return { close: () => {} };
  });
};

const stopStorage: Method = (params, { session }) => {
  session.close(params.text(0));
  return null;
};

/** The methods whose names begin with `archive_v1_`. */
export const archiveMethods: MethodTable = {
  archive_v1_genesisHash: (_, { node }) => to0x(node.chain.genesisHash),
  archive_v1_finalizedHeight: (_, { node }) => node.finalized().header.number,
  archive_v1_hashByHeight: hashByHeight,
  archive_v1_header: header,
  archive_v1_body: body,
  archive_v1_call: call,
  archive_v1_storage: storage,
  archive_v1_stopStorage: stopStorage,
};

function tellStorage(
  { node }: Context,
  block: Block | undefined,
  queries: readonly StorageQuery[],
  emit: Emit,
): void {
  try {
    if (block === undefined) throw new RpcError(-32801, "Invalid block hash");
    let count = 0;
    for (const item of storageItems(node, block, queries)) {
      if (++count > maxItems) throw new RpcError(-32008, `more than ${maxItems} items`);
      emit({ event: "storage", ...item });
    }
    emit({ event: "storageDone" });
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    emit({ event: "storageError", error: error.message });
  }
}
