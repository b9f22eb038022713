/** Accounts that the built-in contracts use. */
import { equal, fromHex } from "@pruntime/core/bytes";

/** Whether the account `id` signed the query. */
export function isOrigin(origin: Uint8Array | undefined, id: Uint8Array): boolean {
  return origin !== undefined && equal(origin, id);
}

/** The account that holds all balances at genesis: Alice, as on every development chain of 2020. */
export const genesisAccount: Uint8Array = fromHex(
  "d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d",
);

/** The balance of {@link genesisAccount} at genesis. */
export const genesisSupply: bigint = 1_024_000_000_000_000n;
