import { createHash, timingSafeEqual } from "node:crypto";
import { GatewayError } from "../error.ts";
import { isLocalPeer, type Peer } from "./peer.ts";
import { isCrossSite, isTrustedHost } from "./site.ts";

/** How the gateway recognizes its operator. */
export interface OperatorRules {
  /**
   * The operator's token, at least 16 characters. If it is absent, only callers on this machine are the
   * operator.
   */
  readonly token?: string | undefined;
  /** Host names under which the operator may call, in addition to localhost and IP addresses. */
  readonly hostNames?: readonly string[] | undefined;
}

/** Why a caller is not accepted as the operator; the log records it. */
export type OperatorDoubt = "not-local" | "bad-token" | "cross-site" | "unknown-host";

const leastTokenLength = 16;

/**
 * Makes the function that checks whether a request comes from the operator. The function returns `undefined`
 * for the operator, and otherwise the reason why it refuses the caller.
 * @throws {@link GatewayError} `gateway/weak-token` for a token that is too short
 */
export function operatorGate(rules: OperatorRules): (peer: Peer) => OperatorDoubt | undefined {
  const { token } = rules;
  if (token !== undefined && token.length < leastTokenLength)
    throw new GatewayError({ code: "gateway/weak-token" });
  const wanted = token === undefined ? undefined : digest(`Bearer ${token}`);
  const names = (rules.hostNames ?? []).map((name) => name.toLowerCase());
  return (peer) => {
    const { authorization, host } = peer.headers;
    if (isCrossSite(peer.headers)) return "cross-site";
    if (!isTrustedHost(host, names)) return "unknown-host";
    if (authorization !== undefined && wanted !== undefined)
      return timingSafeEqual(digest(authorization), wanted) ? undefined : "bad-token";
    return isLocalPeer(peer) ? undefined : "not-local";
  };
}

/** Hashes a text. A comparison in constant time needs inputs of the same length, which digests have. */
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
