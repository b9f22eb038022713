/** JSON-RPC 2.0 over one WebSocket. A lost connection fails what is pending; whoever uses it connects anew. */
import WebSocket from "ws";
import { RelayError } from "../error.ts";
import { type JsonRpcError, refusalOf } from "./refusal.ts";

/** A connection to a node. */
export interface NodeConnection {
  readonly url: string;
  /**
   * @throws {@link RelayError} `relay/node-unreachable`, `relay/node-timeout`, `relay/node-refused`, `relay/rate-limited`, `relay/answer-too-large`,
   * `relay/state-discarded`
   */
  readonly request: (method: string, ...params: readonly unknown[]) => Promise<unknown>;
  /** Hears a subscription's messages until the connection ends. @throws as `request` */
  readonly subscribe: (method: string, onMessage: (result: unknown) => void) => Promise<void>;
  /** Settles when the connection has ended. */
  readonly closed: Promise<void>;
  readonly close: () => void;
}

export interface ConnectOptions {
  /** How long the node may take for an answer, in milliseconds. Default: 30 000. */
  readonly timeoutMs?: number;
  /** Largest message taken from the node, in bytes. Default: 64 MiB. */
  readonly maxMessageBytes?: number;
}

interface Pending {
  readonly method: string;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: RelayError) => void;
  readonly timer: NodeJS.Timeout;
}

interface Message {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: JsonRpcError;
  readonly params?: { readonly subscription?: unknown; readonly result?: unknown };
}

/** @throws {@link RelayError} `relay/node-unreachable` */
export async function connectNode(url: string, options: ConnectOptions = {}): Promise<NodeConnection> {
  const { timeoutMs = 30_000, maxMessageBytes = 64 << 20 } = options;
  const socket = await open(url, timeoutMs, maxMessageBytes);
  const pending = new Map<number, Pending>();
  const listeners = new Map<string, (result: unknown) => void>();
  const unclaimed = new Map<string, unknown[]>();
  let nextId = 1;

  let tooLarge = false;

  const closed = new Promise<void>((resolve) => {
    socket.on("close", () => {
      for (const { method, reject, timer } of pending.values()) {
        clearTimeout(timer);
        const reason = `over ${maxMessageBytes} bytes`;
        reject(
          new RelayError(
            tooLarge
              ? { code: "relay/answer-too-large", method, reason }
              : { code: "relay/node-unreachable", url },
          ),
        );
      }
      pending.clear();
      resolve();
    });
  });
  socket.on("error", (error: Error & { readonly code?: string }) => {
    tooLarge = error.code === "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH";
    socket.terminate();
  });
  socket.on("message", (data: Buffer) => {
    const message = parse(data);
    if (message === undefined) socket.terminate();
    else if (message.id !== undefined) settle(message.id, message);
    else deliver(String(message.params?.subscription), message.params?.result);
  });

  function settle(id: number, { result, error }: Message): void {
    const waiting = pending.get(id);
    if (waiting === undefined) return;
    pending.delete(id);
    clearTimeout(waiting.timer);
    if (error === undefined) waiting.resolve(result);
    else waiting.reject(new RelayError(refusalOf(waiting.method, error)));
  }

  /** A node may send the first message before we have read the subscription's id. */
  function deliver(subscription: string, result: unknown): void {
    const listener = listeners.get(subscription);
    if (listener !== undefined) listener(result);
    else if (unclaimed.size < 16)
      unclaimed.set(subscription, [...(unclaimed.get(subscription) ?? []).slice(-15), result]);
  }

  function request(method: string, ...params: readonly unknown[]): Promise<unknown> {
    if (socket.readyState !== WebSocket.OPEN)
      return Promise.reject(new RelayError({ code: "relay/node-unreachable", url }));
    return new Promise((resolve, reject) => {
      const id = nextId++;
      const timer = setTimeout(() => {
        pending.delete(id);
        reject(new RelayError({ code: "relay/node-timeout", method }));
      }, timeoutMs);
      pending.set(id, { method, resolve, reject, timer });
      socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    });
  }

  async function subscribe(method: string, onMessage: (result: unknown) => void): Promise<void> {
    const subscription = String(await request(method));
    listeners.set(subscription, onMessage);
    for (const result of unclaimed.get(subscription) ?? []) onMessage(result);
    unclaimed.delete(subscription);
  }

  return { url, request, subscribe, closed, close: () => socket.close() };
}

function open(url: string, timeoutMs: number, maxPayload: number): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const fail = (cause?: unknown): void =>
      reject(new RelayError({ code: "relay/node-unreachable", url }, { cause }));
    try {
      const socket = new WebSocket(url, { maxPayload, handshakeTimeout: timeoutMs });
      socket.once("open", () => {
        socket.off("error", fail);
        resolve(socket);
      });
      socket.once("error", fail);
    } catch (cause) {
      fail(cause); // the URL itself is none
    }
  });
}

function parse(data: Buffer): Message | undefined {
  try {
    const message: unknown = JSON.parse(data.toString("utf8"));
    return typeof message === "object" && message !== null ? message : undefined;
  } catch {
    return undefined;
  }
}
