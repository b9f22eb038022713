/** `dispatch_block`: executes the commands that events of finalized blocks prove. */
import { type BlockHeaderWithEvents, decodeBlockHeaderWithEvents } from "@pruntime/core/bridge-2020";
import { equal } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import { ProtocolError } from "@pruntime/core/errors";
import {
  commandRemarkTag,
  decodeBody,
  decodeBodyNumber,
  extrinsicsRootWork,
} from "@pruntime/core/extrinsics";
import type { FinalizedHeader } from "@pruntime/core/light-client";
import { BlockRemarks } from "@pruntime/core/metadata";
import { defaultProofLimits } from "@pruntime/core/trie";
import { forEach, type Work } from "@pruntime/core/work";
import { ExecutorError } from "@pruntime/executor";
import { type Chain, type DispatchedBlock, dispatchedAfter, finalizedOf, withPolicies } from "../chain.ts";
import { RuntimeError } from "../error.ts";
import type { EventOf } from "../event.ts";
import { type Context, type Running, type State, type Step, started, withChain } from "../state.ts";
import type { BlockEvents, CommandEvents, PushedCommand } from "./command-events.ts";
import { DispatchError } from "./error.ts";
import { executeBlock, executionOf, type KeyedCommand } from "./execute.ts";
import { partLimit } from "./pieces.ts";
import { type ProofRules, proveBlock } from "./prove.ts";
import { readAs } from "./read.ts";
import { afterDispatch, withStaged } from "./use-staged.ts";

/** A block whose events are proven and read. */
interface ProvenBlock extends DispatchedBlock, BlockEvents {}

/**
 * The proven blocks of one batch. `runtimeChangedAt` is the first block that changed the runtime. The digest
 * of a header, the events of a block, or pending code in the state of a block can report the change.
 */
interface ProvenBatch extends Pick<Chain, "runtimeChangedAt"> {
  /** The blocks to execute. These end before the first block of `bodiesWanted`. */
  readonly proven: readonly ProvenBlock[];
  /** The numbers of the blocks that need a body that the call lacks. */
  readonly bodiesWanted: readonly number[];
}

/** Reads the events of one final block. */
type ReadEvents = (block: FinalizedHeader, events: Uint8Array) => Work<BlockEvents>;

/** The rules for proving and reading blocks that run the runtime known to the worker. */
interface RuntimeRules extends ProofRules {
  readonly read: ReadEvents;
}

/**
 * Proves all blocks first, and then runs their commands. If blocks need bodies that the call lacks, the
 * worker runs only the commands of the blocks before the first such block. The worker skips blocks that it
 * has already dispatched.
 * @throws {@link DispatchError}, {@link RuntimeError}; TrieError, CodecError, MetadataError
 */
export function* dispatchBlocks(
  context: Context,
  state: State,
  event: EventOf<"blocks">,
): Work<Step<"blocks">> {
  const { blocks, bodies } = withStaged(state, event);
  const unread = blocks.values();
  try {
    const running = started(state);
    const { chain, events } = running;
    if (events === undefined) throw new RuntimeError({ code: "runtime/wrong-source", source: chain.source });
    if (blocks.length === 0 && !event.staged?.includes("block"))
      throw new DispatchError({ code: "dispatch/empty" });
    const rules: RuntimeRules = {
      read: eventReader(context.crypto, events, bodies),
      systemVersion: events.systemVersion,
      limits: { nodes: defaultProofLimits.nodes, bytes: partLimit("block", events) },
    };
    const batch = yield* proveInOrder(context.crypto, chain, unread, rules);
    const [next, after] = yield* execute(context, running, batch);
    const { bodiesWanted } = batch;
    return {
      state: afterDispatch(withChain(state, next), event, bodiesWanted),
      value: { dispatchedTo: next.dispatched.number, bodiesWanted },
      ...(after && { after }),
    };
  } catch (error) {
    // As in 2020, an unreadable block is reported before any other fault.
    if (error instanceof ProtocolError) yield* forEach(unread, 1, readBlock);
    throw error;
  }
}

/**
 * Makes a reader of events that finds the remarks in the given bodies. The reader decodes a body only when it
 * reads the events of the body's block.
 * @throws {@link DispatchError} `dispatch/bad-body`. The returned reader also throws this error and
 * `dispatch/extrinsics-mismatch`.
 */
