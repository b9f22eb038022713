/** Serves the description of the interface: a page for people, and an OpenAPI document for programs. */
import type { AnyAction } from "@pruntime/api";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { openApiDocument } from "../openapi.ts";
import { docsPage, icon } from "./docs-page.ts";

/** The paths that {@link serveDocs} serves. */
export const docsPaths: readonly string[] = ["/docs", "/favicon.ico", "/openapi.json"];

/** Serves /docs, /openapi.json and the icon. */
export function serveDocs(app: FastifyInstance, version: string, actions: readonly AnyAction[]): void {
  const document = JSON.stringify(openApiDocument(version, actions));
  app.get("/openapi.json", async (_request, reply) => reply.type("application/json").send(document));
  app.get("/favicon.ico", async (_request, reply) => reply.type("image/svg+xml").send(icon));
  app.get("/docs", async (request, reply) =>
    reply.type("text/html; charset=utf-8").send(docsPage({ version, actions, origin: originOf(request) })),
  );
}

/** The origin that the reader asked for, or this machine's if the request names none that is safe to show. */
function originOf({ headers, raw }: FastifyRequest): string {
  const { host } = headers;
  const proto = headers["x-forwarded-proto"] === "https" ? "https" : "http";
  return host !== undefined && /^[\w.:[\]-]{1,255}$/.test(host)
    ? `${proto}://${host}`
    : `http://127.0.0.1:${raw.socket.localPort ?? 0}`;
}
