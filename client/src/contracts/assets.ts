/** Contract 3, assets that anybody may issue. Its JSON is that of trusted/executor/src/contracts/assets.ts. */
import { jsonArray, jsonHex, jsonObject, jsonString, jsonU32, jsonU128Text } from "@pruntime/core/json";
import {
  type AccountId,
  accountText,
  answerOf,
  type Command,
  type PageOptions,
  pageOf,
  type Request,
} from "./contract.ts";

export interface AssetTransfer {
  readonly id: number;
  readonly dest: AccountId;
  readonly value: bigint;
}

/** An asset that lives. It is known by its id; its symbol is a label. */
export interface AssetMetadata {
  readonly id: number;
  readonly symbol: string;
  readonly owner: Uint8Array;
  readonly totalSupply: bigint;
}

const contractId = 3;
const balance = jsonObject({ balance: jsonU128Text }, "ignored");
const supply = jsonObject({ total_issuance: jsonU128Text }, "ignored");
const asset = jsonObject(
  { id: jsonU32, owner: jsonHex(32), symbol: jsonString(), total_supply: jsonU128Text },
  "ignored",
);
const metadata = jsonObject({ metadata: jsonArray(asset) }, "ignored");

export const assets = {
  id: 3 as const,

  issue({ symbol, total }: { readonly symbol: string; readonly total: bigint }): Command {
    return { contractId, json: { Issue: { symbol, total: String(total) } } };
  },

  destroy(id: number): Command {
    return { contractId, json: { Destroy: { id } } };
  },

  transfer({ id, dest, value }: AssetTransfer): Command {
    return { contractId, json: { Transfer: { id, dest: accountText(dest), value: String(value) } } };
  },

  /** Told to the account itself only: the query must be signed by it. */
  balance(id: number, account: AccountId): Request<bigint> {
    const read = answerOf("Balance", balance);
    return {
      contractId,
      json: { Balance: { id, account: accountText(account) } },
      read: (answer) => read(answer).balance,
    };
  },

  totalSupply(id: number): Request<bigint> {
    const read = answerOf("TotalSupply", supply);
    return { contractId, json: { TotalSupply: { id } }, read: (answer) => read(answer).total_issuance };
  },

  /** Living assets by id, the newest page or the one before an id. */
  metadata(page?: PageOptions): Request<readonly AssetMetadata[]> {
    const read = answerOf("Metadata", metadata);
    return {
      contractId,
      json: pageOf("Metadata", page),
      read: (answer) =>
        read(answer).metadata.map(({ id, symbol, owner, total_supply }) => ({
          id,
          symbol,
          owner,
          totalSupply: total_supply,
        })),
    };
  },
};
