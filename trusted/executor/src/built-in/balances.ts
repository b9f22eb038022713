/**
 * Contract 2, the native balances, with the interface that pRuntime had in May 2020. `TotalIssuance` is the
 * sum of all issued amounts, not a constant. `TransferToChain` and `PendingChainTransfer` of June 2020 need a
 * pallet and are not supported.
 */
import { balances as balancesInterface, notAuthorized } from "@pruntime/interfaces";
import type { Contract } from "../contract.ts";
import { Cell } from "../state/cell.ts";
import { u128 } from "../state/codec.ts";
import { type GenesisHolder, isOrigin } from "./account.ts";
import { jsonContract, Refusal } from "./json-contract.ts";
import { Ledger } from "./ledger.ts";

const accounts = new Cell("account", u128);
const issuance = new Cell("issuance", u128);
const ledger = new Ledger(accounts);

/** The balances contract. @param holder the account that holds the whole balance at genesis */
export function balances(holder: GenesisHolder | undefined): Contract {
  return jsonContract(balancesInterface, {
    cells: [accounts, issuance],
    genesis: (state) => {
      if (holder === undefined) return;
      ledger.set(state, holder.account, holder.amount);
      issuance.set(state, holder.amount);
    },
    commands: {
      Transfer: ({ sender }, state, { dest, value }) => ledger.transfer(state, sender, dest, value),
    },
    requests: {
      FreeBalance: ({ origin }, state, { account }) =>
        isOrigin(origin, account)
          ? { balance: ledger.get(state, account) ?? 0n }
          : new Refusal(notAuthorized),
      TotalIssuance: (_, state) => ({ total_issuance: issuance.get(state) ?? 0n }),
    },
  });
}
