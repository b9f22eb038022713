/**
 * JSON-RPC 2.0 over one WebSocket. A lost connection fails all pending requests; the caller must connect
 * again.
 */
import type { IncomingMessage } from "node:http";
import WebSocket from "ws";
import { RelayError } from "../error.ts";
import { Calls, type Message } from "./calls.ts";
import type { ConnectOptions, NodeConnection } from "./connection.ts";
import { retryAfterMs } from "./refusal.ts";
import { Subscriptions } from "./subscriptions.ts";

/** Opens a WebSocket. @throws {@link RelayError} `relay/node-unreachable`, `relay/rate-limited` */
export async function connectWebSocket(
  url: string,
  { timeoutMs, maxMessageBytes }: Required<ConnectOptions>,
): Promise<NodeConnection> {
  const socket = await open(url, timeoutMs, maxMessageBytes);
  const calls = new Calls(socket, url, timeoutMs);
  const subscriptions = new Subscriptions();
  socket.on("message", (data: Buffer) => {
    try {
      take(JSON.parse(data.toString("utf8")) as Message, calls, subscriptions);
    } catch {
      socket.terminate(); // not JSON, not a message, or a subscription's message that cannot be read
    }
  });
  return {
    url,
    request: (method, ...params) => calls.request(method, params),
    subscribe: async (method, onMessage) => {
      const id = subscriptionId(await calls.request(method, []));
      if (id === undefined) throw new RelayError({ code: "relay/bad-answer", method });
      try {
        subscriptions.listen(id, onMessage);
      } catch {
        socket.terminate(); // the subscription's first message cannot be read
      }
    },
    closed: failAtEnd(socket, calls, maxMessageBytes),
    close: () => socket.close(),
  };
}

function take(message: Message, calls: Calls, subscriptions: Subscriptions): void {
  if (typeof message !== "object") throw new TypeError("not a message");
  const { id, error, params } = message;
  const subscription = subscriptionId(params?.subscription);
  if (id === null) calls.refuseAll(error ?? {});
  else if (id !== undefined) calls.settle(id, message);
  else if (subscription !== undefined) subscriptions.deliver(subscription, params?.result);
}

/** Nodes name subscriptions by text or by number. */
function subscriptionId(value: unknown): string | undefined {
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

/** Settles when the socket has closed. All pending requests then fail with the reason. */
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
      socket.once("unexpected-response", (request, response) => {
        reject(refusedHandshake(url, response));
        socket.off("error", fail).on("error", () => undefined);
        request.destroy();
      });
    } catch (cause) {
      fail(cause); // not a URL
    }
  });
}

/** The error for a node, or a proxy in front of it, that answers the handshake with an HTTP error. */
function refusedHandshake(url: string, { statusCode, headers }: IncomingMessage): RelayError {
  if (statusCode !== 429)
    return new RelayError({ code: "relay/node-unreachable", url, reason: `HTTP ${statusCode}` });
  const afterMs = retryAfterMs(headers["retry-after"]);
  return new RelayError({
    code: "relay/rate-limited",
    method: "handshake",
    reason: "HTTP 429",
    ...(afterMs === undefined ? {} : { afterMs }),
  });
}
