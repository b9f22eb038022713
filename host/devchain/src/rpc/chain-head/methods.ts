/** `chainHead_v1_*`. @see https://paritytech.github.io/json-rpc-interface-spec/api/chainHead.html */
import { to0x } from "@pruntime/core/bytes";
import type { Block } from "../../block.ts";
import { invalidParams, RpcError } from "../error.ts";
import type { Context, Method, MethodTable, Session } from "../method.ts";
import { hash, type Params } from "../params.ts";
import { Follow, type Operation } from "./follow.ts";
import { type StorageItem, storageItems, storageQuery } from "./storage.ts";

const maxFollows = 4; // per connection, as in polkadot-sdk
const itemsPerEvent = 256;

const follow: Method = (params, context) => {
  const withRuntime = params.boolean(0);
  if ([...context.session.all()].filter((other) => other instanceof Follow).length >= maxFollows)
    throw new RpcError(-32800, "Maximum number of chainHead_follow has been reached");
  return context.session.open(
    "chainHead_v1_followEvent",
    (emit, ended) => new Follow(context, withRuntime, emit, ended),
  );
};

const unfollow: Method = (params, { session }) => {
  if (followOf(params, session) !== undefined) session.close(params.text(0));
  return null;
};

const header: Method = (params, { session }) => {
  const block = pinned(params, session);
  return block === undefined ? null : to0x(block.encodedHeader);
};

const body: Method = (params, context) =>
  started(params, context, function* (block) {
    yield { event: "operationBodyDone", value: block.body.map(to0x) };
  });

const call: Method = (params, context) => {
  const [method, args] = [params.text(2), params.bytes(3)];
  if (followOf(params, context.session)?.withRuntime === false)
    throw new RpcError(-32802, "The subscription was started with withRuntime set to false");
  return started(params, context, function* (block) {
    yield { event: "operationCallDone", output: to0x(context.node.call(block, method, args)) };
  });
};

/** Sends many items in several events. Between two such events, the operation waits for the client. */
const storage: Method = (params, context) => {
  const queries = params.list(2, storageQuery);
  refuseChildTrie(params, 3);
  const answer = started(params, context, function* (block) {
    let waiting = false;
    for (const items of chunks(storageItems(context.node, block, queries))) {
      if (waiting) yield { event: "operationWaitingForContinue" };
      yield { event: "operationStorageItems", items };
      waiting = true;
    }
    yield { event: "operationStorageDone" };
  });
  return answer.result === "started" ? { ...answer, discardedItems: 0 } : answer;
};

const unpin: Method = (params, { session }) => {
  const hashes = params.oneOrMore(1, hash);
  const subscription = followOf(params, session);
  if (subscription === undefined) return null;
  if (new Set(hashes.map(to0x)).size < hashes.length)
    throw new RpcError(-32804, "Received duplicate block hashes");
  if (!subscription.unpin(hashes)) throw invalidBlock();
  return null;
};

const proceed: Method = (params, { session }) => {
  const operationId = params.text(1);
  if (followOf(params, session)?.continue(operationId) === false)
    throw new RpcError(-32803, "Wait for continue event was not generated for the subscription");
  return null;
};

const stopOperation: Method = (params, { session }) => {
  const operationId = params.text(1);
  followOf(params, session)?.stopOperation(operationId);
  return null;
};

/** The methods whose names begin with `chainHead_v1_`. */
export const chainHeadMethods: MethodTable = {
  chainHead_v1_follow: follow,
  chainHead_v1_unfollow: unfollow,
  chainHead_v1_header: header,
  chainHead_v1_body: body,
  chainHead_v1_call: call,
  chainHead_v1_storage: storage,
  chainHead_v1_unpin: unpin,
  chainHead_v1_continue: proceed,
  chainHead_v1_stopOperation: stopOperation,
};

/**
 * Refuses a request for a child trie, because the embedded chain has no child tries.
 * @throws {@link RpcError} `-32602`
 */
export function refuseChildTrie(params: Params, index: number): void {
  if (params.optional(index, params.bytes) !== undefined)
    throw invalidParams(`params[${index}]: this chain has no child tries`);
}

/**
 * Returns the subscription that a request names; `undefined` if the subscription is unknown or has ended.
 * This is not an error, because the client may not know yet that the subscription has ended.
 */
function followOf(params: Params, session: Session): Follow | undefined {
  const subscription = session.find(params.text(0));
  return subscription instanceof Follow ? subscription : undefined;
}

/**
 * Returns the block that a request names; `undefined` if the subscription is unknown or has ended.
 * @throws {@link RpcError} `-32801` when the block is not pinned
 */
function pinned(params: Params, session: Session): Block | undefined {
  const hash = params.hash(1);
  const subscription = followOf(params, session);
  const block = subscription?.pinned(hash);
  if (subscription !== undefined && block === undefined) throw invalidBlock();
  return block;
}

/** The answer to a request that starts an operation. */
type Started =
  | { readonly result: "started"; readonly operationId: string }
  | { readonly result: "limitReached" };

function started(params: Params, { session }: Context, run: (block: Block) => Operation): Started {
  const block = pinned(params, session);
  const operationId = block && followOf(params, session)?.start(reportingErrors(run(block)));
  return operationId === undefined ? { result: "limitReached" } : { result: "started", operationId };
}

/**
 * Runs an operation, and reports its failure in an event, because the answer to the request reports only the
 * start.
 */
function* reportingErrors(operation: Operation): Operation {
  try {
    for (let next = operation.next(); !next.done; next = operation.next()) yield next.value;
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    yield { event: "operationError", error: error.message };
  }
}

function* chunks(items: Iterable<StorageItem>): Generator<readonly StorageItem[]> {
  let chunk: StorageItem[] = [];
  for (const item of items) {
    chunk.push(item);
    if (chunk.length < itemsPerEvent) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}

function invalidBlock(): RpcError {
  return new RpcError(-32801, "Invalid block hash");
}
