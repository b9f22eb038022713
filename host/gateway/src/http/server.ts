import type { IncomingMessage } from "node:http";
import cors from "@fastify/cors";
import { findAction, replyHeaders } from "@pruntime/api";
import type { BodyInParts } from "@pruntime/api/frames";
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyRequest,
  LogController,
  type onRequestAsyncHookHandler,
} from "fastify";
import type { Logger } from "pino";
import { type ConnectionLimits, guardConnections } from "../access/connections.ts";
import { Holdings } from "../access/holdings.ts";
import { networksOf } from "../access/network.ts";
import type { OperatorGate } from "../access/operator.ts";
import type { Peer } from "../access/peer.ts";
import type { Proxies } from "../access/proxies.ts";
import { Turns } from "../access/turns.ts";
import { Refusal } from "../error.ts";
import { serveOtherUpgrade } from "../node/other-upgrade.ts";
import { type NodeOptions, serveNode } from "../node/serve-node.ts";
import { abandonedCode } from "../query-outcome.ts";
import type { RecentUse } from "../shares/recent-use.ts";
import { type ActionServices, serveActions, servedActions } from "./actions.ts";
import { readBody } from "./body.ts";
import { setSecurityHeaders } from "./headers.ts";
import { operatorPages, type PageServices, pages, serveHealth, servePages } from "./pages.ts";
import { noRoute, pathOf, refusalOf, refuse, refuseSocket } from "./refuse.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** The action that a route serves. */
    readonly action?: string;
  }
}

/** What the HTTP servers serve, and their limits. */
export interface ServerOptions
  extends Omit<ActionServices, "operatorOnly" | "trusted">,
    Omit<PageServices, "operatorOnly" | "metrics">,
    NodeOptions,
    ConnectionLimits {
  /** Checks the callers of operator actions; at the operator's own address, it checks every request. */
  readonly gate: OperatorGate;
  /** A request must arrive completely within this time. */
  readonly requestTimeoutMs: number;
  /** A caller must take a reply completely within this time. */
  readonly replyTimeoutMs: number;
  readonly log: Logger;
  /** The table of what networks used. The work on requests at the public address is added to it. */
  readonly use: RecentUse;
}

/**
 * The requests of one connection of the public address, and how long it may be idle between two requests.
 * @limit requests, ms
 * @source chosen: clients open a new connection at little cost
 * @past the reply says `connection: close`, or the idle connection is closed
 */
const connectionLife = { maxRequestsPerSocket: 1_000, keepAliveTimeout: 15_000 };

/**
 * Creates the server of the public address: the pages and every action, but operator actions and metrics only
 * for callers that pass the gate. It does not listen yet.
 */
export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  const services = { ...options, operatorOnly: operatorHook(options), trusted: false };
  const app = bareServer(options, connectionLife, new Turns(options.use));
  limitRequests(app, options);
  refuseCoded(app, options, pages);
  recordReplies(app, options);
  await app.register(cors, {
    delegator: (request, done) => done(null, isShared(request) ? sharing : { origin: false }),
  });
  serveActions(app, services);
  await servePages(app, services);
  const closeNode = serveNode(app.server, options.proxies, options, (request, socket, head) => {
    serveOtherUpgrade(app, options, request, socket, head).catch(() => socket.destroy());
  });
  app.addHook("preClose", async () => closeNode());
  return app;
}

/**
 * Creates the server of the operator's own address: every action, health and metrics, each only for callers
 * that pass the gate. It does not listen yet.
 */
export function createOperatorServer(options: ServerOptions): FastifyInstance {
  const services = { ...options, operatorOnly: operatorHook(options), trusted: true };
  const app = bareServer(options);
  app.addHook("onRequest", services.operatorOnly);
  refuseCoded(app, options, operatorPages);
  recordReplies(app, options);
  serveActions(app, services);
  serveHealth(app, services);
  return app;
}

/**
 * The body of a request that is for no action. Each action has its own limit.
 * @limit bytes
 * @source chosen: no other route reads a body
 * @past `http/too-large`
 */
const maxOtherBodyBytes = 1024;

