import { type AnyAction, actions, replyHeaders } from "@pruntime/api";
import type { BodyInParts, EnclaveReply } from "@pruntime/api/frames";
import { toHex } from "@pruntime/core/bytes";
import type { FastifyInstance, FastifyReply, onRequestAsyncHookHandler } from "fastify";
import type { Logger } from "pino";
import { networksOf } from "../access/network.ts";
import type { Proxies } from "../access/proxies.ts";
import type { Call } from "../enclave/dispatcher.ts";
import type { Lane } from "../enclave/lane.ts";
import type { ReplyEndorser } from "../evidence/endorse.ts";
import type { Metrics } from "../metrics.ts";
import type { StatedProgress } from "../progress.ts";
import { checkContentType, checkJsonText, noBody } from "./body.ts";

/** The services and settings that the routes of actions use. */
export interface ActionServices {
  readonly call: (call: Call) => Promise<EnclaveReply>;
  readonly metrics: Metrics;
  readonly progress: StatedProgress;
  readonly log: Logger;
  readonly proxies: Proxies;
  readonly operatorOnly: onRequestAsyncHookHandler;
  /** Whether every caller of this server is the operator. */
  readonly trusted: boolean;
  /** Whether the worker serves development actions. */
  readonly devTest: boolean;
  readonly endorseReply: ReplyEndorser["endorse"];
}

/** Adds one route for each action that the worker serves. The enclave receives the body's bytes unchanged. */
export function serveActions(app: FastifyInstance, services: ActionServices): void {
  for (const action of servedActions(services.devTest)) serveAction(app, action, services);
}

/** The actions that this worker serves. */
export function servedActions(devTest: boolean): readonly AnyAction[] {
  return actions.filter(({ devOnly }) => devTest || devOnly !== true);
}

function serveAction(app: FastifyInstance, action: AnyAction, services: ActionServices): void {
  const { call, operatorOnly, proxies, trusted } = services;
  const { name, access, maxBodyBytes, showsEvidence } = action;
  const isOperator = trusted || access === "operator";
  app.post(`/${name}`, {
    bodyLimit: maxBodyBytes,
    config: { action: name },
    onRequest: [
      ...(access === "operator" ? [operatorOnly] : []),
      async (request) => checkContentType(request.headers["content-type"]),
    ],
    handler: async (request, reply) => {
      const body = (request.body as BodyInParts | undefined) ?? noBody;
      // The enclave checks every body, in units. Only it checks an operator's body, which can be large.
      if (!isOperator) checkJsonText(body);
      const answer = await call({
        lane: laneOf(action, isOperator),
        networks: isOperator ? [] : networksOf(proxies.clientOf(request.raw).address),
        action: name,
        body,
        signal: goneSignal(reply),
      });
      recordProgress(services, name, answer, reply.elapsedTime);
      const attested = showsEvidence === true && answer.status === 200 && answer.code === undefined;
      return pass(reply, attested ? { ...answer, body: await services.endorseReply(answer.body) } : answer);
    },
  });
}

/** Takes the progress that a reply states. Blocks that the call has dispatched are one line in the log. */
function recordProgress(
  { metrics, progress, log }: ActionServices,
  action: string,
  { statement }: EnclaveReply,
  elapsedMs: number,
): void {
  const batch = statement && progress.take(action, statement);
  if (batch === undefined) return;
  metrics.dispatched(batch);
  log.info(
    { ...batch, finalized: progress.latest?.finalized, ms: Math.round(elapsedMs) },
    "blocks dispatched",
  );
}

function laneOf({ betweenSlices, showsEvidence }: AnyAction, isOperator: boolean): Lane {
  if (betweenSlices !== true) return "operator";
  if (showsEvidence === true) return "evidence";
  return isOperator ? "status" : "public";
}

function pass(reply: FastifyReply, { status, code, statement, body }: EnclaveReply): FastifyReply {
  if (code !== undefined) reply.header(replyHeaders.code, code);
  if (statement !== undefined) {
    reply.header(replyHeaders.statement, toHex(statement.bytes));
    reply.header(replyHeaders.statementSignature, toHex(statement.signature));
  }
  return reply
    .code(status)
    .type("application/json")
    .send(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
}

/** A signal that is aborted if the caller disconnects before it receives the reply. */
function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once("close", () => {
    if (!reply.raw.writableFinished) gone.abort();
  });
  if (reply.raw.destroyed) gone.abort();
  return gone.signal;
}
