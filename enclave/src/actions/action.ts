/** What an action is inside the enclave: it asks the runtime, and says what to answer. */
import type { ActionName, ActionNamed, Blob, InputOf, OutputJsonOf } from "@pruntime/api";
import type { Evidence } from "@pruntime/core/attestation";
import type { Crypto, Random } from "@pruntime/core/crypto";
import { type ErrorDetail, ProtocolError } from "@pruntime/core/errors";
import type { AnswerTo, Event, Identity, Runtime } from "@pruntime/runtime";
import type { Secrets } from "../identity.ts";
import type { EvidenceProducer } from "../producers/producer.ts";
import type { Sealer } from "../store/sealing.ts";

/** What all handlers work with: the worker's keys, its runtime, and the process around it. */
export interface Enclave {
  readonly crypto: Crypto;
  readonly random: Random;
  readonly identity: Identity;
  readonly measurement: Uint8Array;
  readonly runtime: Runtime;
  /** A runtime with the same keys and without a chain. What it does changes no state. */
  readonly trialRuntime: () => Runtime;
  readonly producer: EvidenceProducer;
  readonly sealer: Sealer;
  readonly devTest: boolean;
  readonly secrets: Secrets;
  /** The anchor of the chain that the secrets were kept for; `undefined`: the first chain takes them. */
  readonly boundTo: Uint8Array | undefined;
  /** An enclave that has ended answers no further call; its process starts again with what was kept. */
  readonly life: { ended: boolean };
}

/** What a handler answers, and what the host shall keep for it. */
export interface Handled<P> {
  readonly payload: P;
  readonly puts?: readonly Blob[];
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
  enclave: Enclave,
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

/** The answer to an event, or its refusal: in the words of 2020 where `words` has them. */
export function ask<E extends Event>(
  { runtime }: Pick<Enclave, "runtime">,
  event: E,
  words: Words = [],
): AnswerTo<E> {
  const outcome = runtime.accept(event);
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
