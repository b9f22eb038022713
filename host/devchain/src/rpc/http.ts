/**
 * Serves JSON-RPC over plain HTTP POST, with the same methods as over WebSocket but without subscriptions.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { Dispatcher, type DispatchLimits } from "./dispatch.ts";
import { RpcError } from "./error.ts";
import type { Method, Session } from "./method.ts";
import type { NodeView } from "./node-view.ts";

/** Headers that allow any web page to call the server, as a node started with `--dev` does. */
const cors = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "POST",
  "access-control-allow-headers": "content-type",
};

const noSubscriptions = (): never => {
  throw new RpcError(-32601, "Method not found", "Subscriptions need a WebSocket");
};

const statelessSession: Session = {
  open: noSubscriptions,
  close: noSubscriptions,
  find: noSubscriptions,
  all: noSubscriptions,
  afterAnswer: noSubscriptions,
  listen: noSubscriptions,
};

/**
 * Makes the handler for HTTP requests. It accepts only bodies with the content type JSON, which HTML forms of
 * other sites cannot send.
 */
export function createHttpHandler(
  node: NodeView,
  methods: ReadonlyMap<string, Method>,
  limits: DispatchLimits & { readonly maxMessageBytes: number },
): (request: IncomingMessage, response: ServerResponse) => void {
  const dispatcher = new Dispatcher(methods, { node, session: statelessSession }, limits);
  return (request, response) => {
    if (request.method === "OPTIONS") return end(response, 204);
    if (request.method !== "POST") return end(response, 405);
    if (!/^application\/json\b/i.test(request.headers["content-type"] ?? "")) return end(response, 415);
    readAtMost(request, limits.maxMessageBytes).then(
      (body) => (body === undefined ? end(response, 413) : answer(dispatcher, body, response)),
      () => response.destroy(), // the client disconnected
    );
  };
}

function answer(dispatcher: Dispatcher, body: string, response: ServerResponse): void {
  const delayMs = dispatcher.delayMs(body);
  const send = (): void => end(response, 200, dispatcher.answer(body) ?? "");
  if (delayMs === 0) send();
  else setTimeout(send, delayMs);
}

/** Reads the body as text; returns `undefined` if the body is longer than `limit` bytes. */
async function readAtMost(request: IncomingMessage, limit: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function end(response: ServerResponse, status: number, body = ""): void {
  const headers = body === "" ? cors : { ...cors, "content-type": "application/json; charset=utf-8" };
  response.writeHead(status, status < 300 ? headers : { ...headers, connection: "close" }).end(body);
}
