import { equal, to0x } from "@pruntime/core/bytes";
import type { Block } from "../../block.ts";
import type { ChainEvent } from "../../types.ts";
import {
  type Context,
  type Emit,
  type Method,
  type MethodTable,
  type Subscription,
  unsubscribe,
} from "../method.ts";

const submitExtrinsic: Method = (params, { node }) => to0x(node.submit(params.bytes(0)));

/**
 * Reports `ready`, `inBlock` (and `retracted` if a reorganization removes the block) and `finalized`.
 * @throws {@link RpcError} as `author_submitExtrinsic` does, without opening a subscription
 */
const submitAndWatch: Method = (params, context) => {
  const extrinsic = params.bytes(0);
  return context.session.open("author_extrinsicUpdate", (emit, ended) =>
    watch(context, extrinsic, emit, ended),
  );
};

const pendingExtrinsics: Method = (_, { node }) => node.chain.pending().map(to0x);

/** The methods that add extrinsics to the pool and list the pending extrinsics. */
export const authorMethods: MethodTable = {
  author_submitExtrinsic: submitExtrinsic,
  author_submitAndWatchExtrinsic: submitAndWatch,
  author_unwatchExtrinsic: unsubscribe,
  author_pendingExtrinsics: pendingExtrinsics,
};

/** Subscribes before it submits, because a block may include the extrinsic before `submit` returns. */
function watch(
  { node, session }: Context,
  extrinsic: Uint8Array,
  emit: Emit,
  ended: () => void,
): Subscription {
  const updates: unknown[] = ["ready"];
  let tell: Emit = (update) => updates.push(update);
  let included: Block | undefined;
  const follow = ({ enacted, retracted }: Extract<ChainEvent, { kind: "best" }>): void => {
    const lost = retracted.find((block) => block === included);
    if (lost !== undefined) {
      included = undefined;
      tell({ retracted: to0x(lost.hash) });
    }
    const found = enacted.find(({ body }) => body.some((other) => equal(other, extrinsic)));
    if (found === undefined) return;
    included = found;
    tell({ inBlock: to0x(found.hash) });
  };
  const stop = session.listen((event) => {
    if (event.kind === "best") follow(event);
    if (
      event.kind === "finalized" &&
      included !== undefined &&
      event.block.header.number >= included.header.number
    ) {
      stop();
      tell({ finalized: to0x(included.hash) });
      ended();
    }
  });
  try {
    node.submit(extrinsic);
  } catch (error) {
    stop();
    throw error;
  }
  tell = emit;
  for (const update of updates) emit(update);
  return { close: stop };
}
