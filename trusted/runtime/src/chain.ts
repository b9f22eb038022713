/** What a worker knows about its chain. Immutable: each accepted call returns a new value. */
import { equal } from "@pruntime/core/bytes";
import {
  type BlockPoint,
  type BlockRelation,
  type FinalizedHeader,
  type GenesisBalance,
  HeaderRun,
  KnownBlocks,
  type LightClient,
  type MeaningKind,
  nothingStaged,
  type PolicyAuthority,
  type RecoveryKeys,
  type StagedHeaders,
} from "@pruntime/core/light-client";
import { type SetStart, setAfter, setsOf } from "./authority-sets.ts";
import { RuntimeError } from "./error.ts";
import type { CommandSource } from "./event.ts";
import { type Mark, markAfter, markOf, withSerial } from "./mark.ts";
import { newestSerial, type Policies } from "./policies.ts";

/**
 * The last block whose commands were executed. At first, this is the start point (see {@link startChain}).
 */
export interface DispatchedBlock {
  readonly number: number;
  readonly hash: Uint8Array;
  readonly stateRoot: Uint8Array;
  /**
   * The latest proven `Timestamp.Now`, in milliseconds; 0 until a block proves a time. It never decreases.
   */
  readonly timeMs: bigint;
}

/** A parachain. The relay chain's state determines which of the parachain's blocks are final. */
export interface Parachain {
  readonly id: number;
  readonly genesisHash: Uint8Array;
  readonly finalized: FinalizedHeader;
  /** The finalized blocks of the relay chain. */
  readonly relay: KnownBlocks;
  /** Headers after `finalized`. No proven head of the parachain covers them yet. */
  readonly staged: HeaderRun;
}

/**
 * The chain that a worker follows: its finalized block, its dispatched block, the headers between the two,
 * and headers that are not proven yet.
 */
export interface Chain {
  /** A hash of everything that the worker was given to trust, 32 bytes. */
  readonly anchor: Uint8Array;
  readonly source: CommandSource;
  /** How the worker learned at init what the chain's events mean. */
  readonly meaning: MeaningKind;
  readonly genesisBalance: GenesisBalance;
  /** Whether the anchor lets the worker run commands of channel v1. */
  readonly channelV1: boolean;
  /** The keys that may sign a new checkpoint. `undefined` if the anchor names none. */
  readonly recovery: RecoveryKeys | undefined;
  /** Whose policies decide about handovers. */
  readonly policyAuthority: PolicyAuthority;
  /** The light client of the chain itself or, for a parachain, of its relay chain. */
  readonly client: LightClient;
  /** The authority sets that the client has followed, the latest last. */
  readonly sets: readonly SetStart[];
  /** Headers after the client's finalized header. They have no effect until a justification proves them. */
  readonly staged: StagedHeaders;
  /** `undefined` unless the worker follows a parachain. */
  readonly para: Parachain | undefined;
  /** The headers that are finalized and not yet dispatched, in order. */
  readonly waiting: HeaderRun;
  readonly dispatched: DispatchedBlock;
  /** The dispatched blocks. The last of them is `dispatched`. */
  readonly known: KnownBlocks;
  /** The signed policies in the dispatched blocks. There are none unless the anchor names a policy key. */
  readonly policies: Policies;
  /** The highest blocks that this worker has verified as final, before its last start too. */
  readonly mark: Mark;
  /**
   * The first block that changed the runtime after the worker last learned the meaning of events. The worker
   * can still read that block's events, but the events of later blocks may mean something else. `undefined`
   * if no block changed the runtime.
   */
  readonly runtimeChangedAt: number | undefined;
  /** Set while this program cannot read the runtime of the next block. The worker still follows finality. */
  readonly unreadable: UnreadableRuntime | undefined;
}

/** A runtime whose code is proven, but whose events this program cannot read. */
export interface UnreadableRuntime {
  /** The first block that runs this runtime. */
  readonly since: number;
  /** The code of the error that stopped this program from reading the runtime. */
  readonly code: string;
}

/**
 * The finalized headers that wait for dispatch.
 * @limit headers
 * @source chosen: about a month of blocks, 49 MB. All staged headers and one batch after them fit
 * @past `runtime/queue-full`
 */
export const maxWaiting = 500_000;

/** The fields of a chain that the caller gives at the start, and that never change. */
export type ChainTerms = Pick<
  Chain,
  "anchor" | "meaning" | "genesisBalance" | "channelV1" | "recovery" | "policyAuthority"
>;

/**
 * Makes a chain at its start point. The block of the start point counts as dispatched, because it is trusted
 * and the worker does not execute its commands.
 * @param mark the mark that the worker reached before its last start
 */
export function startChain(
  terms: ChainTerms,
  client: LightClient,
  para: Parachain | undefined,
  mark: Mark = markOf({ client, para, policies: [] }),
): Chain {
  const { number, hash, stateRoot } = (para ?? client).finalized;
  const dispatched = { number, hash, stateRoot, timeMs: 0n };
  const waiting = HeaderRun.after(dispatched);
  const known = KnownBlocks.from(dispatched);
  const staged = nothingStaged(client);
  const begun = { policies: [], runtimeChangedAt: undefined, unreadable: undefined };
  const source = terms.meaning === "bodies" ? "bodies" : "events";
  const sets = setsOf(client);
  return { ...terms, source, client, sets, staged, para, waiting, dispatched, known, mark, ...begun };
}

