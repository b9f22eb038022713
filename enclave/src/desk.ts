/**
 * Decides when a call runs. The enclave handles one long call at a time, in slices. Between two slices it
 * answers the calls whose rows allow that (`betweenSlices`): queries, status and evidence. All other calls
 * wait. While a long call runs, the desk reports its progress, so that the gateway knows that it is not hung.
 *
 * A long call changes the state in its last unit. The desk sends the call's reply in the same unit. So the
 * call's effects are on the pipe before any reply that shows the new state, and the gateway stores the
 * effects of one reply before it passes on the next.
 */
import { findAction } from "@pruntime/api";
import type { Evidence } from "@pruntime/core/attestation";
import { complete, type Work } from "@pruntime/core/work";
import type { Enclave } from "./actions/action.ts";
import { bugLog } from "./bug-log.ts";
import { beginCall, type Waiting } from "./call.ts";
import type { Uncosted } from "./cost.ts";
import type { Call, Messages } from "./reply.ts";

/** What the process provides for its desk. */
export interface DeskOptions {
  /** Writes a message to the gateway. Resolves when the pipe accepts more. */
  readonly send: (message: Uncosted) => Promise<void>;
  /** Resolves after the process has taken the calls that have arrived. */
  readonly pause: () => Promise<void>;
  /** A monotonic clock in milliseconds. */
  readonly now: () => number;
}

/**
 * The shortest slice of a long call. A slice lasts as long as the calls that were answered since the slice
 * before, so that neither side can take more than half of the time, within these limits.
 * @limit ms
 * @source chosen: a long call makes progress although many other calls arrive
 * @past the slice goes on if the calls since the slice before took longer than this
 */
const shortestMs = 5;

/**
 * The longest slice of a long call. A slice ends after the unit of work that exceeds it.
 * @limit ms
 * @source chosen: a query waits for one slice
 * @past the calls that wait are answered before the next slice
 */
const longestMs = 40;

/** The pause between two reports of progress, in milliseconds. */
const progressMs = 1_000;

/** Runs the calls of one enclave. */
export class Desk {
  readonly #enclave: Enclave;
  readonly #options: DeskOptions;
  /** The long calls, one after another. */
  #long: Promise<void> = Promise.resolve();
  /** The number of long calls that wait. */
  #queued = 0;
  /** The calls for evidence, one after another, because hardware makes one quote at a time. */
  #evidence: Promise<void> = Promise.resolve();
  /** The time that the calls between slices took since the last slice, in milliseconds. */
  #betweenMs = 0;

  constructor(enclave: Enclave, options: DeskOptions) {
    this.#enclave = enclave;
    this.#options = options;
  }

  /**
   * Takes a call. A call that may run between slices and needs no evidence is answered immediately. The
   * promise resolves when the call is answered and has left nothing to do, and rejects only if a message
   * cannot be sent.
   */
  async take(call: Call): Promise<void> {
    if (this.ended) return;
    const row = findAction(call.action);
    if (row !== undefined && row.betweenSlices !== true) {
      this.#queued++;
      this.#long = this.#long.then(() => this.#runLong(call));
      await this.#long;
    } else if (row?.showsEvidence === true) {
      this.#evidence = this.#evidence.then(() => this.#runEvidence(call));
      await this.#evidence;
    } else await this.#answer(call);
  }

  /** Whether the process should exit. The next process starts from what the host has stored. */
  get ended(): boolean {
    return this.#enclave.life.ended;
  }

  /** Resolves when all calls that were taken are answered. */
  async idle(): Promise<void> {
    await Promise.all([this.#long, this.#evidence]);
  }

  /** Answers a call that may run between slices. Returns the call if it waits for evidence. */
  #answer(call: Call): Promise<Waiting | undefined> {
    return this.#sendAll(this.#between(() => complete(beginCall(this.#enclave, call))));
  }

  async #runEvidence(call: Call): Promise<void> {
    if (this.#enclave.life.ended) return;
    const waiting = await this.#answer(call);
    if (waiting === undefined) return;
    const evidence = await evidenceOf(this.#enclave, waiting.reportData);
    await this.#sendAll(this.#between(() => complete(waiting.resume(evidence))));
  }

  async #runLong(call: Call): Promise<void> {
    this.#queued--;
    if (this.#enclave.life.ended) return;
    const waiting = await this.#inSlices(call.id, this.#sending(beginCall(this.#enclave, call)));
    if (waiting !== undefined) {
      const evidence = await evidenceOf(this.#enclave, waiting.reportData);
      await this.#inSlices(call.id, this.#sending(waiting.resume(evidence)));
    }
    await this.#settle();
  }

  /** Sends a call's messages in the last unit of its work. Returns the call if it waits for evidence. */
  *#sending(work: Work<Messages | Waiting>): Work<Promise<Waiting | undefined>> {
    return this.#sendAll(yield* work);
  }

  /** Does what the last long call left to do, until another long call waits. That call then does it first. */
  async #settle(): Promise<void> {
    try {
      const rest = this.#enclave.runtime.settle();
      while (this.#queued === 0 && !this.ended && rest.next().done !== true) await this.#options.pause();
    } catch (error) {
      await this.#options.send(bugLog(error));
    }
  }

  /**
   * Runs work in slices, with a pause between two slices. A slice also ends where the work waits for other
   * threads. The process takes calls during both.
   */
  async #inSlices<T>(id: number, work: Work<Promise<T>>): Promise<T> {
    const { now, pause, send } = this.#options;
    let [begun, reported] = [now(), now()];
    for (;;) {
      const step = work.next();
      if (step.done === true) return step.value;
      const at = now();
      const { value: threads } = step;
      if (threads === undefined && at - begun < Math.min(longestMs, Math.max(shortestMs, this.#betweenMs)))
        continue;
      if (at - reported >= progressMs) {
        await send({ kind: "progress", id });
        reported = at;
      }
      this.#betweenMs = 0;
      await (threads ?? pause());
      begun = now();
    }
  }

  /** Runs a step of a call between slices, and notes the time that it took. */
  #between<T>(step: () => T): T {
    const begun = this.#options.now();
    const result = step();
    this.#betweenMs += this.#options.now() - begun;
    return result;
  }

  /** Sends messages, the first of them immediately. Returns the call if it waits for evidence instead. */
  async #sendAll(result: Messages | Waiting): Promise<Waiting | undefined> {
    if ("resume" in result) return result;
    for (const message of result) await this.#options.send(message);
    return undefined;
  }
}

async function evidenceOf({ producer }: Enclave, reportData: Uint8Array): Promise<() => Evidence> {
  try {
    const evidence = await producer.quote(reportData);
    return () => evidence;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
