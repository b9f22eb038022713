/**
 * Queues calls for the enclave. There is one queue for each lane, and one call of each lane may be on the
 * enclave's pipe, so no lane starves: the enclave divides its time between a long call and the calls that it
 * answers between slices. Each queue serves the caller that is first in turn. A newcomer's call therefore
 * waits for at most one other call of its lane.
 */
import type { BodyInParts, CallInParts, EnclaveProgress, EnclaveReply } from "@pruntime/api/frames";
import { GatewayError, Refusal } from "../error.ts";
import { costMs } from "../shares/cost.ts";
import { FairQueue, type QueueLimits } from "../shares/fair-queue.ts";
import type { Principal, RecentUse } from "../shares/recent-use.ts";
import { isShared, type Lane, lanes } from "./lane.ts";

/** The error codes of a call that the enclave does not answer. */
export type LostCode = "http/enclave-down" | "http/enclave-timeout" | "http/busy" | "http/over-share";

/** One call of an action. */
export interface Call {
  readonly lane: Lane;
  /** The networks of the caller, the widest first; empty for the operator, who has no share to keep to. */
  readonly networks: readonly string[];
  readonly action: string;
  readonly body: BodyInParts;
  /** Whether the gateway makes the call for itself. */
  readonly ofGateway?: true;
  /**
   * Withdraws the call while it waits in a queue. A call that was already sent to the enclave is completed.
   */
  readonly signal?: AbortSignal;
}

/** The limits of the queues, and the callbacks to the supervisor. */
export interface DispatcherOptions {
  readonly queues: Readonly<Record<Lane, QueueLimits>>;
  /** The table of what networks used. */
  readonly use: RecentUse;
  /** Time limit for the enclave to answer a call, or to report progress of the call again. */
  readonly silenceMs: number;
  /** Time limit for a call to wait for its turn. */
  readonly queueTimeoutMs: number;
  /** Stores and deletes the blobs that a call's reply names. The caller receives the reply afterwards. */
  readonly keep: (reply: EnclaveReply, call: Call) => Promise<void>;
  /** Called if the enclave neither answered a call nor reported progress of it in time. */
  readonly hung: () => void;
}

interface Pending extends Call {
  readonly principals: readonly Principal[];
  readonly resolve: (reply: EnclaveReply) => void;
  readonly reject: (refusal: Refusal) => void;
}

interface Sent extends Pending {
  watchdog: NodeJS.Timeout | undefined;
  /** Whether the watchdog found the enclave silent. */
  silent: boolean;
}

/** Queues calls, sends them to the enclave and matches its replies to them. */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #queues: Readonly<Record<Lane, FairQueue<Pending>>>;
  #send: ((message: CallInParts) => void) | undefined;
  /** The calls on the enclave's pipe, by id. */
  readonly #sent = new Map<number, Sent>();
  #lastId = 0;
  #answers: Promise<void> = Promise.resolve();

  constructor(options: DispatcherOptions) {
    this.#options = options;
    const queue = (lane: Lane) =>
      new FairQueue<Pending>(options.queues[lane], options.use, (pending) =>
        pending.reject(new Refusal({ code: isShared(lane) ? "http/over-share" : "http/busy" })),
      );
    this.#queues = {
      operator: queue("operator"),
      status: queue("status"),
      public: queue("public"),
      evidence: queue("evidence"),
    };
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
        principals: call.networks.map((network) => this.#options.use.principal(network)),
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
      this.#pump(call.lane);
    });
  }

  /** Starts to send calls to an enclave that is ready. */
  attach(send: (message: CallInParts) => void): void {
    this.#send = send;
    for (const lane of lanes) this.#pump(lane);
  }

  /**
   * Stops sending, because the enclave is lost. A call about which the enclave was silent fails with
   * `http/enclave-timeout`. All other unanswered calls fail with `http/enclave-down`.
   */
  detach(): void {
    for (const call of this.#sent.values()) {
      clearTimeout(call.watchdog);
      call.reject(new Refusal({ code: call.silent ? "http/enclave-timeout" : "http/enclave-down" }));
    }
    this.#sent.clear();
    this.closing();
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
   * @throws {@link GatewayError} `gateway/unexpected-message` if the reply does not answer a call on the
   * pipe, or is not valid HTTP
   */
  accept(reply: EnclaveReply): void {
    const call = this.#sent.get(reply.id);
    if (call === undefined || !isPresentable(reply))
      throw new GatewayError({ code: "gateway/unexpected-message", kind: "reply" });
    clearTimeout(call.watchdog);
    this.#sent.delete(reply.id);
    this.#queues[call.lane].charge(call, costMs(reply.cost, call.body.length + reply.body.length));
    this.#answers = this.#answers
      .then(() => this.#options.keep(reply, call))
      .then(
        () => call.resolve(reply),
        (cause: unknown) => call.reject(new Refusal({ code: "http/store-failed" }, { cause })),
      );
    this.#pump(call.lane);
  }

  /**
   * Gives the enclave more time for the call that it is working on.
   * @throws {@link GatewayError} `gateway/unexpected-message` if that call is not on the pipe
   */
  progress({ id }: EnclaveProgress): void {
    const call = this.#sent.get(id);
    if (call === undefined) throw new GatewayError({ code: "gateway/unexpected-message", kind: "progress" });
    this.#watch(call);
  }

  /** Resolves when the blobs of all accepted replies have been stored, or storing them has failed. */
  settled(): Promise<void> {
    return this.#answers;
  }

  /** Sends the next call of a lane, unless a call of the lane is on the pipe. */
  #pump(lane: Lane): void {
    if (this.#send === undefined || this.#isOnPipe(lane)) return;
    const pending = this.#queues[lane].shift();
    if (pending === undefined) return;
    const id = (this.#lastId + 1) >>> 0;
    this.#lastId = id;
    const call: Sent = { ...pending, watchdog: undefined, silent: false };
    this.#sent.set(id, call);
    this.#watch(call);
    const waiting = this.#queues[lane].networksBeside(pending);
    this.#send({ kind: "call", id, action: pending.action, waiting, body: pending.body });
  }

  #isOnPipe(lane: Lane): boolean {
    for (const call of this.#sent.values()) if (call.lane === lane) return true;
    return false;
  }

  /** Starts a call's timer, or starts it again. */
  #watch(call: Sent): void {
    clearTimeout(call.watchdog);
    call.watchdog = setTimeout(() => {
      call.silent = true;
      this.#options.hung();
    }, this.#options.silenceMs);
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
