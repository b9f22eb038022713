/**
 * The state machine inside the enclave. `accept` is synchronous and all-or-nothing: it answers, or rejects with a code and the state as it was. What it meets that
 * is not coded is a bug, and then it stops: no reply is better than one that cannot be relied upon.
 */
import type { AttestationRoots } from "@pruntime/core/attestation";
import type { WorkerChannel } from "@pruntime/core/channel";
import type { Crypto, Random } from "@pruntime/core/crypto";
import { type ErrorDetail, ProtocolError } from "@pruntime/core/errors";
import { type SignedStatement, signStatement } from "@pruntime/core/statement";
import type { Batch, Executor } from "@pruntime/executor";
import { type Chain, finalizedOf, genesisOf, requireSource, withCode } from "./chain.ts";
import { createContracts, type WorkerContracts } from "./contracts.ts";
import { dispatchEvents } from "./dispatch/blocks.ts";
import { dispatchBody } from "./dispatch/body.ts";
import type { CommandEvents } from "./dispatch/command-events.ts";
import { CodeError } from "./dispatch/error.ts";
import { Remarks } from "./dispatch/remark.ts";
import { MeaningCache, type RuntimeCode } from "./dispatch/runtime-code.ts";
import { RuntimeError } from "./error.ts";
import type { Answers, AnswerTo, Event, Meaning, Outcome, ParachainStart, StartPoint } from "./event.ts";
import type { HandoverAnswers, HandoverEvent } from "./handover/event.ts";
import { type HandoverState, handOver } from "./handover/handover.ts";
import type { Identity } from "./identity.ts";
import { startFrom } from "./init.ts";
import { decodeDump, encodeDump } from "./keep/dump.ts";
import { answerQuery } from "./query/answer.ts";
import { ReplayGuard } from "./query/replay.ts";
import { syncHeaders } from "./sync/headers.ts";
import { syncPara } from "./sync/para-headers.ts";

export interface RuntimeOptions {
  readonly crypto: Crypto;
  readonly random: Random;
  readonly identity: Identity;
  /** What code this is, 32 bytes. */
  readonly measurement: Uint8Array;
  readonly runtimeCode: RuntimeCode;
  /** Whom other workers' evidence is believed. */
  readonly roots: AttestationRoots;
}

/** What is told of a worker that has a chain. */
export interface RuntimeStatus {
  readonly chain: Chain;
  readonly stateRoot: Uint8Array;
}

/** All that exists only once a chain is known. */
interface Running extends WorkerContracts {
  readonly chain: Chain;
  readonly events: CommandEvents | undefined;
  readonly replay: ReplayGuard;
}

export class Runtime {
  readonly #options: RuntimeOptions;
  readonly #meanings: MeaningCache;
  #running: Running | undefined;
  #handover: HandoverState = {};
  #halted = false;

  constructor(options: RuntimeOptions) {
    this.#options = options;
    this.#meanings = new MeaningCache(options.crypto, options.runtimeCode);
  }

