/** `dump_states`, `load_states`: a worker's whole chain and state, in SCALE. The enclave seals the dump. */
import { equal } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import {
  type BlockPoint,
  type BlockRelation,
  decodeLightClient,
  encodeLightClient,
  type FinalizedHeader,
  HeaderRun,
  headersPerUnit,
  KnownBlocks,
  nothingStaged,
  readFinalizedHeader,
  writeFinalizedHeader,
} from "@pruntime/core/light-client";
import { decodeAll, Reader, Writer } from "@pruntime/core/scale";
import { forEach, type Work } from "@pruntime/core/work";
import { followOrders } from "@pruntime/executor";
import { type Chain, maxWaiting, type Parachain, relationToMark } from "../chain.ts";
import { createContracts } from "../contracts.ts";
import { compileCommandEvents } from "../dispatch/command-events.ts";
import type { EventOf } from "../event.ts";
import { belowMark, type Mark, markOf } from "../mark.ts";
import { type Context, type Running, type State, type Step, started } from "../state.ts";
import { DumpError } from "./error.ts";

const version = 3;
/**
 * The length of each header, in bytes.
 * @format
 */
const finalizedHeaderBytes = 133;
/**
 * The contract state in a dump.
 * @limit bytes
 * @source the dump's hex, which is twice as long, fits into a call of `load_states`. A worker with a small
 * heap has a lower limit, because hex and JSON need several times the dump's length in memory
 * @past `executor/dump-too-large`
 */
const maxStateBytes = 48 << 20;

/** `dump_states`: writes out the worker's chain and state. */
export function* dumpState({ stateBudget }: Context, state: State): Work<Step<"dump">> {
  return {
    state,
    value: { dump: yield* encodeDump(started(state), Math.min(maxStateBytes, stateBudget / 16)) },
  };
}

/**
 * `load_states`: replaces the worker's chain and state with those of a dump. The worker keeps the operator's
 * files, its query key, and the nonces of the queries that it answered. A dump needs no nonces: every
 * process has its own query key, so no other process can open a query that this process answered.
 * @throws as {@link decodeDump}
 */
export function* loadState(
  { crypto, identity, stateBudget }: Context,
  state: State,
  { dump }: EventOf<"load">,
): Work<Step<"load">> {
  const running = started(state);
  const loaded = yield* decodeDump(crypto, identity.secrets.stateKey, running.chain, dump, {
    budget: stateBudget,
    beside: running.executor.memory.bytes,
  });
  for (const [path, bytes] of running.data.entries()) loaded.data.store(path, bytes);
  yield* followOrders(loaded.executor, loaded.data);
  return { state: { ...state, running: loaded }, value: { done: true } };
}

/**
 * `3 ‖ anchor(32) ‖ light client Vec<u8> ‖
 * Option<parachain id u32 ‖ parachain's genesis hash(32) ‖ parachain's finalized header ‖
 * relay chain's known blocks> ‖ Vec<waiting header> ‖ known blocks ‖ dispatched number u32 ‖
 * dispatched hash(32) ‖ dispatched block's state root(32) ‖ chain time u64 ‖
 * Option<runtime changed at u32> ‖ Option<metadata Vec<u8>> ‖ contracts' state root(32) ‖
 * contracts' state Vec<u8>`.
 * The dump contains neither the operator's files nor anything that is staged.
 */
export function* encodeDump(
  { chain, events, executor }: DumpedState,
  limit: number = Infinity,
): Work<Uint8Array> {
  const { anchor, client, para, waiting, known, dispatched, runtimeChangedAt } = chain;
  const w = new Writer();
  w.u8(version).raw(anchor).vecU8(encodeLightClient(client)).option(para, writeParachain);
  w.compact(waiting.length);
  yield* forEach(waiting, headersPerUnit, (header) => writeFinalizedHeader(w, header));
  known.write(w);
  w.u32(dispatched.number).raw(dispatched.hash).raw(dispatched.stateRoot).u64(dispatched.timeMs);
  w.option(runtimeChangedAt, (out, number) => out.u32(number))
    .option(events?.metadata, (out, metadata) => out.vecU8(metadata))
    .raw(executor.stateRoot)
    .vecU8(yield* executor.encodeStateWork(limit));
  return w.finish();
}

/** The part of a worker's state that a dump contains. */
type DumpedState = Pick<Running, "events" | "executor"> & {
  readonly chain: Omit<Chain, "waiting"> & {
    readonly waiting: Iterable<FinalizedHeader> & { readonly length: number };
  };
};

interface Dump extends Pick<Running, "chain"> {
  readonly metadata: Uint8Array | undefined;
  readonly stateRoot: Uint8Array;
  readonly state: Uint8Array;
}

/** The memory for contract state, and the part of it that the replaced state needs, in bytes. */
interface LoadMemory {
  readonly budget: number;
  readonly beside: number;
}

/**
 * Decodes an unsealed dump for a worker whose chain is `current`.
 * @throws {@link DumpError}, CodecError, ExecutorError, MetadataError
 */
