/**
 * Sends blocks and bodies of any size. A long block or body is first sent in pieces, because one call cannot
 * carry it.
 */
import { dispatchBlock, stagePiece } from "@pruntime/api";
import { toBase64 } from "@pruntime/core/bytes";
import type { RemoteWorker } from "../worker.ts";

/** The longest piece in bytes. Base64 makes a piece a third longer, and a call may have 32 MiB. */
export const pieceBytes: number = 8 << 20;

/** The last block that a call dispatched, and the blocks whose bodies the worker still needs. */
export interface Dispatched {
  readonly dispatched_to: number;
  readonly bodies_wanted?: readonly number[] | undefined;
}

/**
 * Calls `dispatch_block`. At most one block and one body may be longer than {@link pieceBytes}.
 * @param staged blocks and bodies whose pieces the worker already has
 * @throws RelayError
 */
export async function callDispatch(
  worker: RemoteWorker,
  blocks: readonly Uint8Array[],
  bodies: readonly Uint8Array[],
  staged: readonly Uint8Array[] = [],
): Promise<Dispatched> {
  for (const [part, items] of [["block", blocks] as const, ["body", bodies] as const])
    for (const bytes of items) if (isLong(bytes) && !staged.includes(bytes)) await send(worker, part, bytes);
  const input = { blocks_b64: inCall(blocks), bodies_b64: inCall(bodies) };
  const pieces = [...blocks, ...bodies].some(isLong);
  return worker.call(dispatchBlock, pieces ? { ...input, staged: true } : input);
}

function isLong({ length }: Uint8Array): boolean {
  return length > pieceBytes;
}

function inCall(items: readonly Uint8Array[]): string[] {
  return items.filter((bytes) => !isLong(bytes)).map(toBase64);
}

async function send(worker: RemoteWorker, part: "block" | "body", bytes: Uint8Array): Promise<void> {
  for (let offset = 0; offset < bytes.length; offset += pieceBytes) {
    const piece_b64 = toBase64(bytes.subarray(offset, offset + pieceBytes));
    await worker.call(stagePiece, { part, offset, total: bytes.length, piece_b64 });
  }
}
