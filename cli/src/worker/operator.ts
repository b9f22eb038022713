/** Makes operator calls, and verifies the replies once the worker has a chain. */
import type { Callable } from "@pruntime/api";
import { ClientError, connectTrustingWhoeverAnswers, requestBody, unverifiedReply } from "@pruntime/client";
import { type Json, type JsonLimits, type JsonObject, parseJson } from "@pruntime/core/json";
import { clientOptions, type WorkerOptions } from "./connect.ts";

/** The answer to an operator call. */
export interface OperatorAnswer<T> {
  /** The payload, decoded by the action's row. */
  readonly value: T;
  /** The worker's unchanged payload, for printing. */
  readonly payload: Json;
}

/** Large enough for a dump, which is the largest payload. */
const limits: JsonLimits = { maxLength: 300 << 20, maxDepth: 64 };

/** Calls an action. @throws ClientError; JsonError if the action's row cannot read the reply */
export async function operatorCall<W extends JsonObject, T>(
  options: WorkerOptions,
  action: Callable<W, T>,
  input: NoInfer<W>,
): Promise<OperatorAnswer<T>> {
  const known = await clientOptions(options);
  try {
    const client = await connectTrustingWhoeverAnswers(known);
    const { value, exchange } = await client.exchange(action, input);
    return { value, payload: parseJson(exchange.payload, limits) };
  } catch (error) {
    if (!(error instanceof ClientError) || error.code !== "client/not-initialized") throw error;
    const reply = await known.transport(action.name, requestBody(known.random, input));
    const { value, payload } = unverifiedReply(action, reply);
    return { value, payload: parseJson(payload, limits) };
  }
}
