/**
 * The state machine inside the enclave. An event is handled completely or not at all: the runtime answers, or
 * it rejects the event with a code and leaves the state unchanged, but for what `after-refusal.ts` names. An
 * error without a code is a bug. The runtime then stops, because a missing reply does less harm than a wrong
 * one.
 *
 * A long event is handled in units. Between two units, the runtime answers queries from the state before the
 * event, and refuses all other events. The state changes in the last unit, which also returns the outcome. So
 * the caller can send the event's effects before it sends any answer that depends on them. Work that can wait
 * until then is left for {@link Runtime.settle}.
 */

import type { Lineage } from "@pruntime/core/attestation";
import { type SignedQueryKey, signQueryKey } from "@pruntime/core/channel";
import { type ErrorDetail, ProtocolError } from "@pruntime/core/errors";
import { type SignedStatement, signStatement } from "@pruntime/core/statement";
import { rulesNumber } from "@pruntime/core/version";
import { complete, nothing, type Work } from "@pruntime/core/work";
import { afterRefusal } from "./after-refusal.ts";
import { requireMark } from "./below-mark.ts";
import { type Chain, finalizedOf, genesisOf } from "./chain.ts";
import { getData, setData } from "./data.ts";
import { dispatchBlocks } from "./dispatch/blocks.ts";
import { dispatchBody } from "./dispatch/body.ts";
import { learnCode } from "./dispatch/learn-code.ts";
import { stagePiece } from "./dispatch/pieces.ts";
import type { AnswerTo, Event, EventOf, Outcome } from "./event.ts";
import type { HandoverEvent } from "./handover/event.ts";
import { handOver, withoutExpired } from "./handover/handover.ts";
import type { WorkerKeys } from "./identity.ts";
import { init } from "./init.ts";
import { beginDump, dumpPage, dumpState, loadPage, loadState } from "./keep/dump/dump.ts";
import { newMark } from "./keep/mark.ts";
import type { Effects } from "./keep/record.ts";
import { type BelowMark, belowMark } from "./mark.ts";
import { setOperator } from "./operator.ts";
import { answerQuery } from "./query/answer.ts";
import { type Context, type FullState, type State, type Step, started } from "./state.ts";
import { syncHeaders } from "./sync/headers.ts";
import { syncParaHeaders } from "./sync/para-headers.ts";
import { recover } from "./sync/recover.ts";
import { stageSyncHeaders } from "./sync/stage-headers.ts";

/** The chain and the state root of a worker after init. */
export interface RuntimeStatus {
  readonly chain: Chain;
  readonly stateRoot: Uint8Array;
  /** Set while the worker has not reached its mark, and therefore only syncs. */
  readonly belowMark: BelowMark | undefined;
  /** The block whose commands do not fit into memory; `undefined` while all blocks do. */
  readonly full: FullState | undefined;
}

/** What a client needs to know before it seals a v2 query. */
export interface QueryTerms {
  readonly key: SignedQueryKey;
  /** The longest life that a signed query may have now, in blocks. */
  readonly longestLife: number;
}

/** A worker's runtime. The host chooses which events the runtime gets, and when. */
export class Runtime {
  readonly #context: Context;
  #state: State;
  #halted = false;
  /** Whether an event is being handled in units. */
  #busy = false;
  /** What the last event has left to do. */
  #rest: Work<void> = nothing();

  constructor(context: Context, state: State) {
    this.#context = context;
    this.#state = state;
  }

  /** Handles an event, and all that it leaves to do, without a pause. @throws as {@link Runtime.begin} */
  accept<E extends Event>(event: E): Outcome<AnswerTo<E>> {
    const outcome = complete(this.begin(event));
    if (event.kind !== "query") complete(this.settle());
    return outcome;
  }

  /**
   * Handles an event in units. The state changes as a whole, in the last unit, when nothing can be refused
   * any more. Until the work ends, every event other than a query is rejected with `runtime/busy`. The first
   * units do what the last event left to do.
   * @param prepare gets the effects of an accepted event, and does what can be done with them before the
   * state changes. It must not throw.
   * @throws only for a bug, which halts the runtime
   */
  *begin<E extends Event>(
    event: E,
    prepare: (effects: Effects) => Work<void> = nothing,
  ): Work<Outcome<AnswerTo<E>>> {
    const asked: Event = event;
    const outcome =
      asked.kind === "query" ? this.#query(asked) : yield* this.#guard(this.#take(asked, prepare));
    return outcome as Outcome<AnswerTo<E>>;
  }

