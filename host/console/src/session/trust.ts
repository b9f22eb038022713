/**
 * Finds the policy and the anchor that define which worker this page trusts. They come from the page's
 * address (`#policy=…&anchor=…`), from the operator who serves the page (`trust.json`, which `pruntime up`
 * and `pruntime page` write), or from the user. A policy from the server is no more trustworthy than the page
 * itself, which the same server delivers.
 */
import { readAtMost } from "@pruntime/client";
import { fromUtf8 } from "@pruntime/core/bytes";
import {
  type Json,
  type JsonObject,
  jsonAny,
  jsonEnum,
  jsonNullable,
  jsonObject,
  jsonOptional,
  jsonString,
  parseJson,
} from "@pruntime/core/json";

/** A policy and an anchor, and their source. */
export interface Trust {
  readonly policy: string | JsonObject;
  /** The anchor from which the worker must have started, as 64 hex digits. */
  readonly anchor: string;
  readonly from: "address" | "server" | "reader" | "own-machine";
}

/**
 * The file `trust.json`: a policy and an anchor.
 * @limit bytes
 * @source twice the limit of a policy
 * @past the page asks its reader for policy and anchor
 */
const maxTrustBytes = 1 << 19;

const served = jsonNullable(
  jsonObject({ anchor: jsonString(), policy: jsonAny, served_by: jsonOptional(jsonEnum(["own-machine"])) }),
);

/**
 * The policy and anchor from the page's address or its server; `undefined` if the user must enter them.
 * @throws JsonError, BytesError if the server's `trust.json` is malformed
 */
export async function findTrust(): Promise<Trust | undefined> {
  const fragment = new URLSearchParams(globalThis.location.hash.replace(/^#(\/\w+\?)?/, ""));
  const [policy, anchor] = [fragment.get("policy"), fragment.get("anchor")];
  if (policy !== null && anchor !== null) return { policy, anchor, from: "address" };
  const response = await fetch("./trust.json", { redirect: "error" }).catch(() => undefined);
  if (response?.ok !== true) return undefined;
  const bytes = await readAtMost(response, maxTrustBytes);
  if (bytes === undefined) return undefined;
  const told = served(parseJson(fromUtf8(bytes)), "");
  if (told === null) return undefined;
  const isOwn = told.served_by === "own-machine" && isLoopback(globalThis.location.hostname);
  return { policy: asObject(told.policy), anchor: told.anchor, from: isOwn ? "own-machine" : "server" };
}

/** Whether the page comes from the user's own machine, which `pruntime page` serves. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

function asObject(policy: Json): JsonObject {
  jsonObject({}, "ignored")(policy, "/policy");
  return policy as JsonObject;
}
