/** `dispatch_block`: executes the commands that events of finalized blocks prove. */
import { type BlockHeaderWithEvents, decodeBlockHeaderWithEvents } from "@pruntime/core/bridge-2020";
import { equal } from "@pruntime/core/bytes";
import { headerHash } from "@pruntime/core/chain";
import type { WorkerChannel } from "@pruntime/core/channel";
import type { Crypto } from "@pruntime/core/crypto";
import type { FinalizedHeader } from "@pruntime/core/light-client";
import { decodeAll } from "@pruntime/core/scale";
import { systemEventsKey, timestampNowKey } from "@pruntime/core/storage-key";
import { openStateProof, type StateProof } from "@pruntime/core/trie";
import type { Batch } from "@pruntime/executor";
import { type Chain, type DispatchedBlock, finalizedOf, requireSource } from "../chain.ts";
import { RuntimeError } from "../error.ts";
import type { BlockEvents, CommandEvents } from "./command-events.ts";
import { DispatchError } from "./error.ts";
import { executeCommand } from "./execute.ts";
import type { Remarks } from "./remark.ts";

/** What a block's events say. */
type ReadEvents = (number: number, events: Uint8Array) => BlockEvents;

/** A block whose events are proven and read. */
interface ProvenBlock extends DispatchedBlock, BlockEvents {}

/** Blocks of one batch, and the first block that changed the runtime as far as digests and their events tell. */
interface ProvenBatch extends Pick<Chain, "runtimeChangedAt"> {
  readonly proven: readonly ProvenBlock[];
}

/**
 * Proves all blocks first, then runs their commands on `batch`. Blocks that were dispatched before are skipped.
 * @returns the chain as it is once the batch is committed; `undefined` when there was nothing new
 * @throws {@link DispatchError}, {@link RuntimeError} `runtime/metadata-outdated`; TrieError, CodecError, MetadataError
 */
export function dispatchEvents(
  crypto: Crypto,
  chain: Chain,
  events: CommandEvents,
  channel: WorkerChannel,
  begin: () => Batch,
  blocks: readonly Uint8Array[],
  remarks: Remarks,
): { readonly chain: Chain; readonly batch: Batch } | undefined {
  requireSource(chain, "events");
  if (blocks.length === 0) throw new DispatchError({ code: "dispatch/empty" });
  const { proven, runtimeChangedAt } = proveInOrder(
    crypto,
    chain,
    (number, value) => events.read(number, value, remarks),
    blocks,
  );
  const last = proven.at(-1);
  if (last === undefined) return undefined;
  const batch = begin();
  for (const block of proven) {
    for (const command of block.commands)
      executeCommand(crypto, channel, batch, block, command, crypto.blake2b256(command.payload));
    batch.endBlock();
  }
  const { number, hash, stateRoot, timeMs } = last;
  const dispatched = { number, hash, stateRoot, timeMs };
  return {
    chain: { ...chain, waiting: chain.waiting.slice(proven.length), dispatched, runtimeChangedAt },
    batch,
  };
}

/** Each block is read when it is its turn: read, a proof takes many times its length in memory. */
function proveInOrder(
  crypto: Crypto,
  chain: Chain,
  events: ReadEvents,
  blocks: readonly Uint8Array[],
): ProvenBatch {
  const proven: ProvenBlock[] = [];
  let last = chain.dispatched;
  let { runtimeChangedAt } = chain;
  for (const encoded of blocks) {
    const block = decodeBlockHeaderWithEvents(encoded);
    const { number } = block.header;
    if (number <= chain.dispatched.number) continue;
    if (number !== last.number + 1)
      throw new DispatchError({ code: "dispatch/gap", want: last.number + 1, have: number });
    const trusted = chain.waiting[proven.length];
    if (trusted === undefined)
      throw new DispatchError({ code: "dispatch/not-final", number, finalized: finalizedOf(chain).number });
    if (runtimeChangedAt !== undefined && number > runtimeChangedAt)
      throw new RuntimeError({ code: "runtime/metadata-outdated", since: runtimeChangedAt });
    const next = proveBlock(crypto, trusted, last.timeMs, events, block);
    proven.push(next);
    last = next;
    if (next.codeChanged) runtimeChangedAt = number;
  }
  return { proven, runtimeChangedAt };
}

function proveBlock(
  crypto: Crypto,
  trusted: FinalizedHeader,
  knownTimeMs: bigint,
  readEvents: ReadEvents,
  { encodedHeader, events, proof, key }: BlockHeaderWithEvents,
): ProvenBlock {
  const { number, hash, stateRoot } = trusted;
  if (!equal(headerHash(crypto, encodedHeader), hash))
    throw new DispatchError({ code: "dispatch/wrong-header", number });
  const eventsKey = systemEventsKey(crypto);
  if (key !== undefined && !equal(key, eventsKey))
    throw new DispatchError({ code: "dispatch/wrong-key", number });
  if (proof === undefined) throw new DispatchError({ code: "dispatch/missing-proof", number });
  const state = openStateProof(crypto.blake2b256, stateRoot, proof);
  const value = state.read(eventsKey);
  if (!sameValue(value, events)) throw new DispatchError({ code: "dispatch/events-mismatch", number });
  const timeMs = provenTime(crypto, number, state);
  return {
    number,
    hash,
    stateRoot,
    timeMs: timeMs > knownTimeMs ? timeMs : knownTimeMs,
    ...(value === undefined ? { commands: [], codeChanged: false } : readEvents(number, value)),
  };
}

/** An empty value is a value: `Some("")` and `None` differ. */
function sameValue(proven: Uint8Array | undefined, told: Uint8Array | undefined): boolean {
  return proven === undefined || told === undefined ? proven === told : equal(proven, told);
}

/** `Timestamp.Now`, which the proof must show or show to be absent: were it the relay's choice, two workers could see different times. */
function provenTime(crypto: Crypto, number: number, state: StateProof): bigint {
  const value = state.read(timestampNowKey(crypto));
  if (value === undefined) return 0n;
  if (value.length !== 8) throw new DispatchError({ code: "dispatch/bad-timestamp", number });
  return decodeAll(value, (r) => r.u64());
}
