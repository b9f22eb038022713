/** `query`: a signed, usually sealed question to a contract. */
import { readSignedQuery, replyJson } from "@pruntime/core/channel";
import type { Json } from "@pruntime/core/json";
import { builtIns } from "@pruntime/interfaces";
import { type Answer, type Enclave, refusal, type Words } from "./action.ts";

const words: Words = [
  ["query/bad-encoding", "Bad signature or origin"],
  ["query/bad-origin", "Bad origin"],
  ["query/bad-signature", "Verifying signature failed"],
  ["ask/malformed", "Malformed request (Query)"],
  ["ask/no-contract", undefined],
];

export function query({ runtime }: Enclave, json: Json): Answer {
  const outcome = runtime.accept({ kind: "query", query: readSignedQuery(json, "/input") });
  if (outcome.ok) return { payload: replyJson(outcome.value.reply) };
  const module =
    outcome.error.code === "ask/bad-request" && "contractId" in outcome.error
      ? moduleOf(outcome.error.contractId)
      : undefined;
  throw refusal(
    outcome.error,
    module === undefined ? words : [["ask/bad-request", `Malformed request (${module}::Request)`]],
  );
}

/** The Rust module of 2020 that a contract was. */
function moduleOf(contractId: unknown): string | undefined {
  return builtIns.find(({ id }) => id === contractId)?.module2020;
}