function eventReader(
  crypto: Crypto,
  { read, findRemarks, systemVersion, limits }: CommandEvents,
  bodies: readonly Uint8Array[],
): ReadEvents {
  const given = new Map(
    bodies.map((bytes) => [readAs("dispatch/bad-body", decodeBodyNumber, bytes), bytes] as const),
  );
  if (given.size < bodies.length) throw new DispatchError({ code: "dispatch/bad-body" });
  return function* ({ number, extrinsicsRoot: root }, events) {
    const encoded = given.get(number);
    if (encoded === undefined) return yield* read(number, events, undefined);
    const decode = (bytes: Uint8Array) => decodeBody(bytes, limits.extrinsics);
    const { extrinsics: body } = readAs("dispatch/bad-body", decode, encoded);
    yield;
    if (!equal(yield* extrinsicsRootWork(crypto, body, systemVersion), root))
      throw new DispatchError({ code: "dispatch/extrinsics-mismatch", number });
    const remarks = findRemarks && new BlockRemarks(crypto, findRemarks, body, commandRemarkTag);
    return yield* read(number, events, remarks);
  };
}

function readBlock(bytes: Uint8Array): BlockHeaderWithEvents {
  return readAs("dispatch/bad-block", decodeBlockHeaderWithEvents, bytes);
}

/**
 * Proves the blocks in order. Each block is decoded only when its turn comes, because a decoded proof takes
 * many times its length in memory.
 */
function* proveInOrder(
  crypto: Crypto,
  chain: Chain,
  unread: Iterable<Uint8Array>,
  { read, ...rules }: RuntimeRules,
): Work<ProvenBatch> {
  const proven: ProvenBlock[] = [];
  const bodiesWanted: number[] = [];
  let last = chain.dispatched;
  let { runtimeChangedAt } = chain; // of the proven blocks
  let changedAt = runtimeChangedAt; // of all blocks of the call
  for (const bytes of unread) {
    const block = readBlock(bytes);
    const { number } = block.header;
    if (number <= chain.dispatched.number) continue;
    if (number !== last.number + 1)
      throw new DispatchError({ code: "dispatch/gap", want: last.number + 1, have: number });
    const trusted = chain.waiting.at(number);
    if (trusted === undefined)
      throw new DispatchError({ code: "dispatch/not-final", number, finalized: finalizedOf(chain).number });
    if (changedAt !== undefined && number > changedAt) throw outdated(chain, changedAt);
    const { events, timeMs, codePending } = yield* proveBlock(crypto, trusted, block, rules);
    yield;
    const next: ProvenBlock = {
      ...dispatchedAfter(last, trusted, timeMs),
      ...(events === undefined ? noEvents : yield* read(trusted, events)),
    };
    last = next;
    if (next.codeChanged || codePending) changedAt = number;
    if (next.needsBody) bodiesWanted.push(number);
    if (bodiesWanted.length > 0) continue;
    proven.push(next);
    runtimeChangedAt = changedAt;
  }
  return { proven, runtimeChangedAt, bodiesWanted };
}

/** The error for a block that comes after the change of the runtime at block `since`. */
function outdated({ unreadable }: Chain, since: number): RuntimeError {
  return unreadable === undefined
    ? new RuntimeError({ code: "runtime/metadata-outdated", since })
    : new RuntimeError({ code: "runtime/unreadable", since: unreadable.since, reason: unreadable.code });
}

const noEvents: BlockEvents = { commands: [], codeChanged: false, needsBody: false };

/**
 * Executes the commands of the batch. Returns the chain after the last executed block, and the work that
 * commits the batch. There is no such work if no block is proven. If the changes of several blocks together
 * do not fit into memory, the batch ends before the first block that does not fit.
 * @throws ExecutorError `executor/state-full` if the first block does not fit
 */
function* execute(
  context: Context,
  { chain, executor }: Running,
  { proven, runtimeChangedAt }: ProvenBatch,
): Work<readonly [Chain, Work<void> | undefined]> {
  if (proven.length === 0) return [chain, undefined];
  const { crypto } = context;
  const batch = executor.begin();
  const execution = executionOf(context, chain, batch);
  let last: ProvenBlock | undefined;
  let { policies } = chain;
  for (const block of proven)
    try {
      policies = yield* executeBlock(execution, block, keyed(crypto, block.commands), policies);
      last = block;
    } catch (error) {
      if (last === undefined || !(error instanceof ExecutorError && error.code === "executor/state-full"))
        throw error;
      break;
    }
  const { number, hash, stateRoot, timeMs } = last as ProvenBlock;
  const dispatched = { number, hash, stateRoot, timeMs };
  const known = chain.known.append(proven.slice(0, number - chain.dispatched.number));
  const changed = runtimeChangedAt !== undefined && runtimeChangedAt <= number;
  const next = {
    ...withPolicies(chain, policies),
    waiting: chain.waiting.after(number),
    dispatched,
    known,
    runtimeChangedAt: changed ? runtimeChangedAt : chain.runtimeChangedAt,
  };
  return [next, yield* batch.commitWork()];
}

/** The commands with the keys of their receipts. Each key is computed only when its command's turn comes. */
function* keyed(crypto: Crypto, commands: readonly PushedCommand[]): Generator<KeyedCommand, void> {
  for (const command of commands) yield { command, txHash: crypto.blake2b256(command.payload) };
}
