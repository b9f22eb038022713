import { fromHex, toHex } from "../bytes/index.ts";
import { fixed32 } from "../chain/index.ts";
import { type JsonReader, jsonMap, jsonPattern, jsonU128Text } from "../json/index.ts";
import type { Reader, Writer } from "../scale/index.ts";

/** The balances and assets that a worker's built-in contracts have before the first block. */
export type GenesisBalance =
  /** No account has a balance. */
  | { readonly kind: "none" }
  /**
   * The balances and the asset that the account `//Alice` had in 2020. The key of that account is public, so
   * this is for development chains.
   */
  | { readonly kind: "development" }
  /** The whole supply, `amount` (a `u128`), belongs to `account` (32 bytes). */
  | { readonly kind: "account"; readonly account: Uint8Array; readonly amount: bigint };

/** The `spec_name` of the embedded chain, which is for development. */
export const developmentSpecName = "pruntime-devchain";

const kinds = ["none", "development", "account"] as const;

/** Writes `0`, `1`, or `2 ‖ account(32) ‖ amount u128`. */
export function writeGenesisBalance(w: Writer, balance: GenesisBalance): void {
  w.u8(kinds.indexOf(balance.kind));
  if (balance.kind === "account") w.raw(fixed32(balance.account)).u128(balance.amount);
}

/** Reads what {@link writeGenesisBalance} wrote. @throws CodecError */
export function readGenesisBalance(r: Reader): GenesisBalance {
  const tag = r.u8();
  const kind = kinds[tag];
  if (kind === undefined) throw r.badTag("GenesisBalance", tag);
  return kind === "account" ? { kind, account: r.take(32).slice(), amount: r.u128() } : { kind };
}

/** Matches every text that {@link genesisBalanceText} returns. */
export const genesisBalanceForm: RegExp = /^(?:none|development|[0-9a-f]{64}:(?:0|[1-9][0-9]{0,38}))$/;

/** Reads what {@link genesisBalanceText} writes. */
export const jsonGenesisBalance: JsonReader<GenesisBalance, string> = jsonMap(
  jsonPattern(genesisBalanceForm, 'none, development or "<account>:<amount>"'),
  (text, at) => {
    if (text === "none" || text === "development") return { kind: text };
    const [account = "", amount = ""] = text.split(":");
    return { kind: "account", account: fromHex(account), amount: jsonU128Text(amount, at) };
  },
);

/** Returns `none`, `development`, or `ACCOUNT:AMOUNT` with the account in hex and the amount in decimal. */
export function genesisBalanceText(balance: GenesisBalance): string {
  return balance.kind === "account" ? `${toHex(balance.account)}:${balance.amount}` : balance.kind;
}
