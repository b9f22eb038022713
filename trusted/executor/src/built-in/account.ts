/** Accounts that the built-in contracts use. */
import { equal, fromHex } from "@pruntime/core/bytes";
import type { GenesisBalance } from "@pruntime/core/light-client";

/** Returns whether the account `id` is `origin`, the account that signed a query or sent a command. */
export function isOrigin(origin: Uint8Array | undefined, id: Uint8Array): boolean {
  return origin !== undefined && equal(origin, id);
}

/**
 * Alice's account. On development chains, this account has the whole native balance at genesis, as it did in
 * the pRuntime of 2020.
 */
export const developmentAccount: Uint8Array = fromHex(
  "d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d",
);

/** The native balance of {@link developmentAccount} at genesis. */
export const developmentSupply: bigint = 1_024_000_000_000_000n;

/** An account, 32 bytes, and the native balance that it has at genesis. */
export interface GenesisHolder {
  readonly account: Uint8Array;
  readonly amount: bigint;
}

/** The account that holds the whole native balance at genesis; `undefined` if no account does. */
export function genesisHolder(balance: GenesisBalance): GenesisHolder | undefined {
  if (balance.kind === "account") return balance;
  if (balance.kind === "none") return undefined;
  return { account: developmentAccount, amount: developmentSupply };
}
