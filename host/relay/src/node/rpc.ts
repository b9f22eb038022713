/**
 * JSON-RPC 2.0 over one WebSocket. A lost connection fails all pending requests; the caller must connect
 * again.
 */
import WebSocket from "ws";
import { RelayError } from "../error.ts";
import { Calls, type Message } from "./calls.ts";
import { Subscriptions } from "./subscriptions.ts";

/** A WebSocket to a node, open until one side closes it. */
export interface NodeConnection {
  readonly url: string;
  /**
   * Calls a method and returns its result.
   * @throws {@link RelayError} `relay/node-unreachable`, `relay/node-timeout`, `relay/node-refused`,
   * `relay/rate-limited`, `relay/answer-too-large`, `relay/state-discarded`
   */
  readonly request: (method: string, ...params: readonly unknown[]) => Promise<unknown>;
  /** Subscribes, and passes each message to `onMessage` until the connection ends. @throws as `request` */
  readonly subscribe: (method: string, onMessage: (result: unknown) => void) => Promise<void>;
  /** Settles when the connection has ended. */
  readonly closed: Promise<void>;
  readonly close: () => void;
}

/** Limits of a connection. */
export interface ConnectOptions {
  /** How long the node may take for an answer, in milliseconds. Default: 30 000. */
  readonly timeoutMs?: number;
  /** The largest message accepted from the node, in bytes. Default: 64 MiB. */
  readonly maxMessageBytes?: number;
}

/** Opens a connection. @throws {@link RelayError} `relay/node-unreachable` */
export async function connectNode(url: string, options: ConnectOptions = {}): Promise<NodeConnection> {
  const { timeoutMs = 30_000, maxMessageBytes = 64 << 20 } = options;
  const socket = await open(url, timeoutMs, maxMessageBytes);
  const calls = new Calls(socket, url, timeoutMs);
  const subscriptions = new Subscriptions();
  socket.on("message", (data: Buffer) => {
    const message = parse(data);
    if (message === undefined) socket.terminate();
    else if (message.id !== undefined) calls.settle(message.id, message);
    else subscriptions.deliver(String(message.params?.subscription), message.params?.result);
  });
  return {
    url,
    request: (method, ...params) => calls.request(method, params),
    subscribe: async (method, onMessage) =>
      subscriptions.listen(String(await calls.request(method, [])), onMessage),
    closed: failAtEnd(socket, calls, maxMessageBytes),
    close: () => socket.close(),
  };
}

/** Settles when the socket has closed. All requests that are pending at that time fail. */
function failAtEnd(socket: WebSocket, calls: Calls, maxMessageBytes: number): Promise<void> {
  let tooLarge = false;
  socket.on("error", (error: Error & { readonly code?: string }) => {
    tooLarge = error.code === "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH";
    socket.terminate();
  });
  return new Promise((resolve) => {
    socket.on("close", () => {
      calls.fail(tooLarge ? `over ${maxMessageBytes} bytes` : undefined);
      resolve();
    });
  });
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
      fail(cause); // `url` is not a URL
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
