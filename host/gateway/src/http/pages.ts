import { existsSync } from "node:fs";
import fastifyStatic from "@fastify/static";
import type { AnyAction } from "@pruntime/api";
import type { FastifyInstance, onRequestAsyncHookHandler } from "fastify";
import type { EnclaveStatus } from "../enclave/supervisor.ts";
import type { Metrics } from "../metrics.ts";
import type { StatedProgress } from "../progress.ts";
import { readinessOf } from "../readiness.ts";
import { servedActions } from "./actions.ts";
import { docsPaths, serveDocs } from "./docs.ts";

/** The services and settings of the pages. A page is a route that is not an action. */
export interface PageServices {
  readonly status: () => EnclaveStatus;
  readonly metrics: Metrics;
  readonly progress: StatedProgress;
  /** The current time in Unix milliseconds. */
  readonly now: () => number;
  readonly operatorOnly: onRequestAsyncHookHandler;
  /** The folder of the built web page. Without it, `/` lists the paths. */
  readonly consoleDir: string | undefined;
  /**
   * The worker that the page trusts: the JSON `{policy, anchor}` that the operator vouches for. If absent,
   * the page asks the user.
   */
  readonly trust?: string | undefined;
  readonly version: string;
  /** Whether the worker serves development actions. */
  readonly devTest: boolean;
}

/** The fixed paths that GET serves. The files of the web page have further paths. */
export const pages: readonly string[] = ["/", ...docsPaths, "/healthz", "/metrics", "/readyz", "/trust.json"];

/** The paths that the operator's own address serves by GET. */
export const operatorPages: readonly string[] = ["/healthz", "/metrics", "/readyz"];

/** The services that health and metrics need. */
type HealthServices = Pick<PageServices, "status" | "metrics" | "progress" | "now" | "operatorOnly">;

/**
 * Serves to any caller whether the gateway lives (`/healthz`) and whether its worker is caught up and fresh
 * (`/readyz`), and the metrics to the operator. A gateway without an enclave lives, because it starts the
 * enclave again by itself.
 */
export function serveHealth(
  app: FastifyInstance,
  { status, metrics, progress, now, operatorOnly }: HealthServices,
): void {
  app.get("/healthz", async (_request, reply) => {
    const { state, restarts } = status();
    return reply.code(state === "closed" ? 503 : 200).send({ state, restarts });
  });
  app.get("/readyz", async (_request, reply) => {
    const readiness = readinessOf(status().state, progress.latest, now());
    return reply.code(readiness.ready ? 200 : 503).send(readiness);
  });
  app.get("/metrics", { onRequest: operatorOnly }, async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
}

/**
 * Serves everything besides the actions: documentation, health, metrics, the worker that the page trusts, and
 * the web page, or a list of paths in its place.
 */
export async function servePages(app: FastifyInstance, services: PageServices): Promise<void> {
  const { consoleDir, trust, version, devTest } = services;
  const actions = servedActions(devTest);
  serveHealth(app, services);
  app.get("/trust.json", async (_request, reply) => reply.type("application/json").send(trust ?? "null"));
  serveDocs(app, version, actions);
  if (consoleDir === undefined || !existsSync(consoleDir))
    app.get("/", async (_request, reply) => reply.type("text/plain; charset=utf-8").send(indexText(actions)));
  else
    await app.register(fastifyStatic, {
      root: consoleDir,
      prefix: "/",
      dotfiles: "ignore",
      decorateReply: false,
    });
}

function indexText(actions: readonly AnyAction[]): string {
  const lines = actions.map(({ name, access }) => `POST /${name}  ${access}`);
  return [
    "pruntime",
    "",
    "GET /docs  the interface",
    "GET /openapi.json  the same for programs",
    "GET /healthz",
    "GET /readyz",
    "GET /metrics  operator",
    ...lines,
    "",
  ].join("\n");
}
