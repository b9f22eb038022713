/**
 * Which worker this page believes: a policy and an anchor. They come from the page's address
 * (`#policy=…&anchor=…`), from the operator who serves the page (`trust.json`, as `pruntime up` writes it),
 * or from its reader. What the server says is worth no more than the page itself, which comes from the same
 * server.
 */
import {
  type Json,
  type JsonObject,
  jsonAny,
  jsonNullable,
  jsonObject,
  jsonString,
  parseJson,
} from "@pruntime/core/json";

/** What is trusted, and where it comes from. */
export interface Trust {
  readonly policy: string | JsonObject;
  /** 64 hex digits. */
  readonly anchor: string;
  readonly from: "address" | "server" | "reader";
}

const served = jsonNullable(jsonObject({ anchor: jsonString(), policy: jsonAny }));

/** What is known before the reader is asked. @throws JsonError when the server's `trust.json` is malformed */
export async function findTrust(): Promise<Trust | undefined> {
  const fragment = new URLSearchParams(globalThis.location.hash.slice(1));
  const [policy, anchor] = [fragment.get("policy"), fragment.get("anchor")];
  if (policy !== null && anchor !== null) return { policy, anchor, from: "address" };
  const response = await fetch("./trust.json").catch(() => undefined);
  if (response?.ok !== true) return undefined;
  const told = served(parseJson(await response.text()), "");
  return told === null ? undefined : { policy: asObject(told.policy), anchor: told.anchor, from: "server" };
}

function asObject(policy: Json): JsonObject {
  jsonObject({}, "ignored")(policy, "/policy");
  return policy as JsonObject;
}
