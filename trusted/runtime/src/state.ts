/** What handlers of events need: the runtime's context, which is fixed, and its state. */
import type { AttestationRoots } from "@pruntime/core/attestation";
import type { WorkerChannel } from "@pruntime/core/channel";
import type { Crypto, Random } from "@pruntime/core/crypto";
import { type Chain, genesisOf } from "./chain.ts";
import type { WorkerContracts } from "./contracts.ts";
import type { CommandEvents } from "./dispatch/command-events.ts";
import { MeaningCache, type RuntimeCode } from "./dispatch/runtime-code.ts";
import { RuntimeError } from "./error.ts";
import type { Answers, Event } from "./event.ts";
import type { HandoverState } from "./handover/handover.ts";
import type { Identity } from "./identity.ts";
import type { Effects } from "./keep/record.ts";
import type { ReplayGuard } from "./query/replay.ts";

/** What the process provides for its runtime. */
export interface RuntimePlatform {
  readonly crypto: Crypto;
  readonly random: Random;
  /** The hash of the code that runs, 32 bytes. */
  readonly measurement: Uint8Array;
  readonly runtimeCode: RuntimeCode;
  /** Trust roots for other workers' evidence. */
  readonly roots: AttestationRoots;
}

/** What stays the same for every event that a runtime takes. */
export interface Context extends RuntimePlatform {
  readonly identity: Identity;
  readonly meanings: MeaningCache;
}

/** Makes the context of a worker with these keys. */
export function contextOf(platform: RuntimePlatform, identity: Identity): Context {
  const { crypto, runtimeCode } = platform;
  return { ...platform, identity, meanings: new MeaningCache(crypto, runtimeCode) };
}

/** What a worker has after init. */
export interface Running extends WorkerContracts {
  readonly chain: Chain;
  /** The reader of blocks' events. `undefined` for a worker that takes commands from bodies. */
  readonly events: CommandEvents | undefined;
  readonly replay: ReplayGuard;
}

/** All that events change. A handler returns the next state, so a handler that throws has changed nothing. */
export interface State {
  /** `undefined` before init. */
  readonly running: Running | undefined;
  /**
   * The anchor of the one chain that the keys are for, 32 bytes. `undefined` before init, for new keys.
   */
  readonly boundTo: Uint8Array | undefined;
  readonly handover: HandoverState;
}

/** The state of a worker with new keys. */
export const newWorker: State = { running: undefined, boundTo: undefined, handover: {} };

/** A handler's result: the next state, the answer, and the effects. Absent effects are none. */
export interface Step<K extends Event["kind"]> extends Partial<Effects> {
  readonly state: State;
  readonly value: Answers[K];
}

/** What the worker has after init. @throws {@link RuntimeError} `runtime/not-initialized` */
export function started({ running }: State): Running {
  if (running === undefined) throw new RuntimeError({ code: "runtime/not-initialized" });
  return running;
}

/** The state with this chain in place of its own. */
export function withChain(state: State, chain: Chain): State {
  return { ...state, running: { ...started(state), chain } };
}

/** The channel that commands and queries of the chain are opened with. */
export function channelOf({ identity }: Context, chain: Chain): WorkerChannel {
  return { genesisHash: genesisOf(chain), keyPair: identity.keyPair };
}
