/**
 * Calls the worker's REST interface. The worker and the chain verify everything that the relay sends to
 * them, so the relay does not check the signatures of replies.
 */
import {
  type Callable,
  type GetStatus,
  getStatus,
  type ReplyEnvelope,
  readEnvelope,
  readRefusal,
  replyHeaders,
  replyLimits,
} from "@pruntime/api";
import { decodeJson, JsonError, type JsonObject, parseJson } from "@pruntime/core/json";
import { RelayError } from "./error.ts";
import { postToWorker, type WorkerOptions } from "./worker-http.ts";

/** A worker's answer to a call of an action. */
export interface WorkerAnswer<T> {
  /** The reply's payload, decoded by the action's `output`. */
  readonly value: T;
  /** Endorsements that the gateway added for evidence in the payload, if it added any. */
  readonly collateral: ReplyEnvelope["collateral"];
}

/** How long a call may take, in milliseconds, in addition to the action's own time in the enclave. */
const spareMs = 120_000;

/** A worker behind a gateway. */
export class RemoteWorker {
  readonly #options: () => WorkerOptions;
  readonly #signal: AbortSignal | undefined;

  /**
   * If `options` is a function, it is called before each call, because a restart may change the address.
   * Calls fail when `signal` aborts.
   */
  constructor(options: WorkerOptions | (() => WorkerOptions), signal?: AbortSignal) {
    this.#options = typeof options === "function" ? options : () => options;
    this.#signal = signal;
  }

  /** Fetches the worker's status. @throws {@link RelayError} as {@link call} */
  status(): Promise<GetStatus> {
    return this.call(getStatus, {});
  }

  /**
   * Calls an action. @throws {@link RelayError} `relay/worker-unreachable`, `relay/worker-refused`,
   * `relay/bad-reply`
   */
  async call<W extends JsonObject, T>(action: Callable<W, T>, input: NoInfer<W>): Promise<T> {
    return (await this.exchange(action, input)).value;
  }

  /**
   * Calls an action, and returns the reply's collateral together with its payload.
   * @throws {@link RelayError} as {@link call}
   */
  async exchange<W extends JsonObject, T>(
    action: Callable<W, T>,
    input: NoInfer<W>,
  ): Promise<WorkerAnswer<T>> {
    const reply = await this.#post(action, input);
    const limits = replyLimits(action);
    try {
      if (reply.status !== 200)
        throw this.#refused(action.name, decodeJson(reply.text, readRefusal, limits).code);
      const { status, payload, collateral } = decodeJson(reply.text, readEnvelope, limits);
      if (status !== "ok") throw this.#refused(action.name, reply.code ?? "");
      return { value: action.output(parseJson(payload, limits), "/payload"), collateral };
    } catch (cause) {
      if (!(cause instanceof JsonError)) throw cause;
      throw new RelayError({ code: "relay/bad-reply", action: action.name, status: reply.status }, { cause });
    }
  }

  async #post(
    { name: action, timeoutMs = 0, maxReplyBytes }: Omit<Callable<unknown, unknown>, "input" | "output">,
    input: JsonObject,
  ): Promise<RawReply> {
    const worker = this.#options();
    const body = JSON.stringify({ input, nonce: { value: Math.floor(Math.random() * 2 ** 32) } });
    try {
      const signal = this.#signal;
      const limits = { timeoutMs: spareMs + timeoutMs, maxReplyBytes };
      const call = { action, body, ...limits, ...(signal === undefined ? {} : { signal }) };
      const reply = await postToWorker(worker, call);
      return { status: reply.status, code: reply.header(replyHeaders.code), text: reply.body.toString() };
    } catch (cause) {
      throw new RelayError({ code: "relay/worker-unreachable", url: worker.url }, { cause });
    }
  }

  #refused(action: string, reason: string): RelayError {
    if (reason === "http/enclave-down" || reason === "http/enclave-timeout")
      return new RelayError({ code: "relay/worker-unreachable", url: this.#options().url });
    return new RelayError({ code: "relay/worker-refused", action, reason });
  }
}

interface RawReply {
  readonly status: number;
  /** The refusal's code, from a header of the reply. */
  readonly code: string | undefined;
  readonly text: string;
}
