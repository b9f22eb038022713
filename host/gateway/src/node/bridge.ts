/** Connects one page to the node: passes on calls within their limits, and the node's messages. */
import { WebSocket } from "ws";
import { effectOf } from "./allowed-calls.ts";
import { type CallId, readCall, readNodeMessage } from "./call-frame.ts";

/** The sizes and counts of one page's connection to the node. */
export const bridgeLimits = {
  /**
   * A message of the page.
   * @limit bytes
   * @source a transaction with the longest command, in hex
   * @past the connection is closed with code 1009
   */
  maxCallBytes: 1_048_576,
  /**
   * A message of the node.
   * @limit bytes
   * @source chosen: the metadata of public chains takes about 1 MiB in hex
   * @past the connection is closed
   */
  maxAnswerBytes: 16_777_216,
  /**
   * The messages that wait until the page has read the earlier ones.
   * @limit bytes
   * @source chosen: two of the longest answers
   * @past the connection is closed with code 1013
   */
  maxWaitingBytes: 33_554_432,
  /**
   * The calls that the node has not answered yet.
   * @limit calls
   * @source chosen
   * @past the call is refused with the JSON-RPC code -32000
   */
  maxCalls: 64,
  /**
   * The calls that the node has not answered yet.
   * @limit bytes
   * @source chosen: two of the longest calls
   * @past the call is refused with the JSON-RPC code -32000
   */
  maxUnansweredBytes: 2_097_152,
  /**
   * The subscriptions and broadcasts that are open at the same time.
   * @limit subscriptions
   * @source chosen: a client opens one, and one for each transaction
   * @past the call is refused with the JSON-RPC code -32000
   */
  maxOpen: 8,
  /**
   * How long a connection may stay without a call while nothing is open.
   * @limit ms
   * @source chosen
   * @past the connection is closed with code 1001; the page connects again when it needs the node
   */
  idleMs: 60_000,
  /**
   * The pause between two checks that the page is still there.
   * @limit ms
   * @source chosen
   * @past the connection is closed if the page did not answer the last check
   */
  aliveMs: 30_000,
};

/** The limits of one connection, which tests may set lower. */
export type BridgeLimits = typeof bridgeLimits;

/** Passes messages between a page and the node at `nodeUrl` until one of them closes its connection. */
export function bridge(page: WebSocket, nodeUrl: string, limits: BridgeLimits): void {
  const node = new WebSocket(nodeUrl, { maxPayload: limits.maxAnswerBytes, handshakeTimeout: 10_000 });
  const early: string[] = [];
  const waiting = new Map<
    CallId,
    { readonly effect: "opens" | "closes" | undefined; readonly bytes: number }
  >();
  let [unansweredBytes, open] = [0, 0];
  let answered = true;
  let lastCallMs = performance.now();

  const end = (code: number): void => {
    clearInterval(watch);
    if (page.readyState === WebSocket.OPEN) page.close(code);
    node.terminate();
    // A page that does not answer the closing message is cut off.
    setTimeout(() => page.terminate(), 1_000).unref();
  };
  const refuse = (id: CallId | null, code: number, message: string): void => {
    if (page.bufferedAmount > limits.maxWaitingBytes) end(1013);
    else page.send(JSON.stringify({ jsonrpc: "2.0", id, error: { code, message } }));
  };
  const watch = setInterval(
    () => {
      const idle = open === 0 && waiting.size === 0 && performance.now() - lastCallMs > limits.idleMs;
      if (!answered || idle) return end(1001);
      answered = false;
      page.ping();
    },
    Math.min(limits.aliveMs, limits.idleMs),
  );

  page.on("pong", () => (answered = true));
  page.on("message", (data, isBinary) => {
    if (isBinary) return end(1003);
    const call = readCall(data.toString());
    lastCallMs = performance.now();
    if ("code" in call) return refuse(call.id, call.code, call.message);
    const effect = effectOf(call.method);
    if (waiting.has(call.id)) return refuse(call.id, -32600, "A call with this id waits for its answer.");
    // Written again, because two readers may read a key that occurs twice in different ways.
    const { id, method, params } = call;
    const text = JSON.stringify({ jsonrpc: "2.0", id, method, params });
    if (waiting.size >= limits.maxCalls || unansweredBytes + text.length > limits.maxUnansweredBytes)
      return refuse(id, -32000, "Too many calls wait for the node.");
    if (effect === "opens" && open >= limits.maxOpen)
      return refuse(call.id, -32000, "Too many subscriptions are open.");
    if (effect === "opens") open++;
    unansweredBytes += text.length;
    waiting.set(id, { effect, bytes: text.length });
    if (node.readyState === WebSocket.OPEN) node.send(text);
    else early.push(text);
  });
  page.once("close", () => end(1000));
  page.on("error", () => page.terminate());

  node.once("open", () => {
    for (const text of early.splice(0)) node.send(text);
  });
  node.on("message", (data, isBinary) => {
    if (isBinary) return end(1011);
    const text = data.toString();
    const { id, isError, endsSubscription } = readNodeMessage(text);
    const call = id === undefined ? undefined : waiting.get(id);
    if (id !== undefined && call !== undefined) {
      waiting.delete(id);
      unansweredBytes -= call.bytes;
    }
    const ends = call === undefined ? endsSubscription : call.effect === (isError ? "opens" : "closes");
    if (ends) open = Math.max(0, open - 1);
    if (page.bufferedAmount + text.length > limits.maxWaitingBytes) return end(1013);
    page.send(text);
  });
  node.once("close", () => end(1011));
  node.on("error", () => end(1011));
}