function bareServer(
  options: ServerOptions,
  life: Partial<typeof connectionLife> = {},
  turns?: Turns,
): FastifyInstance {
  const { log, requestTimeoutMs, headersTimeoutMs, replyTimeoutMs } = options;
  const app = fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: maxOtherBodyBytes,
    requestTimeout: requestTimeoutMs,
    ...life,
    http: {
      headersTimeout: headersTimeoutMs,
      connectionsCheckingInterval: Math.ceil(headersTimeoutMs / 4),
    },
    forceCloseConnections: "idle",
    clientErrorHandler: (_error, socket) => refuseSocket(socket),
    frameworkErrors: (error, request, reply) => {
      setSecurityHeaders(request, reply, false);
      void refuse(reply, refusalOf(error, 0));
    },
  });
  guardConnections(app.server, options.proxies, options, turns);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (request: FastifyRequest, payload: IncomingMessage) =>
    readBody(payload, request.routeOptions.bodyLimit),
  );
  app.addHook("onSend", async (request, reply) => {
    setSecurityHeaders(request, reply, isShared(request));
    if (reply.raw.destroyed) return; // the caller is gone, and `close` is not emitted again
    const late = setTimeout(() => reply.raw.destroy(), replyTimeoutMs);
    reply.raw.once("close", () => clearTimeout(late));
  });
  return app;
}

/**
 * Limits the unanswered requests of each network. A connection of a proxy carries the requests of more than
 * one client, and any connection may carry more than one request at a time.
 */
function limitRequests(app: FastifyInstance, { proxies, connectionsPerNetwork }: ServerOptions): void {
  const held = new Holdings(connectionsPerNetwork);
  app.addHook("onRequest", async (request, reply) => {
    const networks = networksOf(proxies.clientOf(request.raw).address);
    if (!held.take(networks)) throw new Refusal({ code: "http/over-share" });
    reply.raw.once("close", () => held.release(networks));
  });
}

/** Answers every error, whichever layer it comes from, with a code and its status. */
function refuseCoded(app: FastifyInstance, { log, devTest }: ServerOptions, paths: readonly string[]): void {
  const served = new Set([...paths, ...servedActions(devTest).map(({ name }) => `/${name}`)]);
  app.setErrorHandler((error, request, reply) => {
    const refusal = refusalOf(error, request.routeOptions.bodyLimit ?? 0);
    if (refusal.code === "http/internal") log.error({ err: error }, "fault");
    // A body that does not arrive in time ends the connection, and then no caller reads the refusal.
    return reply.raw.destroyed ? undefined : refuse(reply, refusal);
  });
  app.setNotFoundHandler((request, reply) => refuse(reply, noRoute(request, served)));
  // The body of a request that matches no route is not read.
  app.addHook("onRequest", async (request) => {
    if (request.is404) throw noRoute(request, served);
  });
}

/**
 * Counts and logs one request for each reply, and for each caller that disconnected before its reply. The
 * line is a warning if the gateway or the enclave failed. A connection closes after its reply is complete, so
 * a request that is not recorded by then was abandoned.
 */
function recordReplies(app: FastifyInstance, { log, metrics }: ServerOptions): void {
  const recorded = new WeakSet<FastifyRequest>();
  const record = (request: FastifyRequest, ms: number, status: number, code: string): void => {
    if (recorded.has(request)) return;
    recorded.add(request);
    const action = request.routeOptions.config?.action ?? "page";
    const bytes = (request.body as BodyInParts | undefined)?.length ?? 0;
    const facts = { action, status, code, ms: Math.round(ms * 10) / 10 };
    metrics.answered(facts);
    log[status >= 500 ? "warn" : "debug"]({ ...facts, bytes }, "request");
  };
  app.addHook("onRequest", async (request, reply) => {
    reply.raw.once("close", () => record(request, reply.elapsedTime, abandonedStatus, abandonedCode));
  });
  app.addHook("onResponse", async (request, reply) => {
    const code = String(reply.getHeader(replyHeaders.code) ?? "ok");
    record(request, reply.elapsedTime, reply.statusCode, code);
  });
}

/** The status with which logs and metrics show a request whose caller has disconnected, as nginx does. */
const abandonedStatus = 499;

function operatorHook({ gate, log, proxies }: ServerOptions): onRequestAsyncHookHandler {
  return async (request) => {
    const doubt = gate(peerOf(request, proxies));
    if (doubt === undefined) return;
    log.debug({ doubt }, "not the operator");
    throw new Refusal({ code: "http/forbidden" });
  };
}

const sharing = {
  origin: "*",
  methods: ["POST"],
  allowedHeaders: ["content-type"],
  exposedHeaders: [...Object.values(replyHeaders), "retry-after"],
  /**
   * How long a browser remembers that pages of other origins may call the worker.
   * @limit s
   * @source chosen
   * @past the browser asks again
   */
  maxAge: 600,
  strictPreflight: false,
};

/** Whether pages of any origin may read the reply. */
function isShared(request: FastifyRequest): boolean {
  return findAction(pathOf(request).slice(1))?.access === "public";
}

function peerOf({ raw }: FastifyRequest, proxies: Proxies): Peer {
  return { ...proxies.clientOf(raw), httpVersion: raw.httpVersion, headers: raw.headers };
}
