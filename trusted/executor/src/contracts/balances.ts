/**
 * Contract 2, the native balances, with the interface of May 2020. `TotalIssuance` is what was put into accounts, not a constant.
 * `TransferToChain` and `PendingChainTransfer` of June 2020 need a pallet and are not part of it: they are unknown variants.
 */
import { fromHex } from "@pruntime/core/bytes";
import { jsonHex, jsonObject, jsonU128Text, jsonUnit, jsonVariant } from "@pruntime/core/json";
import { genesisAccountHex, genesisSupply, isOrigin, notAuthorized } from "../account.ts";
import { Cell, u128 } from "../cell.ts";
import type { Contract } from "../contract.ts";
import { Ledger } from "../ledger.ts";

const accounts = new Cell("account", u128);
const issuance = new Cell("issuance", u128);
const ledger = new Ledger(accounts);

const readCommand = jsonVariant({
  Transfer: jsonObject({ dest: jsonHex(32), value: jsonU128Text }, "ignored"),
});
const readRequest = jsonVariant({
  FreeBalance: jsonObject({ account: jsonHex(32) }, "ignored"),
  TotalIssuance: jsonUnit,
});

export const balances: Contract = {
  id: 2,
  name: "Balances",
  cells: [accounts, issuance],
  genesis: (state) => {
    ledger.set(state, fromHex(genesisAccountHex), genesisSupply);
    issuance.set(state, genesisSupply);
  },
  command: ({ sender }, state, json) => {
    const { dest, value } = readCommand(json, "").value;
    return ledger.transfer(state, sender, dest, value);
  },
  /** A balance is told to its owner only. */
  query: ({ origin }, state, json) => {
    const request = readRequest(json, "");
    if (request.kind === "TotalIssuance")
      return { TotalIssuance: { total_issuance: String(issuance.get(state) ?? 0n) } };
    const { account } = request.value;
    if (!isOrigin(origin, account)) return notAuthorized;
    return { FreeBalance: { balance: String(ledger.get(state, account) ?? 0n) } };
  },
};
