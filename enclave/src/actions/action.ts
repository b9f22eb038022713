/** What an action is inside the enclave: it asks the runtime, and says what to answer. */
import type { ActionName, ActionNamed, InputOf, OutputJsonOf } from "@pruntime/api";
import type { Evidence } from "@pruntime/core/attestation";
import type { Crypto, Random } from "@pruntime/core/crypto";
import { type ErrorDetail, ProtocolError } from "@pruntime/core/errors";
import type { AnswerTo, Event, Outcome, Runtime, WorkerKeys } from "@pruntime/runtime";
import type { EvidenceProducer } from "../producers/producer.ts";
import type { Sealer } from "../store/sealing.ts";

/** A worker: its keys, its runtime, and the process around it. */
export interface Enclave {
  readonly crypto: Crypto;
  readonly random: Random;
  readonly identity: WorkerKeys;
  /** The hash of the code that runs, 32 bytes. */
  readonly measurement: Uint8Array;
  readonly runtime: Runtime;
  readonly producer: EvidenceProducer;
  readonly sealer: Sealer;
  readonly devTest: boolean;
  /** An enclave that has ended answers no further call. Its process starts again with what was stored. */
  readonly life: { ended: boolean };
}

/**
 * The enclave as the handler of one call sees it. The call's reply carries the effects of what it accepts.
 */
export interface Serving extends Omit<Enclave, "runtime"> {
  readonly runtime: Pick<Runtime, "accept" | "preview" | "status">;
}

/** What a handler answers. */
export interface Handled<P> {
  readonly payload: P;
}

/** An answer that waits for evidence. Until the evidence is there, nothing has changed. */
export interface EvidenceWanted<P> {
  /** What the evidence has to carry, 64 bytes. */
  readonly reportData: Uint8Array;
  /** Goes on with the evidence, or with what asking for it throws. @throws as {@link Handler} */
  readonly answer: (evidence: () => Evidence) => Handled<P>;
}

/**
 * Takes an action's input as its row reads it, and answers the payload that its row declares.
 * @throws ProtocolError: a refusal; {@link Refusal2020}: one that 2020 had words for
 */
export type Handler<N extends ActionName> = (
  enclave: Serving,
  input: InputOf<ActionNamed<N>>,
) => Handled<OutputJsonOf<ActionNamed<N>>> | EvidenceWanted<OutputJsonOf<ActionNamed<N>>>;

/** The handlers of some actions, by name. */
export type Handlers<N extends ActionName> = { readonly [K in N]: Handler<K> };

/** A refusal in the words of 2020: a 200 with exactly this message, and the cause's code in a header. */
export class Refusal2020 extends ProtocolError {
  /** `undefined`: the payload is `null`, as for a contract that does not exist. */
  readonly words: string | undefined;

  constructor(words: string | undefined, cause: ErrorDetail) {
    super(cause);
    this.words = words;
  }
}

/** Words of 2020 by the start of the codes they are said for, first match wins. */
export type Words = readonly (readonly [code: string, words: string | undefined])[];

/** Passes an event to the runtime. @returns its answer @throws as {@link answerOf} */
export function ask<E extends Event>({ runtime }: Serving, event: E, words: Words = []): AnswerTo<E> {
  return answerOf(runtime.accept(event), words);
}

/**
 * The answer in an outcome. @throws ProtocolError: its refusal, in the words of 2020 where `words` has them
 */
export function answerOf<T>(outcome: Outcome<T>, words: Words = []): T {
  if (outcome.ok) return outcome.value;
  throw refusal(outcome.error, words);
}

/** A coded refusal as it is to be answered. */
export function refusal(detail: ErrorDetail, words: Words): ProtocolError {
  const found = words.find(
    ([code]) => detail.code === code || (code.endsWith("/") && detail.code.startsWith(code)),
  );
  return found === undefined ? new ProtocolError(detail) : new Refusal2020(found[1], detail);
}

/** Runs a reader whose coded failure 2020 had words for. */
export function inWordsOf2020<T>(words: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ProtocolError) throw new Refusal2020(words, error.detail as ErrorDetail);
    throw error;
  }
}
