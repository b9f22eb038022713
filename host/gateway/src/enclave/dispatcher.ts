/**
 * Queues calls for the enclave, which answers one call at a time. There is one queue for each lane. Lanes
 * with waiting calls get equal shares of the enclave's time, so no lane starves. Each queue serves the caller
 * that is first in turn.
 */
import type { EnclaveReply, ToEnclave } from "@pruntime/api/frames";
import { GatewayError, Refusal } from "../error.ts";
import { costMs } from "../shares/cost.ts";
import { FairQueue, type QueueLimits } from "../shares/fair-queue.ts";
import { type Principal, RecentUse } from "../shares/recent-use.ts";
import { type Lane, lanes, Turns } from "./turns.ts";

/** The error codes of a call that the enclave does not answer. */
export type LostCode = "http/enclave-down" | "http/enclave-timeout" | "http/busy" | "http/over-share";

/** One call of an action. */
export interface Call {
  readonly lane: Lane;
  /** The networks of the caller, the widest first; empty for the operator, who has no share to keep to. */
  readonly networks: readonly string[];
  readonly action: string;
  readonly body: Uint8Array;
  /** Time limit for the enclave to answer, if it is longer than for other calls. */
  readonly timeoutMs?: number | undefined;
  /**
   * Withdraws the call while it waits in a queue. A call that was already sent to the enclave is completed.
   */
  readonly signal?: AbortSignal;
}

/** The limits of the queues, and the callbacks to the supervisor. */
export interface DispatcherOptions {
  readonly queues: Readonly<Record<Lane, QueueLimits>>;
  /**
   * The maximum number of calls on the enclave's pipe. With 2, the next call is already on the pipe when the
   * enclave finishes the current one.
   */
  readonly window: number;
  /** Time limit for the enclave to answer one call, unless the call names a longer one. */
  readonly callTimeoutMs: number;
  /** Time limit for a call to wait for its turn. */
  readonly queueTimeoutMs: number;
  /** Stores and deletes the blobs that a reply names. The caller receives the reply afterwards. */
  readonly keep: (reply: EnclaveReply) => Promise<void>;
  /** Called if the enclave did not answer in time. */
  readonly hung: () => void;
  /** A monotonic clock in milliseconds. Default: the process's clock. */
  readonly now?: () => number;
}

interface Pending extends Call {
  readonly principals: readonly Principal[];
  readonly resolve: (reply: EnclaveReply) => void;
  readonly reject: (refusal: Refusal) => void;
}

interface Sent extends Pending {
  readonly id: number;
  /** The milliseconds that the lane and the caller were charged in advance. */
  readonly charge: number;
  /** The time of the charge, by the clock of {@link RecentUse}. */
  readonly chargedMs: number;
}

