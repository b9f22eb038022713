/**
 * Calls in front of the enclave, which answers one after the other. Two queues, one for the operator (above all the relay's syncing) and one for
 * everybody, are served in turn while both have something: neither starves the other. Everybody's queue serves its callers in turn.
 */
import type { EnclaveReply, ToEnclave } from "@pruntime/api/frames";
import { GatewayError, Refusal } from "../error.ts";
import { FairQueue, type QueueLimits } from "./fair-queue.ts";

export type Lane = "operator" | "public";

/** What may become of a call that the enclave does not answer. */
export type LostCode = "http/enclave-down" | "http/enclave-timeout" | "http/busy";

/** One call of an action. */
export interface Call {
  readonly lane: Lane;
  /** Who calls, as far as taking turns goes. */
  readonly caller: string;
  readonly action: string;
  readonly body: Uint8Array;
  /** Takes the call back while it waits; what the enclave has begun it ends. */
  readonly signal?: AbortSignal;
}

export interface DispatcherOptions {
  readonly queues: Readonly<Record<Lane, QueueLimits>>;
  /** Calls the enclave has on its pipe at a time: 2, so that it finds the next one there when it has answered. */
  readonly window: number;
  /** How long the enclave may take for one call. */
  readonly callTimeoutMs: number;
  /** How long a call may wait for its turn. */
  readonly queueTimeoutMs: number;
  /** Keeps what a reply asks to keep; the caller gets the reply when it has. */
  readonly keep: (reply: EnclaveReply) => Promise<void>;
  /** The enclave did not answer in time. */
  readonly hung: () => void;
}

interface Pending extends Call {
  readonly resolve: (reply: EnclaveReply) => void;
  readonly reject: (refusal: Refusal) => void;
}

interface Sent extends Pending {
  readonly id: number;
}

export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #queues: Readonly<Record<Lane, FairQueue<Pending>>>;
  #send: ((message: ToEnclave) => void) | undefined;
  #sent: Sent[] = [];
  #lastId = 0;
  #turn: Lane = "operator";
  #watchdog: NodeJS.Timeout | undefined;
  #answers: Promise<void> = Promise.resolve();

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#queues = {
      operator: new FairQueue(options.queues.operator),
      public: new FairQueue(options.queues.public),
    };
  }

  /** How many calls wait. */
  waiting(lane: Lane): number {
    return this.#queues[lane].size;
  }

  /** @throws {@link Refusal} `http/enclave-down`, `http/busy`, `http/enclave-timeout`, `http/store-failed` */
  call(call: Call): Promise<EnclaveReply> {
    return new Promise((resolve, reject) => {
      if (this.#send === undefined || call.signal?.aborted)
        return reject(new Refusal({ code: "http/enclave-down" }));
      const queue = this.#queues[call.lane];
      const giveUp = (code: LostCode) => {
        if (queue.remove(call.caller, pending)) pending.reject(new Refusal({ code }));
      };
      const aborted = () => giveUp("http/enclave-timeout");
      const turn = setTimeout(() => giveUp("http/busy"), this.#options.queueTimeoutMs);
      const settled = () => {
        clearTimeout(turn);
        call.signal?.removeEventListener("abort", aborted);
      };
      const pending: Pending = {
        ...call,
        resolve: (reply) => {
          settled();
          resolve(reply);
        },
        reject: (error) => {
          settled();
          reject(error);
        },
      };
      call.signal?.addEventListener("abort", aborted);
      if (!queue.push(call.caller, pending)) return pending.reject(new Refusal({ code: "http/busy" }));
      this.#pump();
    });
  }

  /** An enclave is ready for calls. */
  attach(send: (message: ToEnclave) => void): void {
    this.#send = send;
    this.#pump();
  }

  /** The enclave is gone: what waited for it fails, the one it was busy with by `code`. */
  detach(code: LostCode = "http/enclave-down"): void {
    clearTimeout(this.#watchdog);
    this.#send = undefined;
    const [head, ...others] = this.#sent;
    this.#sent = [];
    head?.reject(new Refusal({ code }));
    for (const call of others) call.reject(new Refusal({ code: "http/enclave-down" }));
    for (const call of this.#drain()) call.reject(new Refusal({ code: "http/enclave-down" }));
  }

  /** Takes no further calls; those the enclave has on its pipe may still be answered. */
  closing(): void {
    this.#send = undefined;
    for (const call of this.#drain()) call.reject(new Refusal({ code: "http/enclave-down" }));
  }

  /** Hands a reply to the call it belongs to. @throws {@link GatewayError} `gateway/unexpected-message` when it belongs to none */
  accept(reply: EnclaveReply): void {
    const call = this.#sent[0];
    if (call?.id !== reply.id || !isPresentable(reply))
      throw new GatewayError({ code: "gateway/unexpected-message", kind: "reply" });
    this.#sent.shift();
    this.#watch();
    this.#answers = this.#answers
      .then(() => this.#options.keep(reply))
      .then(
        () => call.resolve(reply),
        (cause: unknown) => call.reject(new Refusal({ code: "http/store-failed" }, { cause })),
      );
    this.#pump();
  }

  /** Resolves when everything the enclave has asked to keep is kept or has failed. */
  settled(): Promise<void> {
    return this.#answers;
  }

  #pump(): void {
    while (this.#send !== undefined && this.#sent.length < this.#options.window) {
      const pending = this.#next();
      if (pending === undefined) return;
      this.#lastId = (this.#lastId + 1) >>> 0;
      const { action, body } = pending;
      this.#sent.push({ ...pending, id: this.#lastId });
      if (this.#sent.length === 1) this.#watch();
      this.#send({ kind: "call", id: this.#lastId, action, body });
    }
  }

  #next(): Pending | undefined {
    const first = this.#turn;
    const second = first === "operator" ? "public" : "operator";
    const own = this.#queues[first].shift();
    if (own !== undefined) this.#turn = second;
    return own ?? this.#queues[second].shift();
  }

  /** Times the call the enclave is busy with, from the answer before it. */
  #watch(): void {
    clearTimeout(this.#watchdog);
    if (this.#sent.length > 0) this.#watchdog = setTimeout(this.#options.hung, this.#options.callTimeoutMs);
  }

  #drain(): Pending[] {
    const drained: Pending[] = [];
    for (const queue of Object.values(this.#queues))
      for (let pending = queue.shift(); pending !== undefined; pending = queue.shift()) drained.push(pending);
    return drained;
  }
}

/** Whether HTTP can carry it: Node throws on other statuses, and on header values with other characters. */
function isPresentable({ status, code }: EnclaveReply): boolean {
  return (
    status >= 200 && status <= 599 && (code === undefined || /^[a-z0-9-]{1,64}\/[a-z0-9-]{1,64}$/.test(code))
  );
}
