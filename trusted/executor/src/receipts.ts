/** Contract 0, the system: one receipt per command, readable only by the account that sent it. */
import { fromUtf8, toHex, utf8 } from "@pruntime/core/bytes";
import { jsonHex, jsonObject, jsonVariant } from "@pruntime/core/json";
import { account, isOrigin, notAuthorized, otherError } from "./account.ts";
import { Cell, type Codec } from "./cell.ts";
import type { Contract } from "./contract.ts";
import type { State } from "./state.ts";
import { type Status, statuses } from "./status.ts";

/** What became of one command. */
export interface Receipt {
  /** Who sent it, 32 bytes. */
  readonly account: Uint8Array;
  readonly blockNumber: number;
  readonly txHash: Uint8Array;
  readonly contractId: number;
  /** The opened text; empty when it could not be opened, or is longer than a command may be. */
  readonly command: string;
  readonly status: Status;
}

const status: Codec<Status> = {
  read: (r) => {
    const tag = r.u8();
    const name = statuses[tag];
    if (name === undefined) throw r.badTag("Status", tag);
    return name;
  },
  write: (w, name) => w.u8(statuses.indexOf(name)),
};

/** The transaction hash is the entry's key. */
const receipts = new Cell<Omit<Receipt, "txHash">>("receipt", {
  read: (r) => ({
    account: account.read(r),
    blockNumber: r.u32(),
    contractId: r.u32(),
    command: fromUtf8(r.vecU8()),
    status: status.read(r),
  }),
  write: (w, receipt) => {
    account.write(w, receipt.account);
    w.u32(receipt.blockNumber).u32(receipt.contractId).vecU8(utf8(receipt.command));
    status.write(w, receipt.status);
  },
});

/** Of several commands in one transaction (a batch call) the receipt of the last stands. */
export function writeReceipt(state: State, receipt: Receipt): void {
  receipts.set(state, receipt, toHex(receipt.txHash));
}

const readRequest = jsonVariant({ QueryReceipt: jsonObject({ tx_hash: jsonHex(32) }, "ignored") });

export const systemId = 0;

export const system: Contract = {
  id: systemId,
  name: "System",
  cells: [receipts],
  /** It takes no commands, as in 2020. */
  command: () => "BadContractId",
  query: ({ origin }, state, json) => {
    const txHash = toHex(readRequest(json, "").value.tx_hash);
    const receipt = receipts.get(state, txHash);
    if (receipt === undefined) return otherError("Transaction hash not found");
    if (!isOrigin(origin, receipt.account)) return notAuthorized;
    return {
      QueryReceipt: {
        receipt: {
          account: toHex(receipt.account),
          block_num: receipt.blockNumber,
          command: receipt.command,
          contract_id: receipt.contractId,
          status: receipt.status,
          tx_hash: txHash,
        },
      },
    };
  },
};
