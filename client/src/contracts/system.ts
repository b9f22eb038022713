/** The system contract, typed: how commands ended. */
import { system as contract } from "@pruntime/interfaces";
import { type Request, request } from "./contract.ts";

/** An execution receipt: how a command ended. */
export interface ExecutionReceipt {
  /** The account that sent the command, 32 bytes. */
  readonly account: Uint8Array;
  readonly blockNumber: number;
  readonly contractId: number;
  /** The opened text; empty where it could not be opened, or may be another account's. */
  readonly command: string;
  /** `Ok`, or the name of what went wrong. */
  readonly status: string;
  readonly txHash: Uint8Array;
}

/** Requests of contract 0. */
export const system = {
  /** Answered only to the account that sent the command: the query must be signed by it. */
  executionReceipt(txHash: Uint8Array): Request<ExecutionReceipt> {
    return request(contract, "QueryReceipt", { tx_hash: txHash }, ({ receipt }) => {
      const { block_num, contract_id, tx_hash, ...rest } = receipt;
      return { ...rest, blockNumber: block_num, contractId: contract_id, txHash: tx_hash };
    });
  },
};