  /** Returns what `init` would answer, without any change or effect. @throws as {@link Runtime.begin} */
  preview(event: EventOf<"init">): Work<Outcome<AnswerTo<typeof event>>> {
    return this.#guard(this.#preview(event));
  }

  /**
   * Does what the last event left to do, in units. Queries may be answered between the units. The caller may
   * stop after any unit: the next event goes on. A halted runtime does nothing more.
   * @throws only for a bug, which halts the runtime
   */
  *settle(): Work<void> {
    while (!this.#halted && this.#settleUnit()) yield;
  }

  /** Runs a unit of what is left to do, and returns whether more is left. */
  #settleUnit(): boolean {
    try {
      return this.#rest.next().done !== true;
    } catch (error) {
      this.#halted = true;
      throw error;
    }
  }

  *#take(event: LongEvent, prepare: (effects: Effects) => Work<void>): Work<Outcome<AnswerTo<Event>>> {
    yield* this.settle();
    let next: Step<Event["kind"]>;
    try {
      const work = step(this.#context, this.#state, event);
      next = "next" in work ? yield* work : work;
    } catch (error) {
      const refusal = this.#refusal(error);
      this.#state = afterRefusal(this.#state, event, refusal.error);
      return refusal;
    }
    const { state, puts = [], drops = [] } = next;
    const effects = { puts: [...puts, ...newMark(this.#context.identity, this.#state, state)], drops };
    yield* prepare(effects);
    return this.#halted ? rejected({ code: "runtime/halted" }) : this.#changeTo(next, effects);
  }

  /** Changes the state, and runs the first unit of the work that goes with the change. */
  #changeTo({ state, value, after }: Step<Event["kind"]>, effects: Effects): Outcome<AnswerTo<Event>> {
    this.#state = inDate(state);
    this.#rest = after ?? nothing();
    this.#settleUnit();
    return { ok: true, value, effects };
  }

  *#preview(event: EventOf<"init">): Work<Outcome<AnswerTo<typeof event>>> {
    try {
      const { value } = yield* init(this.#context, this.#state, event);
      return { ok: true, value, effects: { puts: [], drops: [] } };
    } catch (error) {
      return this.#refusal(error);
    }
  }

  /** Runs work as the only work of this runtime. */
  *#guard<T>(work: Work<Outcome<T>>): Work<Outcome<T>> {
    if (this.#halted) return rejected({ code: "runtime/halted" });
    if (this.#busy) return rejected({ code: "runtime/busy" });
    this.#busy = true;
    try {
      return yield* work;
    } finally {
      this.#busy = false;
    }
  }

  #query(event: EventOf<"query">): Outcome<AnswerTo<typeof event>> {
    if (this.#halted) return rejected({ code: "runtime/halted" });
    try {
      requireMark(this.#state, event);
      const { value } = answerQuery(this.#context, this.#state, event);
      return { ok: true, value, effects: { puts: [], drops: [] } };
    } catch (error) {
      return this.#refusal(error);
    }
  }

  /** Returns the rejection for a coded error. @throws any other error, which halts the runtime */
  #refusal(error: unknown): { readonly ok: false; readonly error: ErrorDetail } {
    if (error instanceof ProtocolError) return rejected(error.detail as ErrorDetail);
    this.#halted = true;
    throw error;
  }

  /** The keys with which the worker signs and opens messages. */
  get identity(): WorkerKeys {
    const { signer, keyPair } = this.#context.identity;
    return { signer, keyPair };
  }

  /** The other code that has held the key agreement key, as far as the worker knows. */
  get lineage(): Lineage {
    return this.#state.lineage;
  }

  /** The operator's account, 32 bytes. `undefined` until the operator names it. */
  get operator(): Uint8Array | undefined {
    return this.#state.operator;
  }

  /** Stops the runtime permanently. A caller that encounters a bug of its own uses this. */
  halt(): void {
    this.#halted = true;
  }

  /** The chain and the state root. `undefined` before init. */
  status(): RuntimeStatus | undefined {
    const { running } = this.#state;
    if (running === undefined) return undefined;
    const { chain, executor, full } = running;
    return { chain, stateRoot: executor.stateRoot, belowMark: belowMark(chain), full };
  }

  /** The query key, signed for the worker's chain, and the life of queries. `undefined` before init. */
  queryTerms(): QueryTerms | undefined {
    const { running } = this.#state;
    if (running === undefined) return undefined;
    const { crypto, identity, session } = this.#context;
    const { chain } = running;
    const named = { genesisHash: genesisOf(chain), anchor: chain.anchor };
    return {
      key: signQueryKey(crypto, identity.signer, named, session.keyPair.publicKey),
      longestLife: session.longestLife(chain.dispatched.number),
    };
  }

  /**
   * Signs the hashes of a request and its reply, together with the chain state that the reply is valid for.
   * Returns `undefined` before init, below the mark and after a halt. Below the mark, the worker vouches for
   * nothing, so its status has no statement either.
   */
  statement(requestHash: Uint8Array, replyHash: Uint8Array): SignedStatement | undefined {
    const { running } = this.#state;
    if (running === undefined || this.#halted || belowMark(running.chain) !== undefined) return undefined;
    const { crypto, identity, measurement } = this.#context;
    const { chain, executor } = running;
    return signStatement(crypto, identity.signer, {
      requestHash,
      replyHash,
      genesisHash: genesisOf(chain),
      anchor: chain.anchor,
      finalizedNumber: finalizedOf(chain).number,
      finalizedHash: finalizedOf(chain).hash,
      dispatchedNumber: chain.dispatched.number,
      dispatchedHash: chain.dispatched.hash,
      chainTimeMs: chain.dispatched.timeMs,
      stateRoot: executor.stateRoot,
      measurement,
      rules: rulesNumber,
      runtimeUnreadable: chain.unreadable !== undefined,
    });
  }
}

/** Every event except a query, because only queries are answered between the units of an event. */
type LongEvent = Exclude<Event, EventOf<"query">>;

/** Passes an event to the handler of its kind. The handler of a long event works in units. */
function step(
  context: Context,
  state: State,
  event: LongEvent,
): Step<Event["kind"]> | Work<Step<Event["kind"]>> {
  requireMark(state, event);
  switch (event.kind) {
    case "init":
      return init(context, state, event);
    case "headers":
      return syncHeaders(context, state, event);
    case "para-headers":
      return syncParaHeaders(context, state, event);
    case "stage-headers":
      return stageSyncHeaders(context, state, event);
    case "recover":
      return recover(context, state, event);
    case "blocks":
      return dispatchBlocks(context, state, event);
    case "stage-piece":
      return stagePiece(context, state, event);
    case "code":
      return learnCode(context, state, event);
    case "body":
      return dispatchBody(context, state, event);
    case "set-data":
      return setData(context, state, event);
    case "get-data":
      return getData(context, state, event);
    case "set-operator":
      return setOperator(context, state, event);
    case "dump":
      return dumpState(state);
    case "load":
      return loadState(state, event);
    case "dump-begin":
      return beginDump(context, state);
    case "dump-page":
      return dumpPage(state, event);
    case "load-page":
      return loadPage(state, event);
    case "handover-begin":
    case "handover-offer":
    case "handover-accept":
    case "handover-release":
    case "handover-complete":
      return handOverStep(context, state, event);
  }
}

function* handOverStep(
  context: Context,
  state: State,
  event: HandoverEvent,
): Work<Step<HandoverEvent["kind"]>> {
  const { chain, data } = started(state);
  const { lineage: before } = state;
  const {
    state: handover,
    lineage = before,
    answer,
    ...effects
  } = yield* handOver({ ...context, chain, data, lineage: before }, state.handover, event);
  return { state: { ...state, handover, lineage }, value: answer, ...effects };
}

/** The state without handovers that have taken too long. */
function inDate(state: State): State {
  const { running, handover } = state;
  return running === undefined ? state : { ...state, handover: withoutExpired(handover, running.chain) };
}

function rejected(error: ErrorDetail): { readonly ok: false; readonly error: ErrorDetail } {
  return { ok: false, error };
}
