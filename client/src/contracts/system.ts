/** Contract 0, the system: what became of commands. Its JSON is that of trusted/executor/src/receipts.ts. */
import { toHex } from "@pruntime/core/bytes";
import { jsonHex, jsonObject, jsonString, jsonU32 } from "@pruntime/core/json";
import { answerOf, type Request } from "./contract.ts";

/** What became of a command. */
export interface CommandReceipt {
  readonly account: Uint8Array;
  readonly blockNumber: number;
  readonly contractId: number;
  /** The opened text; empty where it could not be opened or may be somebody else's. */
  readonly command: string;
  /** `Ok`, or the name of what went wrong. */
  readonly status: string;
  readonly txHash: Uint8Array;
}

const receipt = jsonObject(
  {
    account: jsonHex(32),
    block_num: jsonU32,
    command: jsonString(),
    contract_id: jsonU32,
    status: jsonString(),
    tx_hash: jsonHex(32),
  },
  "ignored",
);
const answer = jsonObject({ receipt }, "ignored");

export const system = {
  id: 0 as const,

  /** Told to the account that sent the command only: the query must be signed by it. */
  receipt(txHash: Uint8Array): Request<CommandReceipt> {
    const read = answerOf("QueryReceipt", answer);
    return {
      contractId: 0,
      json: { QueryReceipt: { tx_hash: toHex(txHash) } },
      read: (value) => {
        const { account, block_num, command, contract_id, status, tx_hash } = read(value).receipt;
        return { account, blockNumber: block_num, contractId: contract_id, command, status, txHash: tx_hash };
      },
    };
  },
};
