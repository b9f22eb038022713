import { equal } from "@pruntime/core/bytes";
import type { Json } from "@pruntime/core/json";
import type { Codec } from "./cell.ts";

/** An account id: 32 bytes; in JSON 64 hex digits without `0x`. */
export const account: Codec<Uint8Array> = { read: (r) => r.take(32), write: (w, id) => w.raw(id) };

/** Whether the query was signed by this account. Anonymous is nobody. */
export function isOrigin(origin: Uint8Array | undefined, id: Uint8Array): boolean {
  return origin !== undefined && equal(origin, id);
}

/** What 2020 answered to a query about somebody else's affairs. */
export const notAuthorized: Json = { Error: "NotAuthorized" };

/** What 2020 answered when it had a sentence and no name for the reason. */
export function otherError(sentence: string): Json {
  return { Error: { Other: sentence } };
}

/** The account that holds everything at genesis. It is Alice's of every development chain, as in 2020. */
export const genesisAccountHex = "d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d";

/** What it holds. */
export const genesisSupply: bigint = 1_024_000_000_000_000n;
