/** Execution receipts: the results of commands. The executor writes them into the state of contract 0. */
import { BytesError, equal, fromUtf8, toHex, utf8 } from "@pruntime/core/bytes";
import { maxAnswerBytes } from "@pruntime/core/channel";
import { canonicalJson } from "@pruntime/core/json";
import { type Status, statuses } from "@pruntime/interfaces";
import { type ContractId, contractId } from "./contract-id.ts";
import { Cell } from "./state/cell.ts";
import { account, type Codec } from "./state/codec.ts";
import type { State, StateView } from "./state/overlay.ts";

/** The result of one command. */
export interface ExecutionReceipt {
  /** The account that sent the command, 32 bytes. */
  readonly account: Uint8Array;
  readonly blockNumber: number;
  readonly txHash: Uint8Array;
  readonly contractId: ContractId;
  /** The opened command as text. See {@link commandText}. */
  readonly command: string;
  readonly status: Status;
}

/** A stored execution receipt. Its key contains the transaction hash. */
export type StoredExecutionReceipt = Omit<ExecutionReceipt, "txHash">;

/** What distinguishes an execution receipt from all others: the transaction hash and the account. */
export type ReceiptName = Pick<ExecutionReceipt, "txHash" | "account">;

const status: Codec<Status> = {
  read: (r) => {
    const tag = r.u8();
    const name = statuses[tag];
    if (name === undefined) throw r.badTag("Status", tag);
    return name;
  },
  write: (w, name) => w.u8(statuses.indexOf(name)),
};

/**
 * Execution receipts by transaction hash. If several accounts use the same hash, the key of the first
 * account's receipt is the hash alone. The keys of the other accounts' receipts also contain the account.
 * After the first account's receipt has expired, the hash alone becomes the key of the next account that has
 * no receipt under the hash.
 */
export const executionReceipts: Cell<StoredExecutionReceipt> = new Cell("receipt", {
  read: (r) => ({
    account: account.read(r),
    blockNumber: r.u32(),
    contractId: contractId.read(r),
    command: fromUtf8(r.vecU8()),
    status: status.read(r),
  }),
  write: (w, receipt) => {
    account.write(w, receipt.account);
    contractId.write(w.u32(receipt.blockNumber), receipt.contractId);
    status.write(w.vecU8(utf8(receipt.command)), receipt.status);
  },
});

/** The place of an account's receipt: the ids of its key, and the receipt if there is one. */
interface Place {
  readonly ids: readonly string[];
  readonly receipt: StoredExecutionReceipt | undefined;
}

/** Returns the place of the receipt with this name, or the place where it would be written. */
function placeOf(state: StateView, name: ReceiptName): Place {
  const txHash = toHex(name.txHash);
  const first = executionReceipts.get(state, txHash);
  if (first !== undefined && equal(first.account, name.account)) return { ids: [txHash], receipt: first };
  const ids = [txHash, toHex(name.account)];
  const receipt = executionReceipts.get(state, ...ids);
  return { ids: first === undefined && receipt === undefined ? [txHash] : ids, receipt };
}

/** Returns the execution receipt with this name. */
export function readExecutionReceipt(
  state: StateView,
  name: ReceiptName,
): StoredExecutionReceipt | undefined {
  return placeOf(state, name).receipt;
}

/**
 * Returns whether the key of some account's receipt is this hash alone. After that receipt has expired, the
 * result is `false` although other accounts may still have receipts under the hash.
 */
export function hasFirstReceipt(state: StateView, txHash: Uint8Array): boolean {
  return executionReceipts.get(state, toHex(txHash)) !== undefined;
}

/**
 * Writes the execution receipt of a command, and returns whether this is the block's first receipt with this
 * name. If one account sends several commands under one hash (for example, in a batch call), the last
 * command's receipt remains. Any account can submit another account's payload again. Each account therefore
 * has its own entry, so that no account can overwrite another's receipt.
 */
export function writeExecutionReceipt(state: State, receipt: ExecutionReceipt): boolean {
  const place = placeOf(state, receipt);
  executionReceipts.set(state, receipt, ...place.ids);
  return place.receipt?.blockNumber !== receipt.blockNumber;
}

/** Deletes an execution receipt, unless a later block than `blockNumber` wrote it. */
export function deleteExecutionReceipt(state: State, name: ReceiptName, blockNumber: number): void {
  const { ids, receipt } = placeOf(state, name);
  if (receipt?.blockNumber === blockNumber) executionReceipts.delete(state, ...ids);
}

/**
 * The command's text in an execution receipt, after JSON escaping.
 * @limit bytes
 * @source an answer has room for the longest text and, in 1 KiB, for the rest of a receipt
 * @past the receipt repeats no text
 */
const maxCommandText = maxAnswerBytes - 1024;

/**
 * The command's text for its receipt. The text is empty if the command could not be opened, is not UTF-8, had
 * an envelope that is not bound to its sender, or is so long that no answer could contain the receipt.
 */
export function commandText(input: Uint8Array | undefined, unbound: boolean): string {
  if (input === undefined || unbound) return "";
  const text = textOf(input);
  return fitsReceipt(text) ? text : "";
}

function fitsReceipt(text: string): boolean {
  return text.length <= maxCommandText && utf8(canonicalJson(text)).length <= maxCommandText;
}

function textOf(input: Uint8Array): string {
  try {
    return fromUtf8(input);
  } catch (error) {
    if (error instanceof BytesError) return "";
    throw error;
  }
}
