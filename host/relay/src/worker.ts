/** The worker's REST interface, as the relay uses it. The relay believes nothing and therefore checks no signature. */
import type { ActionName, GetStatus, ReplyEnvelope } from "@pruntime/api";
import { replyHeaders } from "@pruntime/api";
import { RelayError } from "./error.ts";

/** Where the worker is and how to be let in. */
export interface WorkerOptions {
  readonly url: string;
  /** The operator's token; not needed on the same machine. */
  readonly token?: string;
}

/** An answer. */
export interface Exchanged<T> {
  readonly payload: T;
  readonly collateral: ReplyEnvelope["collateral"];
}

export class RemoteWorker {
  readonly #options: WorkerOptions;

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  status(): Promise<GetStatus> {
    return this.call<GetStatus>("get_status", {});
  }

  /** The reply's payload. @throws {@link RelayError} `relay/worker-unreachable`, `relay/worker-refused` */
  async call<T>(action: ActionName, input: object): Promise<T> {
    return (await this.exchange<T>(action, input)).payload;
  }

  /** The reply's payload, and what the gateway has put beside it. @throws {@link RelayError} as {@link call} */
  async exchange<T>(action: ActionName, input: object): Promise<Exchanged<T>> {
    const { url, token } = this.#options;
    const headers = {
      "content-type": "application/json",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const body = JSON.stringify({ input, nonce: { value: Math.floor(Math.random() * 2 ** 32) } });
    let response: Response;
    let answer: Partial<ReplyEnvelope> & { readonly message?: string };
    try {
      response = await fetch(`${url}/${action}`, {
        method: "POST",
        headers,
        body,
        signal: AbortSignal.timeout(120_000),
      });
      answer = (await response.json()) as typeof answer;
    } catch (cause) {
      throw new RelayError({ code: "relay/worker-unreachable", url }, { cause });
    }
    if (response.status === 200 && answer.status === "ok")
      return { payload: JSON.parse(answer.payload ?? "null") as T, collateral: answer.collateral };
    const reason =
      response.headers.get(replyHeaders.code) ?? answer.code ?? answer.message ?? String(response.status);
    if (reason === "http/enclave-down" || reason === "http/enclave-timeout")
      throw new RelayError({ code: "relay/worker-unreachable", url });
    throw new RelayError({ code: "relay/worker-refused", action, reason });
  }
}