export function* decodeDump(
  crypto: Crypto,
  stateKey: Uint8Array,
  current: Chain,
  bytes: Uint8Array,
  memory: LoadMemory = { budget: Infinity, beside: 0 },
): Work<Running> {
  const { chain, metadata, stateRoot, state } = decodeAll(bytes, (r) => readDump(r, current));
  // Below its mark, the worker may have dispatched more blocks of a fork than the dump's chain has.
  if (belowMark(current) === undefined) assertNotOlder(current, chain);
  assertContains(chain, current.mark);
  if ((metadata === undefined) !== (chain.source === "bodies"))
    throw new DumpError({ code: "dump/inconsistent", what: "metadata" });
  const { executor, data } = createContracts(crypto, stateKey, chain.genesisBalance, memory.budget);
  yield* executor.loadStateWork(state, memory.beside);
  if (!equal(executor.stateRoot, stateRoot))
    throw new DumpError({ code: "dump/inconsistent", what: "state-root" });
  const events = metadata && (yield* compileCommandEvents(metadata));
  return { chain, events, executor, data, pieces: {} };
}

function readDump(r: Reader, current: Chain): Dump {
  const have = r.u8();
  if (have !== version) throw new DumpError({ code: "dump/unknown-version", version: have });
  const anchor = r.take(32).slice();
  if (!equal(anchor, current.anchor)) throw new DumpError({ code: "dump/wrong-anchor" });
  const client = decodeLightClient(r.vecU8());
  const para = r.option(readParachain);
  const queued = new Reader(r.take(finalizedHeaderBytes * r.count(finalizedHeaderBytes, maxWaiting)));
  const known = KnownBlocks.read(r);
  const dispatched = {
    number: r.u32(),
    hash: r.take(32).slice(),
    stateRoot: r.take(32).slice(),
    timeMs: r.u64(),
  };
  const runtimeChangedAt = r.option((o) => o.u32());
  const chain: Chain = {
    ...current,
    client,
    staged: nothingStaged(client),
    para,
    waiting: readQueue(queued, dispatched, (para ?? client).finalized),
    dispatched,
    known,
    runtimeChangedAt,
    mark: markOf({ client, para }),
    unreadable: undefined, // the program that loads the dump may be able to read the runtime
  };
  assertKnown(known, dispatched);
  if (para !== undefined) assertKnown(para.relay, client.finalized);
  const metadata = r.option((o) => o.vecU8());
  return { chain, metadata, stateRoot: r.take(32), state: r.vecU8() };
}

function writeParachain(w: Writer, { id, genesisHash, finalized, relay }: Parachain): void {
  writeFinalizedHeader(w.u32(id).raw(genesisHash), finalized);
  relay.write(w);
}

function readParachain(r: Reader): Parachain {
  const [id, genesisHash, finalized] = [r.u32(), r.take(32).slice(), readFinalizedHeader(r)];
  return { id, genesisHash, finalized, relay: KnownBlocks.read(r), staged: HeaderRun.after(finalized) };
}

/** @throws {@link DumpError} `dump/older` if the dump was made before the worker's last dispatched block */
function assertNotOlder(current: Chain, dump: Chain): void {
  const [have, given] = [current.dispatched.number, dump.dispatched.number];
  if (given < have) throw new DumpError({ code: "dump/older", have, dump: given });
}

/**
 * Checks that the worker's highest final blocks are part of the dump's chain. Otherwise a dump could move the
 * worker to a fork that the keys of a retired authority set have signed.
 * @throws {@link DumpError} `dump/older`, `dump/other-fork`, `dump/too-far-ahead`, `dump/lower-set-id`
 */
function assertContains(dump: Chain, mark: Mark): void {
  const { client, para } = dump;
  const relation = relationToMark(dump, mark);
  if (mark.para !== undefined && para !== undefined && relation.para !== undefined)
    assertKnownIn(mark.para, relation.para, para.finalized);
  assertKnownIn(mark.finalized, relation.finalized, client.finalized);
  const { setId } = client.authorities;
  if (setId < mark.setId) throw new DumpError({ code: "dump/lower-set-id", have: mark.setId, dump: setId });
}

function assertKnownIn(marked: BlockPoint, relation: BlockRelation, finalized: BlockPoint): void {
  const { number } = marked;
  switch (relation) {
    case "known":
      return;
    case "ahead":
      throw new DumpError({ code: "dump/older", have: number, dump: finalized.number });
    case "other":
      throw new DumpError({ code: "dump/other-fork", number });
    case "too-old":
      throw new DumpError({ code: "dump/too-far-ahead", number, dump: finalized.number });
  }
}

/** Checks that `last` is the last known block. @throws {@link DumpError} `dump/inconsistent` */
function assertKnown(known: KnownBlocks, last: BlockPoint): void {
  if (known.tip.number !== last.number || known.relationOf(last) !== "known")
    throw new DumpError({ code: "dump/inconsistent", what: "known-blocks" });
}

/**
 * Reads the waiting headers, a thousand at a time.
 * @throws {@link DumpError} `dump/inconsistent` if the headers do not lead from the dispatched block to the
 * finalized block
 */
function readQueue(r: Reader, dispatched: BlockPoint, finalized: BlockPoint): HeaderRun {
  let run = HeaderRun.after(dispatched);
  while (r.left > 0) {
    let last = run.tip;
    const some: FinalizedHeader[] = [];
    while (r.left > 0 && some.length < 1000) {
      const header = readFinalizedHeader(r);
      if (header.number !== last.number + 1 || !equal(header.parentHash, last.hash))
        throw new DumpError({ code: "dump/inconsistent", what: "queue" });
      some.push(header);
      last = header;
    }
    run = run.append(some);
  }
  if (!equal(run.tip.hash, finalized.hash))
    throw new DumpError({ code: "dump/inconsistent", what: "dispatched" });
  return run;
}
