/** Contract 0, the system. It returns an execution receipt only to the account that sent the command. */
import { notAuthorized, system as systemInterface } from "@pruntime/interfaces";
import type { Contract } from "../contract.ts";
import { executionReceipts, hasFirstReceipt, readExecutionReceipt } from "../execution-receipts.ts";
import { oldestReceipts, receiptIndex } from "../receipt-expiry.ts";
import type { StateView } from "../state/overlay.ts";
import { jsonContract, Refusal } from "./json-contract.ts";

/** The system contract. The executor writes its state: see `execution-receipts.ts`. */
export const system: Contract = jsonContract(systemInterface, {
  cells: [executionReceipts, receiptIndex, oldestReceipts],
  commands: {},
  requests: {
    QueryReceipt: ({ origin }, state, { tx_hash }) => {
      const receipt = origin && readExecutionReceipt(state, { txHash: tx_hash, account: origin });
      if (receipt === undefined)
        return hasFirstReceipt(state, tx_hash) ? new Refusal(notAuthorized) : notFound(state);
      const { account, blockNumber, command, contractId, status } = receipt;
      if (typeof contractId !== "number") return new Refusal("Contract has no number");
      return {
        receipt: { account, block_num: blockNumber, command, contract_id: contractId, status, tx_hash },
      };
    },
  },
});

function notFound(state: StateView): Refusal<"Transaction hash not found"> {
  const oldest = oldestReceipts.get(state);
  const detail = oldest === undefined ? undefined : `the oldest block with receipts is ${oldest}`;
  return new Refusal("Transaction hash not found", detail);
}
