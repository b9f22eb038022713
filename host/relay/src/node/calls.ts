/** JSON-RPC requests over a socket, matched with their answers. */
import WebSocket from "ws";
import { RelayError } from "../error.ts";
import { type JsonRpcError, refusalOf } from "./refusal.ts";

/** A message from a node: the answer to a request if it has an id, otherwise a subscription's message. */
export interface Message {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: JsonRpcError;
  readonly params?: { readonly subscription?: unknown; readonly result?: unknown };
}

interface Pending {
  readonly method: string;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: RelayError) => void;
  readonly timer: NodeJS.Timeout;
}

/** The requests of one connection. */
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

  /** @throws {@link RelayError} as a connection's `request` */
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

  /** Drops an answer that nothing waits for: it came after the timeout. */
  settle(id: number, { result, error }: Message): void {
    const waiting = this.#pending.get(id);
    if (waiting === undefined) return;
    this.#pending.delete(id);
    clearTimeout(waiting.timer);
    if (error === undefined) waiting.resolve(result);
    else waiting.reject(new RelayError(refusalOf(waiting.method, error)));
  }

  /** Fails all pending requests. @param tooLarge why the connection ended, if an answer was too large */
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
