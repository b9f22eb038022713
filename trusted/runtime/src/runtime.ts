/**
 * The state machine inside the enclave. `accept` is synchronous and all-or-nothing: it answers, or it rejects
 * with a code and the state stays as it was. An error without a code is a bug. Then the runtime stops,
 * because no reply is better than one that could be wrong.
 */
import type { AttestationRoots } from "@pruntime/core/attestation";
import type { Crypto, Random } from "@pruntime/core/crypto";
import { type ErrorDetail, ProtocolError } from "@pruntime/core/errors";
import { type SignedStatement, signStatement } from "@pruntime/core/statement";
import { type Chain, finalizedOf, genesisOf } from "./chain.ts";
import { getData, setData } from "./data.ts";
import { dispatchBlocks } from "./dispatch/blocks.ts";
import { dispatchBody } from "./dispatch/body.ts";
import { learnCode } from "./dispatch/learn-code.ts";
import { MeaningCache, type RuntimeCode } from "./dispatch/runtime-code.ts";
import type { AnswerTo, Event, Outcome } from "./event.ts";
import type { HandoverEvent } from "./handover/event.ts";
import { handOver } from "./handover/handover.ts";
import type { Identity } from "./identity.ts";
import { init } from "./init.ts";
import { dumpState, loadState } from "./keep/dump.ts";
import { answerQuery } from "./query/answer.ts";
import { type Context, noChain, type State, type Step, started } from "./state.ts";
import { syncHeaders } from "./sync/headers.ts";
import { syncParaHeaders } from "./sync/para-headers.ts";

/** What a runtime is made of. */
export interface RuntimeOptions {
  readonly crypto: Crypto;
  readonly random: Random;
  readonly identity: Identity;
  /** The hash of the code that runs, 32 bytes. */
  readonly measurement: Uint8Array;
  readonly runtimeCode: RuntimeCode;
  /** Trust roots for other workers' evidence. */
  readonly roots: AttestationRoots;
}

/** Where a worker that has its chain stands. */
export interface RuntimeStatus {
  readonly chain: Chain;
  readonly stateRoot: Uint8Array;
}

/** A worker's runtime. The host chooses which events it gets, and when. */
export class Runtime {
  readonly #context: Context;
  #state: State = noChain;
  #halted = false;

  constructor(options: RuntimeOptions) {
    const { crypto, runtimeCode } = options;
    this.#context = { ...options, meanings: new MeaningCache(crypto, runtimeCode) };
  }

  /** Takes an event whole, or rejects it with a code. @throws at a bug only; the runtime is then halted */
  accept<E extends Event>(event: E): Outcome<AnswerTo<E>> {
    if (this.#halted) return rejected({ code: "runtime/halted" });
    try {
      const { state, value } = step(this.#context, this.#state, event);
      this.#state = state;
      return { ok: true, value: value as AnswerTo<E> };
    } catch (error) {
      if (error instanceof ProtocolError) return rejected(error.detail as ErrorDetail);
      this.#halted = true;
      throw error;
    }
  }

  /** Stops the runtime for good, because its caller met a bug. */
  halt(): void {
    this.#halted = true;
  }

  /** Where the worker stands. `undefined` before init. */
  status(): RuntimeStatus | undefined {
    const { running } = this.#state;
    return running && { chain: running.chain, stateRoot: running.executor.stateRoot };
  }

  /** What a reply is signed over. `undefined` before init, and once the runtime has stopped. */
  statement(requestHash: Uint8Array, replyHash: Uint8Array): SignedStatement | undefined {
    const { running } = this.#state;
    if (running === undefined || this.#halted) return undefined;
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
      chainTimeMs: chain.dispatched.timeMs,
      stateRoot: executor.stateRoot,
      measurement,
    });
  }
}

/** Hands an event to the handler of its kind. */
function step(context: Context, state: State, event: Event): Step<Event["kind"]> {
  switch (event.kind) {
    case "init":
      return init(context, state, event);
    case "headers":
      return syncHeaders(context, state, event);
    case "para-headers":
      return syncParaHeaders(context, state, event);
    case "blocks":
      return dispatchBlocks(context, state, event);
    case "code":
      return learnCode(context, state, event);
    case "body":
      return dispatchBody(context, state, event);
    case "query":
      return answerQuery(context, state, event);
    case "set-data":
      return setData(context, state, event);
    case "get-data":
      return getData(context, state, event);
    case "dump":
      return dumpState(context, state);
    case "load":
      return loadState(context, state, event);
    case "handover-begin":
    case "handover-offer":
    case "handover-accept":
    case "handover-release":
    case "handover-complete":
      return handOverStep(context, state, event);
  }
}

function handOverStep(context: Context, state: State, event: HandoverEvent): Step<HandoverEvent["kind"]> {
  const { chain } = started(state);
  const { state: handover, answer } = handOver({ ...context, chain }, state.handover, event);
  return { state: { ...state, handover }, value: answer };
}

function rejected(error: ErrorDetail): { readonly ok: false; readonly error: ErrorDetail } {
  return { ok: false, error };
}
