/** `query`: a request to a contract, usually signed and sealed. */
import { replyJson } from "@pruntime/core/channel";
import type { ErrorDetail } from "@pruntime/core/errors";
import { builtIns } from "@pruntime/interfaces";
import { answerOf, type Handlers, type Words } from "./action.ts";

const words: Words = [
  ["query/bad-encoding", "Bad signature or origin"],
  ["query/bad-origin", "Bad origin"],
  ["query/bad-signature", "Verifying signature failed"],
  ["query/malformed", "Malformed request (Query)"],
  ["query/no-contract", undefined],
];

/** The handler that passes a query to its contract. */
export const queryHandlers: Handlers<"query"> = {
  query: ({ runtime, waiting }, query) => {
    const outcome = runtime.answer({ kind: "query", query, waiting });
    const contract = outcome.ok ? [] : malformedRequest(outcome.error);
    return { payload: replyJson(answerOf(outcome, [...contract, ...words]).reply) };
  },
};

/**
 * Returns the message of 2020 for a malformed request. The message names the Rust module that the contract
 * had then.
 */
function malformedRequest(error: ErrorDetail): Words {
  if (error.code !== "query/bad-request" || !("contractId" in error)) return [];
  const module = builtIns.find(({ id }) => id === error.contractId)?.module2020;
  return module === undefined ? [] : [[error.code, `Malformed request (${module}::Request)`]];
}
