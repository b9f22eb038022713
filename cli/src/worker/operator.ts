/** Operator calls. Replies are signed once the worker has a chain, and then checked. */
import type { Callable } from "@pruntime/api";
import { ClientError, connectTrustingWhoeverAnswers, requestBody, unverifiedReply } from "@pruntime/client";
import { type Json, type JsonLimits, type JsonObject, parseJson } from "@pruntime/core/json";
import { clientOptions, type WorkerOptions } from "./connect.ts";

/** What an operator call was answered. */
export interface OperatorAnswer<T> {
  /** What the action's row reads from the payload. */
  readonly value: T;
  /** The payload as the worker wrote it, to be printed. */
  readonly payload: Json;
}

/** A dump is the largest payload. */
const limits: JsonLimits = { maxLength: 300 << 20, maxDepth: 64 };

/** Calls an action. @throws ClientError; JsonError for a reply that the action's row does not read */
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
