/** Sends calls to a worker over HTTP, at a port or at a Unix socket. */
import {
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type RequestOptions,
  request as requestHttp,
} from "node:http";
import { request as requestHttps } from "node:https";
import { readAtMost } from "./read-at-most.ts";

/** The address at which a worker is called, and the credentials for it. */
export interface WorkerOptions {
  /** `http://HOST:PORT`, `https://…`, or `unix:PATH` for a Unix socket. */
  readonly url: string;
  /** The operator's token, which the operator's address requires. */
  readonly token?: string;
}

/** One call of an action, and the limits of its reply. */
export interface WorkerCall {
  readonly action: string;
  readonly body: string | Uint8Array;
  readonly timeoutMs: number;
  /** The largest reply that is read, in bytes. */
  readonly maxReplyBytes: number;
  /** Gives up the call when it aborts. */
  readonly signal?: AbortSignal;
}

/** A reply before it is decoded. */
export interface WorkerReply {
  readonly status: number;
  /** The value of a header, given its lower-case name. */
  readonly header: (name: string) => string | undefined;
  readonly body: Buffer;
}

/**
 * A page of a worker, such as its metrics.
 * @limit ms, bytes
 * @source chosen: the gateway answers without its enclave
 * @past the request fails
 */
const pageLimits = { timeoutMs: 5_000, maxReplyBytes: 1024 * 1024 };

/**
 * Calls an action of a worker. Follows no redirect, because another address must not receive the token.
 * @throws Error if no reply arrives within the time limit, or if the reply is larger than its limit
 */
export function postToWorker(worker: WorkerOptions, call: WorkerCall): Promise<WorkerReply> {
  const { action, body } = call;
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
  return request(worker, action, { method: "POST", headers }, body, call);
}

/** Reads a page of a worker, for example `metrics`. @throws as {@link postToWorker} */
export function getFromWorker(worker: WorkerOptions, path: string): Promise<WorkerReply> {
  return request(worker, path, { method: "GET", headers: {} }, "", pageLimits);
}

function request(
  worker: WorkerOptions,
  path: string,
  { method, headers }: { readonly method: string; readonly headers: OutgoingHttpHeaders },
  body: string | Uint8Array,
  limits: Pick<WorkerCall, "timeoutMs" | "maxReplyBytes" | "signal">,
): Promise<WorkerReply> {
  const { target, send } = targetOf(worker.url, path);
  const options: RequestOptions = {
    ...target,
    method,
    agent: false,
    signal: AbortSignal.any([
      AbortSignal.timeout(limits.timeoutMs),
      ...(limits.signal ? [limits.signal] : []),
    ]),
    headers: {
      ...headers,
      ...(worker.token === undefined ? {} : { authorization: `Bearer ${worker.token}` }),
    },
  };
  return new Promise((resolve, reject) => {
    const sent = send(options, (response) => {
      readReply(response, limits.maxReplyBytes).then(resolve, reject);
    });
    sent.once("error", reject);
    sent.end(body);
  });
}

function targetOf(url: string, action: string): { target: RequestOptions; send: typeof requestHttp } {
  if (url.startsWith("unix:"))
    return { target: { socketPath: url.slice("unix:".length), path: `/${action}` }, send: requestHttp };
  const { protocol, hostname, port, pathname } = new URL(url);
  const target = {
    hostname: hostname.replace(/^\[(.*)\]$/, "$1"),
    port,
    path: `${pathname.replace(/\/$/, "")}/${action}`,
  };
  return { target, send: protocol === "https:" ? requestHttps : requestHttp };
}

async function readReply(response: IncomingMessage, maxBytes: number): Promise<WorkerReply> {
  const body = await readAtMost(response, maxBytes);
  if (body === undefined) throw new Error("the worker's reply is too large");
  const header = (name: string): string | undefined => {
    const value = response.headers[name];
    return Array.isArray(value) ? value.join(", ") : value;
  };
  return { status: response.statusCode ?? 0, header, body };
}
