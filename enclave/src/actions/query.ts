/** `query`: a signed, usually sealed question to a contract. */
import { readSignedQuery, replyJson } from "@pruntime/core/channel";
import type { Json } from "@pruntime/core/json";
import { type Answer, type Enclave, refusal, type Words } from "./action.ts";

/** What the original called the request of each contract. */
const requestNames: Readonly<Record<number, string>> = {
  0: "system::Request",
  1: "data_plaza::Request",
  2: "balance::Request",
  3: "assets::Request",
};

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
  const name = outcome.error.code === "ask/bad-request" ? requestNames[contractOf(outcome.error)] : undefined;
  throw refusal(
    outcome.error,
    name === undefined ? words : [["ask/bad-request", `Malformed request (${name})`]],
  );
}

function contractOf(error: object): number {
  return "contractId" in error && typeof error.contractId === "number" ? error.contractId : -1;
}
