import { createHash, timingSafeEqual } from "node:crypto";
import { GatewayError } from "../error.ts";
import { isLocalPeer, type Peer } from "./peer.ts";
import { isCrossSite, isTrustedHost } from "./site.ts";

export interface OperatorRules {
  /** At least 16 characters; without one, only this machine is the operator's. */
  readonly token?: string | undefined;
  /** Names, beside localhost and IP addresses, under which operators call. */
  readonly hostNames?: readonly string[] | undefined;
}

/** Why a caller is not taken for the operator; for the log. */
export type OperatorDoubt = "not-local" | "bad-token" | "cross-site" | "unknown-host";

const leastTokenLength = 16;

/**
 * Decides whether a request is the operator's: `undefined` if it is.
 * @throws {@link GatewayError} `gateway/weak-token` when it is made
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

/** Of equal length whatever the text, so that comparing takes the same time. */
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
