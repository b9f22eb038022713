/** Contract 0, the system: one receipt per command, readable only by the account that sent it. */
import { equal, fromUtf8, toHex, utf8 } from "@pruntime/core/bytes";
import { jsonHex, jsonObject, jsonVariant } from "@pruntime/core/json";
import { account, isOrigin, notAuthorized, otherError } from "./account.ts";
import { Cell, type Codec } from "./cell.ts";
import type { Contract } from "./contract.ts";
import type { State, StateView } from "./state.ts";
import { type Status, statuses } from "./status.ts";

/** What became of one command. */
export interface Receipt {
  /** Who sent it, 32 bytes. */
  readonly account: Uint8Array;
  readonly blockNumber: number;
  readonly txHash: Uint8Array;
  readonly contractId: number;
  /** The opened text; empty when it could not be opened, may be somebody else's, or is longer than a command may be. */
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

/** The transaction hash is the entry's key; for accounts that came later, hash and account. */
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

/**
 * Of several commands of one account under one hash (a batch call, a payload put on chain again) the receipt of the last stands. Anybody may put
 * what somebody else did on chain again: each account after the first has an entry of its own, so that nobody's receipt is overwritten.
 */
export function writeReceipt(state: State, receipt: Receipt): void {
  const txHash = toHex(receipt.txHash);
  const first = receipts.get(state, txHash);
  if (first === undefined || equal(first.account, receipt.account)) receipts.set(state, receipt, txHash);
  else receipts.set(state, receipt, txHash, toHex(receipt.account));
}

function laterReceipt(
  state: StateView,
  txHash: string,
  origin: Uint8Array | undefined,
): Omit<Receipt, "txHash"> | undefined {
  return origin && receipts.get(state, txHash, toHex(origin));
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
    const first = receipts.get(state, txHash);
    if (first === undefined) return otherError("Transaction hash not found");
    const receipt = isOrigin(origin, first.account) ? first : laterReceipt(state, txHash, origin);
    if (receipt === undefined) return notAuthorized;
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
