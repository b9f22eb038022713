/**
 * The expiry of execution receipts. An index names the receipts that each block wrote, so that expiry reads
 * only what expires. The index is part of the state of contract 0. A receipt that a later block wrote again
 * does not expire with the earlier block.
 */
import type { Work } from "@pruntime/core/work";
import { executionReceiptLifetime } from "@pruntime/interfaces";
import { deleteExecutionReceipt, type ReceiptName } from "./execution-receipts.ts";
import { Cell } from "./state/cell.ts";
import { account, u32 } from "./state/codec.ts";
import type { State } from "./state/overlay.ts";

/** The number of receipts that one entry of the index names. */
const namesPerPage = 64;

/** The names of the receipts that a block wrote, by block number and page number. Pages start at 0. */
export const receiptIndex: Cell<ReceiptName[]> = new Cell("receipts-of", {
  read: (r) => r.vec(64, (v) => ({ txHash: v.take(32), account: account.read(v) }), namesPerPage),
  write: (w, names) => w.vec(names, (v, name) => account.write(v.raw(name.txHash), name.account)),
});

/** The oldest block whose execution receipts are held. Absent before the first receipt. */
export const oldestReceipts: Cell<number> = new Cell("oldest-receipts", u32);

/** Adds the receipts that a block wrote to the index, one page at a time. */
export function* indexReceipts(state: State, block: number, names: readonly ReceiptName[]): Work<void> {
  if (names.length === 0) return;
  if (oldestReceipts.get(state) === undefined) oldestReceipts.set(state, block);
  let page = 0;
  while (receiptIndex.get(state, block, page) !== undefined) page++;
  for (let at = 0; at < names.length; at += namesPerPage) {
    receiptIndex.set(state, names.slice(at, at + namesPerPage), block, page++);
    yield;
  }
}

/** Deletes the receipts that expire at the end of block `number`, one page of the index at a time. */
export function* expireReceipts(state: State, number: number): Work<void> {
  const end = number - executionReceiptLifetime;
  const oldest = oldestReceipts.get(state) ?? end;
  for (let block = oldest; block < end; block++) yield* expireBlock(state, block);
  if (end > oldest) oldestReceipts.set(state, end);
}

function* expireBlock(state: State, block: number): Work<void> {
  for (let page = 0; ; page++) {
    const names = receiptIndex.get(state, block, page);
    if (names === undefined) return;
    for (const name of names) deleteExecutionReceipt(state, name, block);
    receiptIndex.delete(state, block, page);
    yield;
  }
}
