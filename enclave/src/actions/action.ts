/** What the handler of an action is: it passes events to the runtime and returns the payload of the reply. */
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
  /** Once `ended` is true the process exits. The next one starts from what is stored. */
  readonly life: { ended: boolean };
}

/** The enclave as the handler of one call sees it: the runtime's effects go into the reply to that call. */
export interface Serving extends Omit<Enclave, "runtime"> {
  readonly runtime: Pick<Runtime, "accept" | "preview" | "status">;
}

/** What a handler answers. */
export interface Handled<P> {
  readonly payload: P;
}

/** An answer that needs evidence. The handler has changed no state yet. */
export interface EvidenceWanted<P> {
  /** The report data that the evidence must carry, 64 bytes. */
  readonly reportData: Uint8Array;
  /**
   * Continues once `evidence` returns the evidence or throws why there is none.
   * @throws as {@link Handler}
   */
  readonly answer: (evidence: () => Evidence) => Handled<P>;
}

/**
 * Takes an action's input as its row reads it, and returns the payload that its row declares.
 * @throws ProtocolError for a refusal; {@link Refusal2020} for a refusal that 2020 had a message for
 */
export type Handler<N extends ActionName> = (
  enclave: Serving,
  input: InputOf<ActionNamed<N>>,
) => Handled<OutputJsonOf<ActionNamed<N>>> | EvidenceWanted<OutputJsonOf<ActionNamed<N>>>;

/** The handlers of some actions, by name. */
export type Handlers<N extends ActionName> = { readonly [K in N]: Handler<K> };

/** A refusal with the message of 2020: status 200, exactly this message, and the cause's code in a header. */
export class Refusal2020 extends ProtocolError {
  /** The message. `undefined` for the payload `null`, which 2020 returned for an unknown contract. */
  readonly words: string | undefined;

  constructor(words: string | undefined, cause: ErrorDetail) {
    super(cause);
    this.words = words;
  }
}

/** Messages of 2020 by error code, or by area where the code ends with `/`. The first match counts. */
export type Words = readonly (readonly [code: string, words: string | undefined])[];

/** Passes an event to the runtime and returns its answer. @throws as {@link answerOf} */
export function ask<E extends Event>({ runtime }: Serving, event: E, words: Words = []): AnswerTo<E> {
  return answerOf(runtime.accept(event), words);
}

/** The answer in an outcome. @throws ProtocolError as {@link refusal} for a rejection */
export function answerOf<T>(outcome: Outcome<T>, words: Words = []): T {
  if (outcome.ok) return outcome.value;
  throw refusal(outcome.error, words);
}

/** The error for a rejection: a {@link Refusal2020} where `words` has a message for its code. */
export function refusal(detail: ErrorDetail, words: Words): ProtocolError {
  const found = words.find(
    ([code]) => detail.code === code || (code.endsWith("/") && detail.code.startsWith(code)),
  );
  return found === undefined ? new ProtocolError(detail) : new Refusal2020(found[1], detail);
}

/** Runs a reader. @throws {@link Refusal2020} with this message where the reader throws a coded error */
export function inWordsOf2020<T>(words: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ProtocolError) throw new Refusal2020(words, error.detail as ErrorDetail);
    throw error;
  }
}
