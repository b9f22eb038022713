/** `sync_header`: moves finality. */
import { decodeAuthoritySetChange, decodeHeaderToSync } from "@pruntime/core/bridge-2020";
import type { Crypto } from "@pruntime/core/crypto";
import { verifyHeaders } from "@pruntime/core/light-client";
import { type Chain, requireSource, withFinalized } from "../chain.ts";
import { DispatchError } from "../dispatch/error.ts";

/**
 * The chain with the headers accepted. Only the last header's justification is read.
 * @throws {@link DispatchError} `dispatch/empty`, `dispatch/missing-justification`; LightClientError, FinalityError, TrieError, CodecError, RuntimeError
 */
export function syncHeaders(
  crypto: Crypto,
  chain: Chain,
  headers: readonly Uint8Array[],
  authoritySetChange: Uint8Array | undefined,
): Chain {
  requireSource(chain, "events");
  const decoded = headers.map(decodeHeaderToSync);
  const last = decoded.at(-1);
  if (last === undefined) throw new DispatchError({ code: "dispatch/empty" });
  if (last.justification === undefined)
    throw new DispatchError({ code: "dispatch/missing-justification", number: last.header.number });
  const change = authoritySetChange === undefined ? undefined : decodeAuthoritySetChange(authoritySetChange);
  const { finalized, next } = verifyHeaders(crypto, chain.client, {
    headers: decoded.map(({ encodedHeader }) => encodedHeader),
    justification: last.justification,
    authoritySetChange: change,
  });
  return withFinalized(chain, next, finalized);
}
