/**
 * Serves the web page from the user's own machine, with the user's policy and anchor. It passes on the
 * page's calls to a worker, and to a chain's node. The page then does not come from the worker's host, so its
 * verdict is the user's own. The server listens on 127.0.0.1 only, and serves only its own page.
 */
import fastifyStatic from "@fastify/static";
import { type AnyAction, actions, replyHeaders } from "@pruntime/api";
import fastify, { type FastifyInstance, type FastifyReply } from "fastify";
import { Proxies } from "./access/proxies.ts";
import { Refusal } from "./error.ts";
import { setSecurityHeaders } from "./http/headers.ts";
import { listen } from "./http/listen.ts";
import { refusalOf, refuse, refuseSocket } from "./http/refuse.ts";
import { isOwnHost, isOwnPage } from "./node/page-origin.ts";
import { serveNode } from "./node/serve-node.ts";

/** What a page's own server serves. */
export interface PageServerOptions {
  /** The worker's URL, without a trailing slash. */
  readonly workerUrl: string;
  /** The WebSocket URL of the chain's node. Without it, the page can send no commands. */
  readonly nodeUrl?: string;
  /** The folder of the built web page. */
  readonly consoleDir: string;
  /** The JSON with which the page decides which worker to trust. */
  readonly trust: string;
  /** The port; if it is in use, the next free one. 0 selects any free port. */
  readonly port: number;
}

/** A running server of a page. */
export interface PageServer {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/**
 * How long the worker may take to answer a call of the page.
 * @limit ms
 * @source chosen: as long as a call may wait for the enclave
 * @past `http/worker-unreachable`
 */
const workerTimeoutMs = 30_000;

/**
 * Serves the page until `close` is called. @throws GatewayError `gateway/port-taken`; the errors of the file
 * system if `consoleDir` does not exist
 */
export async function startPageServer(options: PageServerOptions): Promise<PageServer> {
  const app = fastify({ forceCloseConnections: true });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  app.addHook("onRequest", async ({ method, headers }) => {
    const isOwn = method === "GET" ? isOwnHost(headers.host ?? "", []) : isOwnPage(headers, []);
    if (!isOwn) throw new Refusal({ code: "http/foreign-page" });
  });
  app.addHook("onSend", async (request, reply) => setSecurityHeaders(request, reply, false));
  app.setErrorHandler((error, request, reply) =>
    refuse(reply, refusalOf(error, request.routeOptions.bodyLimit ?? 0)),
  );
  app.setNotFoundHandler((_request, reply) => refuse(reply, new Refusal({ code: "http/unknown-action" })));
  app.get("/trust.json", async (_request, reply) => reply.type("application/json").send(options.trust));
  for (const action of actions) if (action.access === "public") passOn(app, action, options.workerUrl);
  await app.register(fastifyStatic, { root: options.consoleDir, dotfiles: "ignore", decorateReply: false });
  const closeNode = serveNode(app.server, new Proxies(), options, (_request, socket) => refuseSocket(socket));
  app.addHook("preClose", async () => closeNode());
  const url = await listen(app, { host: "127.0.0.1", port: options.port, orNext: true });
  return { url, close: () => app.close() };
}

function passOn(app: FastifyInstance, action: AnyAction, workerUrl: string): void {
  app.post(`/${action.name}`, { bodyLimit: action.maxBodyBytes }, async ({ body }, reply) => {
    const response = await fetch(`${workerUrl}/${action.name}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: body instanceof Uint8Array ? new Uint8Array(body) : "",
      redirect: "error",
      signal: AbortSignal.timeout(workerTimeoutMs),
    }).catch(unreachable);
    return answer(reply, response, await bodyOf(response, action.maxReplyBytes).catch(unreachable));
  });
}

function answer(reply: FastifyReply, { status, headers }: Response, body: Uint8Array): FastifyReply {
  for (const name of [...Object.values(replyHeaders), "retry-after"]) {
    const value = headers.get(name);
    if (value !== null) reply.header(name, value);
  }
  return reply.code(status).type("application/json").send(Buffer.from(body));
}

/** Reads no more than the longest reply of the action. */
async function bodyOf({ body }: Response, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > limit) throw new Refusal({ code: "http/worker-unreachable" });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function unreachable(cause: unknown): never {
  throw new Refusal({ code: "http/worker-unreachable" }, { cause });
}
