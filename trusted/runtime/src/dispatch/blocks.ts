/** `dispatch_block`: executes the commands that events of finalized blocks prove. */
import { type BlockHeaderWithEvents, decodeBlockHeaderWithEvents } from "@pruntime/core/bridge-2020";
import type { Crypto } from "@pruntime/core/crypto";
import { ProtocolError } from "@pruntime/core/errors";
import { type Chain, type DispatchedBlock, dispatchedAfter, finalizedOf } from "../chain.ts";
import { RuntimeError } from "../error.ts";
import type { EventOf } from "../event.ts";
import {
  type Context,
  channelOf,
  type Running,
  type State,
  type Step,
  started,
  withChain,
} from "../state.ts";
import type { BlockEvents } from "./command-events.ts";
import { DispatchError } from "./error.ts";
import { executeBlock } from "./execute.ts";
import { proveBlock } from "./prove.ts";
import { readAs } from "./read.ts";
import { Remarks } from "./remark.ts";

/** A block whose events are proven and read. */
interface ProvenBlock extends DispatchedBlock, BlockEvents {}

/** The blocks of one batch, and the first block that changed the runtime by any digest or by these events. */
interface ProvenBatch extends Pick<Chain, "runtimeChangedAt"> {
  readonly proven: readonly ProvenBlock[];
}

/** Reads the events of one block. */
type ReadEvents = (number: number, events: Uint8Array) => BlockEvents;

/**
 * Proves all blocks first, then runs their commands. Blocks that were dispatched before are skipped.
 * @throws {@link DispatchError}, {@link RuntimeError} `runtime/metadata-outdated`; TrieError, CodecError,
 * MetadataError
 */
export function dispatchBlocks(
  context: Context,
  state: State,
  { blocks, remarks = [] }: EventOf<"blocks">,
): Step<"blocks"> {
  const unread = blocks.values();
  try {
    const running = started(state);
    const { chain, events } = running;
    if (events === undefined) throw new RuntimeError({ code: "runtime/wrong-source", source: chain.source });
    if (blocks.length === 0) throw new DispatchError({ code: "dispatch/empty" });
    const supplied = new Remarks(context.crypto, remarks);
    const readEvents: ReadEvents = (number, value) => events.read(number, value, supplied);
    const next = execute(context, running, proveInOrder(context.crypto, chain, unread, readEvents));
    return { state: withChain(state, next), value: { dispatchedTo: next.dispatched.number } };
  } catch (error) {
    // As in 2020, an unreadable block is reported before any other fault.
    if (error instanceof ProtocolError) for (const rest of unread) readBlock(rest);
    throw error;
  }
}

function readBlock(bytes: Uint8Array): BlockHeaderWithEvents {
  return readAs("dispatch/bad-block", decodeBlockHeaderWithEvents, bytes);
}

/**
 * Decodes each block only when its turn comes, because a decoded proof takes many times its length in
 * memory.
 */
function proveInOrder(
  crypto: Crypto,
  chain: Chain,
  unread: Iterable<Uint8Array>,
  readEvents: ReadEvents,
): ProvenBatch {
  const proven: ProvenBlock[] = [];
  let last = chain.dispatched;
  let { runtimeChangedAt } = chain;
  for (const bytes of unread) {
    const block = readBlock(bytes);
    const { number } = block.header;
    if (number <= chain.dispatched.number) continue;
    if (number !== last.number + 1)
      throw new DispatchError({ code: "dispatch/gap", want: last.number + 1, have: number });
    const trusted = chain.waiting[proven.length];
    if (trusted === undefined)
      throw new DispatchError({ code: "dispatch/not-final", number, finalized: finalizedOf(chain).number });
    if (runtimeChangedAt !== undefined && number > runtimeChangedAt)
      throw new RuntimeError({ code: "runtime/metadata-outdated", since: runtimeChangedAt });
    const { events, timeMs } = proveBlock(crypto, trusted, block);
    const next: ProvenBlock = {
      ...dispatchedAfter(last, trusted, timeMs),
      ...(events === undefined ? { commands: [], codeChanged: false } : readEvents(number, events)),
    };
    proven.push(next);
    last = next;
    if (next.codeChanged) runtimeChangedAt = number;
  }
  return { proven, runtimeChangedAt };
}

/** Executes and commits the commands, and returns the chain after the last block. */
function execute(
  context: Context,
  { chain, executor }: Running,
  { proven, runtimeChangedAt }: ProvenBatch,
): Chain {
  const last = proven.at(-1);
  if (last === undefined) return chain;
  const { crypto } = context;
  const batch = executor.begin();
  for (const block of proven)
    executeBlock(
      { crypto, channel: channelOf(context, chain), batch },
      block,
      block.commands.map((command) => ({ command, txHash: crypto.blake2b256(command.payload) })),
    );
  batch.commit();
  const { number, hash, stateRoot, timeMs } = last;
  const dispatched = { number, hash, stateRoot, timeMs };
  return { ...chain, waiting: chain.waiting.slice(proven.length), dispatched, runtimeChangedAt };
}