/** Returns the dispatched block after `last`. Its time is the later of `timeMs` and the time of `last`. */
export function dispatchedAfter(
  last: DispatchedBlock,
  { number, hash, stateRoot }: FinalizedHeader,
  timeMs: bigint,
): DispatchedBlock {
  return { number, hash, stateRoot, timeMs: last.timeMs > timeMs ? last.timeMs : timeMs };
}

/** The latest finalized block of the chain that commands come from. */
export function finalizedOf({ client, para }: Chain): FinalizedHeader {
  return (para ?? client).finalized;
}

/** Tells how a block relates to the final part of the chain that commands come from. */
export function relationTo(
  { waiting, known }: Pick<FinalPart, "waiting" | "known">,
  block: BlockPoint,
): BlockRelation {
  if (block.number > waiting.tip.number) return "ahead";
  const header = waiting.at(block.number);
  if (header === undefined) return known.relationOf(block);
  return equal(header.hash, block.hash) ? "known" : "other";
}

/** The final blocks of a chain and, for a parachain, of its relay chain. */
type FinalPart = Pick<Chain, "sets" | "waiting" | "known" | "para">;

/** How a mark relates to the final part of a chain. */
export interface MarkRelation {
  /** Of the block of the chain that GRANDPA finalizes. */
  readonly finalized: BlockRelation;
  /** The id of the authority set that goes on from this block. 0 if it is forgotten. */
  readonly setId: bigint;
  /** `undefined` unless both the mark and the chain are of a parachain. */
  readonly para: BlockRelation | undefined;
}

/** Tells how a mark relates to the final part of a chain with the same anchor. */
export function relationToMark(chain: FinalPart, { finalized, para }: Mark): MarkRelation {
  const setId = setAfter(chain.sets, finalized.number) ?? 0n;
  if (para === undefined || chain.para === undefined)
    return { finalized: relationTo(chain, finalized), setId, para: undefined };
  return { finalized: chain.para.relay.relationOf(finalized), setId, para: relationTo(chain, para) };
}

/** The genesis hash of the chain that commands come from, 32 bytes. */
export function genesisOf({ client, para }: Chain): Uint8Array {
  return (para ?? client).genesisHash;
}

/**
 * Adds headers that the light client has proven final, and drops the light client's staged headers. If the
 * worker follows a parachain, the headers are those of the relay chain. The worker then remembers their
 * hashes, and they do not wait for dispatch.
 * @param signedBy as for {@link markAfter}
 * @throws {@link RuntimeError} `runtime/contradicts-mark`; as {@link withWaiting}
 */
export function withFinalized(
  chain: Chain,
  client: LightClient,
  finalized: HeaderRun,
  signedBy: bigint,
): Chain {
  if (finalized.length === 0 && client === chain.client) return chain;
  const mark = markAfter(chain.mark, client, finalized, signedBy);
  const sets = setsOf(client, chain.sets);
  const next = { ...chain, client, sets, mark, staged: nothingStaged(client) };
  const { para } = chain;
  if (para === undefined) return withWaiting(next, finalized);
  return { ...next, para: { ...para, relay: para.relay.append(finalized) } };
}

/** Adds headers that wait for dispatch. @throws {@link RuntimeError} `runtime/queue-full` */
export function withWaiting(chain: Chain, finalized: HeaderRun): Chain {
  const waiting = chain.waiting.length + finalized.length;
  if (waiting > maxWaiting)
    throw new RuntimeError({ code: "runtime/queue-full", waiting, limit: maxWaiting });
  return {
    ...chain,
    waiting: chain.waiting.concat(finalized),
    runtimeChangedAt: chain.runtimeChangedAt ?? finalized.firstUpdate(),
  };
}

/** The ed25519 key that signs the chain's policies, 32 bytes. `undefined` if the anchor names none. */
export function policyKeyOf({ policyAuthority }: Chain): Uint8Array | undefined {
  return policyAuthority.kind === "key" ? policyAuthority.key : undefined;
}

/** Returns the chain with the policies after more blocks. */
export function withPolicies(chain: Chain, policies: Policies): Chain {
  return { ...chain, policies, mark: withSerial(chain.mark, newestSerial(policies)) };
}

/**
 * Returns the chain after the worker has learned the new code. `runtimeChangedAt` is then the first waiting
 * block whose header announces a change of the runtime, or `undefined` if no waiting header announces one.
 */
export function withCode(chain: Chain): Chain {
  return { ...chain, runtimeChangedAt: chain.waiting.firstUpdate(), unreadable: undefined };
}

/**
 * Refuses a call that delivers commands from a source other than the chain's.
 * @throws {@link RuntimeError} `runtime/wrong-source`
 */
export function requireSource(chain: Chain, source: CommandSource): void {
  if (chain.source !== source) throw new RuntimeError({ code: "runtime/wrong-source", source: chain.source });
}
