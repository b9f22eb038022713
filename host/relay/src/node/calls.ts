/** Sends JSON-RPC requests over a socket, and matches each answer with its request. */
import WebSocket from "ws";
import { RelayError } from "../error.ts";
import { type JsonRpcError, refusalOf } from "./refusal.ts";

/**
 * A message from a node: the answer to a request if it has an id, otherwise a subscription's message. An
 * error whose id is `null` answers a request that the node could not read or did not want to read.
 */
export interface Message {
  readonly id?: number | null;
  readonly result?: unknown;
  readonly error?: JsonRpcError | null;
  readonly params?: { readonly subscription?: unknown; readonly result?: unknown };
}

interface Pending {
  readonly method: string;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: RelayError) => void;
  readonly timer: NodeJS.Timeout;
}

/** The pending requests of one connection. */
export class Calls {
  readonly #socket: WebSocket;
  readonly #url: string;
  readonly #timeoutMs: number;
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;

  constructor(socket: WebSocket, url: string, timeoutMs: number) {
    this.#socket = socket;
    this.#url = url;
    this.#timeoutMs = timeoutMs;
  }

  /** Sends a request and returns its result. @throws {@link RelayError} as `NodeConnection.request` does */
  request(method: string, params: readonly unknown[]): Promise<unknown> {
    if (this.#socket.readyState !== WebSocket.OPEN) return Promise.reject(this.#unreachable());
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        reject(new RelayError({ code: "relay/node-timeout", method }));
      }, this.#timeoutMs);
      this.#pending.set(id, { method, resolve, reject, timer });
      this.#socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    });
  }

  /** Settles the request that has this id. Ignores an answer that arrives after the request's timeout. */
  settle(id: number, { result, error }: Message): void {
    const waiting = this.#pending.get(id);
    if (waiting === undefined) return;
    this.#pending.delete(id);
    clearTimeout(waiting.timer);
    if (error === undefined || error === null) waiting.resolve(result);
    else waiting.reject(new RelayError(refusalOf(waiting.method, error)));
  }

  /**
   * Fails all pending requests, because the error does not say which request it answers. The node will not
   * answer that request, and the caller may send all requests again.
   */
  refuseAll(error: JsonRpcError): void {
    for (const { method, reject, timer } of this.#pending.values()) {
      clearTimeout(timer);
      reject(new RelayError(refusalOf(method, error)));
    }
    this.#pending.clear();
  }

  /**
   * Fails all pending requests.
   * @param tooLarge the reason, if an answer was too large and therefore ended the connection
   */
  fail(tooLarge: string | undefined): void {
    for (const { method, reject, timer } of this.#pending.values()) {
      clearTimeout(timer);
      reject(
        tooLarge === undefined
          ? this.#unreachable()
          : new RelayError({ code: "relay/answer-too-large", method, reason: tooLarge }),
      );
    }
    this.#pending.clear();
  }

  #unreachable(): RelayError {
    return new RelayError({ code: "relay/node-unreachable", url: this.#url });
  }
}