/** Queues calls, sends them to the enclave and matches its replies to them. */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #queues: Readonly<Record<Lane, FairQueue<Pending>>>;
  #send: ((message: ToEnclave) => void) | undefined;
  #sent: Sent[] = [];
  #lastId = 0;
  readonly #turns = new Turns();
  readonly #use: RecentUse;
  readonly #now: () => number;
  /** When the enclave began the first call in `#sent`. */
  #begunMs = 0;
  #watchdog: NodeJS.Timeout | undefined;
  #answers: Promise<void> = Promise.resolve();

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    const use = new RecentUse({ now: this.#now });
    const queue = (lane: Lane) =>
      new FairQueue<Pending>(options.queues[lane], use, (pending) =>
        pending.reject(new Refusal({ code: lane === "operator" ? "http/busy" : "http/over-share" })),
      );
    this.#use = use;
    this.#queues = { operator: queue("operator"), public: queue("public"), evidence: queue("evidence") };
  }

  /** The number of calls that wait in a lane. */
  waiting(lane: Lane): number {
    return this.#queues[lane].size;
  }

  /**
   * Queues a call and resolves with the enclave's reply.
   * @throws {@link Refusal} `http/enclave-down`, `http/busy`, `http/over-share`, `http/enclave-timeout`,
   * `http/store-failed`
   */
  call(call: Call): Promise<EnclaveReply> {
    return new Promise((resolve, reject) => {
      if (this.#send === undefined || call.signal?.aborted)
        return reject(new Refusal({ code: "http/enclave-down" }));
      const queue = this.#queues[call.lane];
      const giveUp = (code: LostCode) => {
        if (queue.remove(pending)) pending.reject(new Refusal({ code }));
      };
      const aborted = () => giveUp("http/enclave-timeout");
      const turn = setTimeout(() => giveUp("http/busy"), this.#options.queueTimeoutMs);
      const settled = () => {
        clearTimeout(turn);
        call.signal?.removeEventListener("abort", aborted);
      };
      const pending: Pending = {
        ...call,
        principals: call.networks.map((network) => this.#use.principal(network)),
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
      queue.push(pending);
      if (queue.size === 1) this.#turns.arrived(call.lane, this.#waitingBeside(call.lane));
      this.#pump();
    });
  }

  /** Starts to send calls to an enclave that is ready. */
  attach(send: (message: ToEnclave) => void): void {
    this.#send = send;
    this.#pump();
  }

  /**
   * Stops sending, because the enclave is lost. The call that the enclave was executing fails with `code`.
   * All other unanswered calls fail with `http/enclave-down`.
   */
  detach(code: LostCode = "http/enclave-down"): void {
    clearTimeout(this.#watchdog);
    this.#send = undefined;
    const [head, ...others] = this.#sent;
    this.#sent = [];
    head?.reject(new Refusal({ code }));
    for (const call of others) call.reject(new Refusal({ code: "http/enclave-down" }));
    for (const call of this.#drain()) call.reject(new Refusal({ code: "http/enclave-down" }));
  }

  /**
   * Accepts no further calls, and fails the calls in the queues. The enclave may still answer the calls on
   * its pipe.
   */
  closing(): void {
    this.#send = undefined;
    for (const call of this.#drain()) call.reject(new Refusal({ code: "http/enclave-down" }));
  }

  /**
   * Resolves the call that a reply answers.
   * @throws {@link GatewayError} `gateway/unexpected-message` if the reply does not answer the oldest call on
   * the pipe, or is not valid HTTP
   */
  accept(reply: EnclaveReply): void {
    const call = this.#sent[0];
    if (call?.id !== reply.id || !isPresentable(reply))
      throw new GatewayError({ code: "gateway/unexpected-message", kind: "reply" });
    this.#sent.shift();
    const ms = this.#now() - this.#begunMs;
    this.#turns.ended(call.lane, call.charge, ms);
    const cost = costMs(ms, call.body.length + reply.body.length);
    for (const principal of call.principals) {
      this.#use.add(principal, -call.charge, call.chargedMs);
      this.#use.add(principal, cost);
    }
    this.#queues[call.lane].charge(call, cost - call.charge);
    this.#watch();
    this.#answers = this.#answers
      .then(() => this.#options.keep(reply))
      .then(
        () => call.resolve(reply),
        (cause: unknown) => call.reject(new Refusal({ code: "http/store-failed" }, { cause })),
      );
    this.#pump();
  }

  /** Resolves when the blobs of all accepted replies have been stored, or storing them has failed. */
  settled(): Promise<void> {
    return this.#answers;
  }

  #pump(): void {
    while (this.#send !== undefined && this.#sent.length < this.#options.window) {
      const pending = this.#next();
      if (pending === undefined) return;
      this.#lastId = (this.#lastId + 1) >>> 0;
      const { action, body } = pending;
      const charge = this.#turns.began(pending.lane);
      const chargedMs = this.#use.now();
      for (const principal of pending.principals) this.#use.add(principal, charge, chargedMs);
      this.#queues[pending.lane].charge(pending, charge);
      this.#sent.push({ ...pending, id: this.#lastId, charge, chargedMs });
      if (this.#sent.length === 1) this.#watch();
      this.#send({ kind: "call", id: this.#lastId, action, body });
    }
  }

  #waitingBeside(lane: Lane): readonly Lane[] {
    return lanes.filter((other) => other !== lane && this.#queues[other].size > 0);
  }

  #next(): Pending | undefined {
    for (const lane of this.#turns.order()) {
      const pending = this.#queues[lane].shift();
      if (pending !== undefined) return pending;
    }
    return undefined;
  }

  /**
   * Starts the timer of the oldest call on the pipe, which the enclave is now executing. Stops the timer of
   * the previous call.
   */
  #watch(): void {
    clearTimeout(this.#watchdog);
    this.#begunMs = this.#now();
    const [head] = this.#sent;
    if (head === undefined) return;
    const { hung, callTimeoutMs } = this.#options;
    this.#watchdog = setTimeout(hung, Math.max(callTimeoutMs, head.timeoutMs ?? 0));
  }

  #drain(): Pending[] {
    const drained: Pending[] = [];
    for (const queue of Object.values(this.#queues))
      for (let pending = queue.shift(); pending !== undefined; pending = queue.shift()) drained.push(pending);
    return drained;
  }
}

/**
 * Whether the server can send the reply's status and its code, which becomes a header. Fastify and Node throw
 * for an invalid status, and for characters that a header must not contain.
 */
function isPresentable({ status, code }: EnclaveReply): boolean {
  return (
    status >= 200 && status <= 599 && (code === undefined || /^[a-z0-9-]{1,64}\/[a-z0-9-]{1,64}$/.test(code))
  );
}
