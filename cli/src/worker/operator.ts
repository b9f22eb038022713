/** Operator calls as the 2020 helper made them: JSON in, the payload out. Signatures are checked once the worker has a chain. */
import { type ActionName, findAction } from "@pruntime/api";
import { ClientError, connectTrustingWhoeverAnswers, requestBody, unverifiedPayload } from "@pruntime/client";
import type { Json, JsonObject } from "@pruntime/core/json";
import { CliError } from "../error.ts";
import { clientOptions, type WorkerOptions } from "./connect.ts";

/** Calls any action; the payload of its reply. @throws ClientError; {@link CliError} `cli/bad-argument` for an unknown action */
export async function operatorCall(options: WorkerOptions, name: string, input: JsonObject): Promise<Json> {
  const action = findAction(name);
  if (action === undefined)
    throw new CliError({
      code: "cli/bad-argument",
      name: "method",
      want: "an action of the REST interface (see /docs)",
    });
  const known = await clientOptions(options);
  try {
    return (await (await connectTrustingWhoeverAnswers(known)).exchange(action.action, input)).payload;
  } catch (error) {
    if (error instanceof ClientError && error.code === "client/not-initialized")
      return unsigned(known, action.action, input);
    throw error;
  }
}

async function unsigned(
  options: Awaited<ReturnType<typeof clientOptions>>,
  action: ActionName,
  input: JsonObject,
): Promise<Json> {
  return unverifiedPayload(await options.transport(action, requestBody(options.random, input)));
}
