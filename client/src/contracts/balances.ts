/** Contract 2, the native balances. Its JSON is that of trusted/executor/src/contracts/balances.ts. */
import { jsonObject, jsonU128Text } from "@pruntime/core/json";
import { type AccountId, accountText, answerOf, type Command, type Request } from "./contract.ts";

export interface Transfer {
  readonly dest: AccountId;
  readonly value: bigint;
}

const id = 2;
const balance = jsonObject({ balance: jsonU128Text }, "ignored");
const issuance = jsonObject({ total_issuance: jsonU128Text }, "ignored");

export const balances = {
  id: 2 as const,

  transfer({ dest, value }: Transfer): Command {
    return { contractId: id, json: { Transfer: { dest: accountText(dest), value: String(value) } } };
  },

  /** Told to the account itself only: the query must be signed by it. */
  freeBalance(account: AccountId): Request<bigint> {
    const read = answerOf("FreeBalance", balance);
    return {
      contractId: id,
      json: { FreeBalance: { account: accountText(account) } },
      read: (answer) => read(answer).balance,
    };
  },

  totalIssuance(): Request<bigint> {
    const read = answerOf("TotalIssuance", issuance);
    return { contractId: id, json: "TotalIssuance", read: (answer) => read(answer).total_issuance };
  },
};
