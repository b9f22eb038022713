/** The typed system contract, which returns the execution receipts of commands. */
import { system as contract } from "@pruntime/interfaces";
import { type Request, request } from "./contract.ts";

/** An execution receipt: the result of one command. */
export interface ExecutionReceipt {
  /** The account that sent the command, 32 bytes. */
  readonly account: Uint8Array;
  readonly blockNumber: number;
  readonly contractId: number;
  /**
   * The command's plaintext. It is empty if the worker could not open the command, or if the sender may have
   * copied the command from another account.
   */
  readonly command: string;
  /** `Ok`, or the name of the error. */
  readonly status: string;
  readonly txHash: Uint8Array;
}

/** Requests of contract 0. */
export const system = {
  /**
   * The contract tells a receipt to no one but the account that sent the command, so that account must sign
   * the query.
   */
  executionReceipt(txHash: Uint8Array): Request<ExecutionReceipt> {
    return request(contract, "QueryReceipt", { tx_hash: txHash }, ({ receipt }) => {
      const { block_num, contract_id, tx_hash, ...rest } = receipt;
      return { ...rest, blockNumber: block_num, contractId: contract_id, txHash: tx_hash };
    });
  },
};
