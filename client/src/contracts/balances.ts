/** The typed contract of native balances. */
import { balances as contract } from "@pruntime/interfaces";
import { type AccountId, accountBytes, type Command, command, type Request, request } from "./contract.ts";

/** A transfer from the account that sends the command. */
export interface Transfer {
  readonly dest: AccountId;
  readonly value: bigint;
}

/** Commands and requests of contract 2. */
export const balances = {
  transfer({ dest, value }: Transfer): Command {
    return command(contract, "Transfer", { dest: accountBytes(dest), value });
  },

  /** The contract tells an account's balance only to that account, so that account must sign the query. */
  freeBalance(account: AccountId): Request<bigint> {
    return request(contract, "FreeBalance", { account: accountBytes(account) }, ({ balance }) => balance);
  },

  totalIssuance(): Request<bigint> {
    return request(contract, "TotalIssuance", null, ({ total_issuance }) => total_issuance);
  },
};
