/**
 * Makes operator calls. The signature of a reply is checked against the key that the worker reports. If the
 * worker has no chain yet, nothing is checked.
 */
import { type Callable, replyLimits } from "@pruntime/api";
import {
  ClientError,
  connectTrustingWhoeverAnswers,
  requestBody,
  type Transport,
  unverifiedReply,
} from "@pruntime/client";
import { type Json, type JsonObject, parseJson } from "@pruntime/core/json";
import { postToWorker, type WorkerOptions } from "@pruntime/relay";
import type { Command } from "commander";
import type { OutputOptions } from "../terminal/output.ts";
import { clientOptions, withJson, withMaxAge } from "./connect.ts";
import { type OperatorFlags, operatorOf, withOperatorAddress } from "./operator-address.ts";

/** Options of commands that make operator calls. */
export interface OperatorOptions extends OutputOptions, OperatorFlags {
  readonly maxAge: number;
}

/** Adds the options of {@link OperatorOptions}. */
export function withOperator(command: Command): Command {
  return withMaxAge(withOperatorAddress(withJson(command)));
}

/** The answer to an operator call. */
export interface OperatorAnswer<T> {
  /** The payload, as the action's output reader decodes it. */
  readonly value: T;
  /** The worker's unchanged payload, for printing. */
  readonly payload: Json;
}

/**
 * How long a command waits for the operator's address.
 * @limit ms
 * @source chosen
 * @past `client/unreachable`
 */
const usualTimeoutMs = 60_000;

/** A transport to an operator's address. @throws {@link ClientError} `client/unreachable` */
export function operatorTransport(worker: WorkerOptions, timeoutMs: number = usualTimeoutMs): Transport {
  return async ({ name: action, maxReplyBytes }, body) => {
    try {
      return await postToWorker(worker, { action, body, timeoutMs, maxReplyBytes });
    } catch (cause) {
      throw new ClientError({ code: "client/unreachable", url: worker.url }, { cause });
    }
  };
}

/**
 * Calls an action at the operator's address, which serves every action.
 * @throws ClientError; CliError `cli/no-operator`; JsonError if the action's output reader cannot read the
 * reply
 */
export function operatorCall<W extends JsonObject, T>(
  options: OperatorOptions,
  action: Callable<W, T>,
  input: NoInfer<W>,
): Promise<OperatorAnswer<T>> {
  return callOver(operatorTransport(operatorOf(options)), options.maxAge, action, input);
}

/**
 * Calls an action over a transport. The worker's evidence is not verified.
 * @throws ClientError; JsonError if the action's output reader cannot read the reply
 */
export async function callOver<W extends JsonObject, T>(
  transport: Transport,
  maxAge: number,
  action: Callable<W, T>,
  input: NoInfer<W>,
): Promise<OperatorAnswer<T>> {
  const known = await clientOptions(transport, maxAge);
  try {
    const client = await connectTrustingWhoeverAnswers(known);
    const { value, exchange } = await client.exchange(action, input);
    return { value, payload: parseJson(exchange.payload, replyLimits(action)) };
  } catch (error) {
    if (!(error instanceof ClientError) || error.code !== "client/not-initialized") throw error;
    const reply = await known.transport(action, requestBody(known.random, input));
    const { value, payload } = unverifiedReply(action, reply);
    return { value, payload: parseJson(payload, replyLimits(action)) };
  }
}
