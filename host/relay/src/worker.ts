/** The worker's REST interface, as the relay uses it. The relay believes nothing and therefore checks no signature. */
import type { ActionName, GetStatus } from "@pruntime/api";
import { replyHeaders } from "@pruntime/api";
import { RelayError } from "./error.ts";

/** Where the worker is and how to be let in. */
export interface WorkerOptions {
  readonly url: string;
  /** The operator's token; not needed on the same machine. */
  readonly token?: string;
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
    const { url, token } = this.#options;
    const headers = { "content-type": "application/json", ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
    const body = JSON.stringify({ input, nonce: { value: Math.floor(Math.random() * 2 ** 32) } });
    let response: Response;
    let answer: { readonly status?: string; readonly payload?: string; readonly message?: string; readonly code?: string };
    try {
      response = await fetch(`${url}/${action}`, { method: "POST", headers, body, signal: AbortSignal.timeout(120_000) });
      answer = (await response.json()) as typeof answer;
    } catch (cause) {
      throw new RelayError({ code: "relay/worker-unreachable", url }, { cause });
    }
    if (response.status === 200 && answer.status === "ok") return JSON.parse(answer.payload ?? "null") as T;
    const reason = response.headers.get(replyHeaders.code) ?? answer.code ?? answer.message ?? String(response.status);
    if (reason === "http/enclave-down" || reason === "http/enclave-timeout")
      throw new RelayError({ code: "relay/worker-unreachable", url });
    throw new RelayError({ code: "relay/worker-refused", action, reason });
  }
}
