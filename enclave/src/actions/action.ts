/** Handlers of actions. A handler passes events to the runtime and returns the payload of the reply. */
import type { ActionName, ActionNamed, InputOf, OutputJsonOf } from "@pruntime/api";
import type { Evidence } from "@pruntime/core/attestation";
import { utf8Work } from "@pruntime/core/bytes";
import type { Crypto, Random } from "@pruntime/core/crypto";
import { type ErrorDetail, ProtocolError } from "@pruntime/core/errors";
import { canonicalJsonWork, type Json } from "@pruntime/core/json";
import type { Work } from "@pruntime/core/work";
import type { AnswerTo, Event, EventOf, Outcome, Runtime, WorkerKeys } from "@pruntime/runtime";
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
  /** Once `ended` is true, the process exits. The next process starts from what the host has stored. */
  readonly life: { ended: boolean };
}

/**
 * The enclave as one call's handler sees it. The effects of the events that the handler passes to the
 * runtime become part of the reply to that call.
 */
export interface Serving extends Omit<Enclave, "runtime"> {
  /** The number of other networks whose calls wait, as the host states it. */
  readonly waiting: number;
  readonly runtime: Pick<Runtime, "lineage" | "operator" | "preview" | "queryTerms" | "status"> & {
    /** Answers a query. */
    readonly answer: (event: EventOf<"query">) => Outcome<AnswerTo<EventOf<"query">>>;
    /** As {@link Runtime.begin}. */
    readonly begin: <E extends Event>(event: E) => Work<Outcome<AnswerTo<E>>>;
  };
}

/** The answer of a handler. */
export interface Handled<P> {
  readonly payload: P;
  /** The payload as the reply contains it, if the payload may be so long that it was written in units. */
  readonly written?: Written;
}

/** The JSON text of a payload, ready for the reply. */
export interface Written {
  /** SHA-256 of the text. */
  readonly hash: Uint8Array;
  /** The text as a JSON string, in UTF-8. */
  readonly quoted: Uint8Array;
}

/** Writes a payload in units. */
export function* writePayload(crypto: Pick<Crypto, "sha256">, payload: Json): Work<Written> {
  const text = yield* canonicalJsonWork(payload);
  const bytes = yield* utf8Work(text);
  yield;
  const hash = crypto.sha256(bytes);
  yield;
  return { hash, quoted: yield* utf8Work(yield* canonicalJsonWork(text)) };
}

/**
 * An answer that needs evidence first. A handler that returns this answer has changed no state yet, except
 * the state of a handover in progress.
 */
export interface EvidenceWanted<P> {
  /** The report data that the evidence must contain, 64 bytes. */
  readonly reportData: Uint8Array;
  /**
   * Continues the call. `evidence` returns the evidence, or throws the error that prevented it.
   * @throws as {@link Handler}
   */
  readonly answer: (evidence: () => Evidence) => Handled<P> | Work<Handled<P>>;
}

/** What a handler returns: an answer, or an answer that needs evidence first. */
export type Result<P> = Handled<P> | EvidenceWanted<P>;

/**
 * Receives an action's input as the action's row reads it, and returns the payload that the row declares. The
 * handler of an action that can take long works in units.
 * @throws ProtocolError for a refusal; {@link Refusal2020} for a refusal for which 2020 had a message
 */
export type Handler<N extends ActionName> = (
  enclave: Serving,
  input: InputOf<ActionNamed<N>>,
) => Result<OutputJsonOf<ActionNamed<N>>> | Work<Result<OutputJsonOf<ActionNamed<N>>>>;

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

/**
 * Messages of 2020 by error code. A key that ends with `/` stands for all codes that begin with the key. The
 * first match is used.
 */
export type Words = readonly (readonly [code: string, words: string | undefined])[];

/** Passes an event to the runtime, which handles it in units. @throws as {@link answerOf} */
export function* askWork<E extends Event>(
  { runtime }: Serving,
  event: E,
  words: Words = [],
): Work<AnswerTo<E>> {
  return answerOf(yield* runtime.begin(event), words);
}

/**
 * Returns the answer in an outcome.
 * @throws the ProtocolError that {@link refusal} returns, if the outcome is a rejection
 */
export function answerOf<T>(outcome: Outcome<T>, words: Words = []): T {
  if (outcome.ok) return outcome.value;
  throw refusal(outcome.error, words);
}

/** Returns the error for a rejection: a {@link Refusal2020} if `words` has a message for its code. */
export function refusal(detail: ErrorDetail, words: Words): ProtocolError {
  const found = words.find(
    ([code]) => detail.code === code || (code.endsWith("/") && detail.code.startsWith(code)),
  );
  return found === undefined ? new ProtocolError(detail) : new Refusal2020(found[1], detail);
}

/** Runs a reader. @throws {@link Refusal2020} with this message if the reader throws a coded error */
export function inWordsOf2020<T>(words: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ProtocolError) throw new Refusal2020(words, error.detail as ErrorDetail);
    throw error;
  }
}
