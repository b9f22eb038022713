/** The typed assets contract. Any account may issue an asset. */
import { assets as contract } from "@pruntime/interfaces";
import {
  type AccountId,
  accountBytes,
  type Command,
  command,
  type PageOptions,
  pageInput,
  type Request,
  request,
} from "./contract.ts";

/** A transfer of an asset from the account that sends the command. */
export interface AssetTransfer {
  readonly id: number;
  readonly dest: AccountId;
  readonly value: bigint;
}

/** An existing asset. The id identifies it; the symbol is only a label. */
export interface AssetMetadata {
  readonly id: number;
  readonly symbol: string;
  /** Account, 32 bytes. */
  readonly owner: Uint8Array;
  readonly totalSupply: bigint;
}

/** Commands and requests of contract 3. */
export const assets = {
  issue({ symbol, total }: { readonly symbol: string; readonly total: bigint }): Command {
    return command(contract, "Issue", { symbol, total });
  },

  destroy(id: number): Command {
    return command(contract, "Destroy", { id });
  },

  transfer({ id, dest, value }: AssetTransfer): Command {
    return command(contract, "Transfer", { id, dest: accountBytes(dest), value });
  },

  /** The contract tells an account's balance only to that account, so that account must sign the query. */
  balance(id: number, account: AccountId): Request<bigint> {
    return request(contract, "Balance", { id, account: accountBytes(account) }, ({ balance }) => balance);
  },

  totalSupply(id: number): Request<bigint> {
    return request(contract, "TotalSupply", { id }, ({ total_issuance }) => total_issuance);
  },

  /** Returns a page of existing assets, ordered by id: the latest page, or the page before an id. */
  metadata(page?: PageOptions): Request<readonly AssetMetadata[]> {
    return request(contract, "Metadata", pageInput(page), ({ metadata }) =>
      metadata.map(({ total_supply, ...asset }) => ({ ...asset, totalSupply: total_supply })),
    );
  },
};
