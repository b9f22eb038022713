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
} from "@pruntime/api";
import { decodeJson, JsonError, type JsonLimits, type JsonObject, parseJson } from "@pruntime/core/json";
import { RelayError } from "./error.ts";

/** The address of a worker's gateway, and the token that the gateway may require. */
export interface WorkerOptions {
  readonly url: string;
  /** The operator's token. A relay on the gateway's machine does not need it. */
  readonly token?: string;
}

/** A worker's answer to a call of an action. */
export interface WorkerAnswer<T> {
  /** The reply's payload, decoded by the action's `output`. */
  readonly value: T;
  /** Endorsements that the gateway added to evidence in the payload; absent for other replies. */
  readonly collateral: ReplyEnvelope["collateral"];
}

/** Large enough for evidence with its endorsements, the largest reply that a relay requests. */
const limits: JsonLimits = { maxLength: 16 << 20, maxDepth: 64 };

/** A worker behind a gateway. */
export class RemoteWorker {
  readonly #options: WorkerOptions;

  constructor(options: WorkerOptions) {
    this.#options = options;
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
    const reply = await this.#post(action.name, input);
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

  async #post(action: string, input: JsonObject): Promise<RawReply> {
    const { url, token } = this.#options;
    const headers = {
      "content-type": "application/json",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const body = JSON.stringify({ input, nonce: { value: Math.floor(Math.random() * 2 ** 32) } });
    const signal = AbortSignal.timeout(120_000);
    try {
      const response = await fetch(`${url}/${action}`, { method: "POST", headers, body, signal });
      const code = response.headers.get(replyHeaders.code) ?? undefined;
      return { status: response.status, code, text: await response.text() };
    } catch (cause) {
      throw new RelayError({ code: "relay/worker-unreachable", url }, { cause });
    }
  }

  #refused(action: string, reason: string): RelayError {
    if (reason === "http/enclave-down" || reason === "http/enclave-timeout")
      return new RelayError({ code: "relay/worker-unreachable", url: this.#options.url });
    return new RelayError({ code: "relay/worker-refused", action, reason });
  }
}

interface RawReply {
  readonly status: number;
  /** The refusal's code, from a header of the reply. */
  readonly code: string | undefined;
  readonly text: string;
}
