/** The inputs of an event's handler: the runtime's context, which is fixed, and its state. */
import type { AttestationRoots, Lineage } from "@pruntime/core/attestation";
import type { WorkerChannel } from "@pruntime/core/channel";
import type { Crypto, Random } from "@pruntime/core/crypto";
import type { Work } from "@pruntime/core/work";
import { type Chain, genesisOf } from "./chain.ts";
import type { WorkerContracts } from "./contracts.ts";
import type { CommandEvents } from "./dispatch/command-events.ts";
import { MeaningCache, type RuntimeCode } from "./dispatch/runtime-code.ts";
import type { StagedPieces } from "./dispatch/staged-pieces.ts";
import { RuntimeError } from "./error.ts";
import type { Answers, Event } from "./event.ts";
import type { HandoverState } from "./handover/handover.ts";
import type { Identity } from "./identity.ts";
import type { DumpInProgress, LoadInProgress } from "./keep/dump/progress.ts";
import type { Effects } from "./keep/record.ts";
import type { Mark } from "./mark.ts";
import { AccountShares } from "./query/account-shares.ts";
import { QuerySession } from "./query/session.ts";

/** What the process provides to its runtime. */
export interface RuntimePlatform {
  readonly crypto: Crypto;
  readonly random: Random;
  /** The hash of the code that runs, 32 bytes. */
  readonly measurement: Uint8Array;
  readonly runtimeCode: RuntimeCode;
  /** The memory that contract state may need, in bytes, so that enough is left for all other work. */
  readonly stateBudget: number;
  /** Whether the worker may follow a chain whose anchor lets it run commands of channel v1. */
  readonly allowsV1: boolean;
  /** Trust roots for other workers' evidence. */
  readonly roots: AttestationRoots;
}

/**
 * The fixed part of a runtime. Only its cache of event readers, its query session and the accounts' shares
 * change. They live as long as the process.
 */
export interface Context extends RuntimePlatform {
  readonly identity: Identity;
  readonly meanings: MeaningCache;
  readonly session: QuerySession;
  readonly shares: AccountShares;
}

/** Makes the context of a worker with this identity, and draws its query key. */
export function contextOf(platform: RuntimePlatform, identity: Identity): Context {
  const { crypto, random, runtimeCode } = platform;
  const meanings = new MeaningCache(crypto, runtimeCode);
  const session = new QuerySession(crypto, random);
  return { ...platform, identity, meanings, session, shares: new AccountShares() };
}

/** A block that the worker does not dispatch, because its contracts' state has no memory for it. */
export interface FullState {
  /** The number of the block. */
  readonly since: number;
  /** The memory that the state would need with the first commands of the block, in bytes. */
  readonly bytes: number;
  /** The memory that the state may need, in bytes. */
  readonly limit: number;
}

/** The part of a worker's state that exists after init. */
export interface Running extends WorkerContracts {
  readonly chain: Chain;
  /** The reader of blocks' events. `undefined` for a worker that reads commands from bodies. */
  readonly events: CommandEvents | undefined;
  /** Parts of a block that came in pieces. Nothing has proven them yet. */
  readonly pieces: StagedPieces;
  /** Set once a block does not fit into memory. Only a load or a restart helps then. */
  readonly full?: FullState;
  /** The dump that began last, until a block is dispatched after its end. */
  readonly dump?: DumpInProgress;
  readonly load?: LoadInProgress;
}

/**
 * Everything that events can change. A handler returns the next state. A handler changes the mutable parts of
 * {@link Running} only after its last check, so a handler that throws has changed nothing. A handler that
 * works in units changes these parts only in {@link Step.after}.
 */
export interface State {
  /** `undefined` before init. */
  readonly running: Running | undefined;
  /** The anchor of the chain that the keys are bound to, 32 bytes. `undefined` if the keys are not bound. */
  readonly boundTo: Uint8Array | undefined;
  /** The mark that an earlier process kept, which init takes over. `undefined` if the keys are not bound. */
  readonly mark: Mark | undefined;
  /** The operator's account, 32 bytes. `undefined` until the operator names it. */
  readonly operator: Uint8Array | undefined;
  /** The other code that has held the key agreement key, as far as the worker knows. */
  readonly lineage: Lineage;
  readonly handover: HandoverState;
}

/** The state of a worker with new keys. */
export const newWorker: State = {
  running: undefined,
  boundTo: undefined,
  mark: undefined,
  operator: undefined,
  lineage: [],
  handover: {},
};

/**
 * A handler's result: the next state, the answer, and the effects. An absent list of effects means an empty
 * list.
 */
export interface Step<K extends Event["kind"]> extends Partial<Effects> {
  readonly state: State;
  readonly value: Answers[K];
  /**
   * Changes the mutable parts of {@link Running}. Its first unit runs together with the change of the state,
   * before any query. Its other units run after the outcome is returned, and before the next event. It cannot
   * fail, and queries may be answered between its units.
   */
  readonly after?: Work<void>;
}

/** The part of the state that exists after init. @throws {@link RuntimeError} `runtime/not-initialized` */
export function started({ running }: State): Running {
  if (running === undefined) throw new RuntimeError({ code: "runtime/not-initialized" });
  return running;
}

/**
 * Returns the state of a running worker with `chain` in place of its chain. A dump that was read to its end
 * is dropped once another block is dispatched, because it cannot begin again then.
 */
export function withChain(state: State, chain: Chain): State {
  const { dump, ...running } = started(state);
  const kept = dump === undefined || isOver(dump, chain) ? {} : { dump };
  return { ...state, running: { ...running, ...kept, chain } };
}

function isOver({ of, pager }: DumpInProgress, { dispatched }: Chain): boolean {
  return pager.next === undefined && of.chain.dispatched.number !== dispatched.number;
}

/** The channel with which the worker opens the commands of a chain. */
export function channelOf({ identity }: Context, chain: Chain): WorkerChannel {
  return { genesisHash: genesisOf(chain), keyPair: identity.keyPair };
}
