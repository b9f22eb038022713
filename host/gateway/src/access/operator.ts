import { createHash, timingSafeEqual } from "node:crypto";
import { GatewayError } from "../error.ts";
import { isLocalPeer, type Peer } from "./peer.ts";
import { isCrossSite, isTrustedHost } from "./site.ts";

/** Why a caller is not accepted as the operator. The gateway logs the reason at level `debug`. */
export type OperatorDoubt = "not-local" | "bad-token" | "cross-site" | "unknown-host" | "other-address";

/** Checks a request. Returns `undefined` for the operator, and otherwise the reason to refuse the caller. */
export type OperatorGate = (peer: Peer) => OperatorDoubt | undefined;

const leastTokenLength = 16;

/**
 * Makes the gate of the operator's own address. A request passes only if it has the token, and only if it
 * does not come from a page of another origin.
 * @throws {@link GatewayError} `gateway/weak-token` for a token that is shorter than 16 characters
 */
export function tokenGate(token: string): OperatorGate {
  if (token.length < leastTokenLength) throw new GatewayError({ code: "gateway/weak-token" });
  const wanted = digest(`Bearer ${token}`);
  return ({ headers }) => {
    if (isCrossSite(headers)) return "cross-site";
    return timingSafeEqual(digest(headers.authorization ?? ""), wanted) ? undefined : "bad-token";
  };
}

/**
 * The gate of operator calls at the public address in the mode of 2020. Direct callers on this machine pass,
 * unless a foreign web page may have caused the request.
 */
export function gateOf2020(peer: Peer): OperatorDoubt | undefined {
  if (isCrossSite(peer.headers)) return "cross-site";
  if (!isTrustedHost(peer.headers.host)) return "unknown-host";
  return isLocalPeer(peer) ? undefined : "not-local";
}

/** The usual gate of operator calls at the public address: no caller passes. */
export function closedGate(): OperatorDoubt {
  return "other-address";
}

/** Hashes a text. A comparison in constant time needs inputs of the same length, which digests have. */
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
