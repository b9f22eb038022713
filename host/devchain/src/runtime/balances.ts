/** Free balances and transfers. There are no fees, locks or reserves. */
import { existentialDeposit } from "../metadata/pallets.ts";
import type { Context } from "./context.ts";
import { DispatchFailure } from "./failure.ts";
import type { AccountInfo } from "./storage.ts";

export interface Transfer {
  readonly dest: { readonly type: string; readonly value: unknown };
  readonly value: bigint;
}

/** @throws {@link DispatchFailure} */
export function transfer(
  context: Context,
  from: string,
  { dest, value }: Transfer,
  mode: "allow-death" | "keep-alive",
): void {
  if (dest.type !== "Id") throw new DispatchFailure({ type: "CannotLookup", value: undefined });
  const to = dest.value as string;
  const source = context.storage.get("System.Account", from);
  if (source.data.free < value) throw token("FundsUnavailable");
  const left = source.data.free - value;
  if (from !== to) {
    if (mode === "keep-alive" && left < existentialDeposit) throw token("NotExpendable");
    receive(context, to, value);
    spend(context, from, source, left);
  }
  context.deposit("Balances", "Transfer", { from, to, amount: value });
}

function receive({ storage, deposit }: Context, to: string, value: bigint): void {
  const account = storage.get("System.Account", to);
  const free = account.data.free + value;
  if (free < existentialDeposit) throw token("BelowMinimum");
  if (free >= 1n << 128n)
    throw new DispatchFailure({ type: "Arithmetic", value: { type: "Overflow", value: undefined } });
  storage.put("System.Account", { ...account, providers: 1, data: { ...account.data, free } }, to);
  if (account.providers > 0) return;
  deposit("System", "NewAccount", { account: to });
  deposit("Balances", "Endowed", { account: to, free_balance: free });
}

function spend({ storage, deposit }: Context, from: string, account: AccountInfo, left: bigint): void {
  if (left >= existentialDeposit || account.providers === 0) {
    storage.put("System.Account", withFree(account, left), from);
    return;
  }
  storage.delete("System.Account", from);
  deposit("System", "KilledAccount", { account: from });
  if (left === 0n) return;
  storage.put("Balances.TotalIssuance", storage.get("Balances.TotalIssuance") - left);
  deposit("Balances", "DustLost", { account: from, amount: left });
}

function withFree(account: AccountInfo, free: bigint): AccountInfo {
  return { ...account, data: { ...account.data, free } };
}

function token(error: "FundsUnavailable" | "BelowMinimum" | "NotExpendable"): DispatchFailure {
  return new DispatchFailure({ type: "Token", value: { type: error, value: undefined } });
}
