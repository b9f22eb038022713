/** Tells the gateway how much of the enclave's time a call took, in one of four classes. */
import {
  type CostClass,
  type EnclaveLog,
  type EnclaveProgress,
  type EnclaveReply,
  type FromEnclave,
  findAction,
} from "@pruntime/api";
import type { CallReply } from "./reply.ts";

/** The longest times of the lower three classes, in milliseconds. */
const classMs = [4, 32, 256] as const;

/** What the enclave sends before the cost of a reply is known. */
export type Uncosted = CallReply | EnclaveLog | EnclaveProgress;

/**
 * Measures calls from their arrival to their replies. A call for evidence is always in the highest class: a
 * quote can block the enclave while it hardly uses the processor.
 */
export class CallCosts {
  readonly #now: () => number;
  /** The arrival of each unanswered call, by id. */
  readonly #begun = new Map<number, number>();

  /** `now` returns the time that this process has used, in milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Notes that a call of an action has arrived. */
  begin(id: number, action: string): void {
    const forEvidence = findAction(action)?.showsEvidence === true;
    this.#begun.set(id, forEvidence ? Number.NEGATIVE_INFINITY : this.#now());
  }

  /** Adds the cost to a message, if it is a reply. */
  add(message: Uncosted): Exclude<FromEnclave, { readonly kind: "ready" }> {
    if (message.kind !== "reply") return message;
    const ms = this.#now() - (this.#begun.get(message.id) ?? this.#now());
    this.#begun.delete(message.id);
    return { ...message, cost: classOf(ms) } satisfies EnclaveReply;
  }
}

function classOf(ms: number): CostClass {
  if (ms <= classMs[0]) return 0;
  if (ms <= classMs[1]) return 1;
  return ms <= classMs[2] ? 2 : 3;
}
