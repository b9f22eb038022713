/** Contract 0, the system. It returns an execution receipt only to the account that sent the command. */
import { toHex } from "@pruntime/core/bytes";
import { notAuthorized, system as systemInterface } from "@pruntime/interfaces";
import type { Contract } from "../contract.ts";
import { executionReceipts, type StoredExecutionReceipt } from "../execution-receipts.ts";
import type { StateView } from "../state/overlay.ts";
import { isOrigin } from "./account.ts";
import { jsonContract, Refusal } from "./json-contract.ts";

/** The system contract. The executor writes its state: see `execution-receipts.ts`. */
export const system: Contract = jsonContract(systemInterface, {
  cells: [executionReceipts],
  commands: {},
  requests: {
    QueryReceipt: ({ origin }, state, { tx_hash }) => {
      const txHash = toHex(tx_hash);
      const first = executionReceipts.get(state, txHash);
      if (first === undefined) return new Refusal("Transaction hash not found");
      const receipt = isOrigin(origin, first.account) ? first : laterExecutionReceipt(state, txHash, origin);
      if (receipt === undefined) return new Refusal(notAuthorized);
      const { account, blockNumber, command, contractId, status } = receipt;
      if (typeof contractId !== "number") return new Refusal("Contract has no number");
      return {
        receipt: { account, block_num: blockNumber, command, contract_id: contractId, status, tx_hash },
      };
    },
  },
});

/** Returns the receipt of `origin` if another account was the first to use this transaction hash. */
function laterExecutionReceipt(
  state: StateView,
  txHash: string,
  origin: Uint8Array | undefined,
): StoredExecutionReceipt | undefined {
  return origin && executionReceipts.get(state, txHash, toHex(origin));
}