  accept<E extends Event>(event: E): Outcome<AnswerTo<E>> {
    if (this.#halted) return rejected({ code: "runtime/halted" });
    try {
      const answer = this.#answer(event);
      return { ok: true, value: answer as AnswerTo<E> };
    } catch (error) {
      if (error instanceof ProtocolError) return rejected(error.detail as ErrorDetail);
      this.#halted = true;
      throw error;
    }
  }

  /** Stops for good: what called it met a bug. */
  halt(): void {
    this.#halted = true;
  }

  /** `undefined` before init. */
  status(): RuntimeStatus | undefined {
    return this.#running && { chain: this.#running.chain, stateRoot: this.#running.executor.stateRoot };
  }

  /** What a reply is signed over; `undefined` before init, and once the runtime has stopped. */
  statement(requestHash: Uint8Array, replyHash: Uint8Array): SignedStatement | undefined {
    if (this.#running === undefined || this.#halted) return undefined;
    const { crypto, identity, measurement } = this.#options;
    const { chain, executor } = this.#running;
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

  #answer(event: Event): Answers[Event["kind"]] {
    switch (event.kind) {
      case "init":
        return this.#init(event.start, event.meaning, event.parachain);
      case "headers":
        return this.#headers(event.headers, event.authoritySetChange);
      case "para-headers":
        return this.#paraHeaders(event.headers, event.proof);
      case "blocks":
        return this.#blocks(event.blocks, event.remarks ?? []);
      case "code":
        return this.#code(event.proof);
      case "body":
        return this.#body(event.block);
      case "query":
        return { reply: answerQuery({ ...this.#options, ...this.#answering() }, event.query) };
      case "set-data":
        this.#started().data.set(event.path, event.bytes);
        return { done: true };
      case "get-data":
        return { bytes: this.#started().data.get(event.path) };
      case "dump":
        return { dump: this.#dump() };
      case "load":
        return this.#load(event.dump);
      case "handover-begin":
      case "handover-offer":
      case "handover-accept":
      case "handover-release":
      case "handover-complete":
        return this.#handOver(event);
    }
  }

  #handOver(event: HandoverEvent): HandoverAnswers[HandoverEvent["kind"]] {
    const { crypto, random, roots, identity } = this.#options;
    const context = { crypto, random, roots, identity, chain: this.#started().chain };
    const { state, answer } = handOver(context, this.#handover, event);
    this.#handover = state;
    return answer;
  }

  #init(start: StartPoint, meaning: Meaning, parachain: ParachainStart | undefined): Answers["init"] {
    if (this.#running !== undefined) throw new RuntimeError({ code: "runtime/already-initialized" });
    const { crypto, identity } = this.#options;
    const { chain, events } = startFrom(crypto, this.#meanings, start, meaning, parachain);
    const contracts = createContracts(crypto, identity.stateKey);
    this.#running = { ...contracts, chain, events, replay: new ReplayGuard() };
    return { genesisHash: genesisOf(chain), anchor: chain.anchor };
  }

  #headers(headers: readonly Uint8Array[], authoritySetChange: Uint8Array | undefined): Answers["headers"] {
    const running = this.#started();
    const chain = syncHeaders(this.#options.crypto, running.chain, headers, authoritySetChange);
    this.#running = { ...running, chain };
    return { syncedTo: chain.client.finalized.number };
  }

  #paraHeaders(headers: readonly Uint8Array[], proof: readonly Uint8Array[]): Answers["para-headers"] {
    const running = this.#started();
    const chain = syncPara(this.#options.crypto, running.chain, headers, proof);
    this.#running = { ...running, chain };
    return { syncedTo: finalizedOf(chain).number };
  }

  #blocks(blocks: readonly Uint8Array[], remarked: readonly Uint8Array[]): Answers["blocks"] {
    const running = this.#started();
    const { chain, events, executor } = running;
    const { crypto } = this.#options;
    if (events === undefined) throw new RuntimeError({ code: "runtime/wrong-source", source: chain.source });
    const remarks = new Remarks(crypto, remarked);
    const done = dispatchEvents(
      crypto,
      chain,
      events,
      this.#channel(chain),
      () => executor.begin(),
      blocks,
      remarks,
    );
    this.#commit(running, done);
    return { dispatchedTo: (done?.chain ?? chain).dispatched.number };
  }

  /** The block that changed the runtime must be dispatched: its own events are still those of the old code, and its state has the new one. */
  #code(proof: readonly Uint8Array[]): Answers["code"] {
    const running = this.#started();
    const { chain } = running;
    requireSource(chain, "events");
    const { dispatched, runtimeChangedAt: changedAt } = chain;
    if (changedAt === undefined) return { from: undefined };
    if (dispatched.number !== changedAt)
      throw new CodeError({ code: "code/not-due", changedAt, dispatched: dispatched.number });
    const events = this.#meanings.proven(dispatched.stateRoot, proof);
    this.#running = { ...running, chain: withCode(chain), events };
    return { from: changedAt + 1 };
  }

  #body(block: Uint8Array): Answers["body"] {
    const running = this.#started();
    const { chain, executor } = running;
    const done = dispatchBody(
      this.#options.crypto,
      chain,
      this.#channel(chain),
      () => executor.begin(),
      block,
    );
    this.#commit(running, done);
    return { syncedTo: (done?.chain ?? chain).dispatched.number };
  }

  #commit(running: Running, done: { readonly chain: Chain; readonly batch: Batch } | undefined): void {
    if (done === undefined) return;
    done.batch.commit();
    this.#running = { ...running, chain: done.chain };
  }

  #dump(): Uint8Array {
    return encodeDump(this.#started());
  }

  #load(dump: Uint8Array): Answers["load"] {
    const running = this.#started();
    const { crypto, identity } = this.#options;
    const loaded = decodeDump(crypto, identity.stateKey, running.chain, dump);
    for (const [path, bytes] of running.data.entries()) loaded.data.set(path, bytes);
    loaded.replay.merge(running.replay);
    this.#running = loaded;
    return { done: true };
  }

  #answering(): {
    readonly channel: WorkerChannel;
    readonly executor: Executor;
    readonly replay: ReplayGuard;
    readonly dispatched: number;
  } {
    const { chain, executor, replay } = this.#started();
    return { channel: this.#channel(chain), executor, replay, dispatched: chain.dispatched.number };
  }

  #channel(chain: Chain): WorkerChannel {
    return { genesisHash: genesisOf(chain), keyPair: this.#options.identity.keyPair };
  }

  #started(): Running {
    if (this.#running === undefined) throw new RuntimeError({ code: "runtime/not-initialized" });
    return this.#running;
  }
}

function rejected(error: ErrorDetail): { readonly ok: false; readonly error: ErrorDetail } {
  return { ok: false, error };
}
