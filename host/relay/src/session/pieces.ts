/**
 * Sends blocks and bodies of any size. A long block or body is first sent in pieces, because one call cannot
 * carry it.
 */
import { dispatchBlock, type InputJsonOf, stagePiece } from "@pruntime/api";
import { toBase64 } from "@pruntime/core/bytes";
import { wasRefused } from "../error.ts";
import type { RemoteWorker } from "../worker.ts";

/**
 * A piece of a block that is too large for one call.
 * @limit bytes
 * @source base64 makes a piece a third longer, and a call is limited to 32 MiB
 * @past a longer part is sent in more pieces
 */
export const pieceBytes: number = 8 << 20;

type StagedPart = InputJsonOf<typeof stagePiece>["part"];

/** The last block that a call dispatched, and the blocks whose bodies the worker still needs. */
export interface Dispatched {
  readonly dispatched_to: number;
  readonly bodies_wanted?: readonly number[] | undefined;
}

/**
 * Calls `dispatch_block`. At most one block and one body may be longer than `longest`. Each of these is first
 * sent in pieces. The first piece makes the worker discard the pieces that another relay may have left
 * behind.
 * @param held blocks and bodies whose pieces an earlier call has sent. They are sent again only if the worker
 * has lost them.
 * @param longest the longest piece in bytes
 * @throws RelayError
 */
export async function callDispatch(
  worker: RemoteWorker,
  blocks: readonly Uint8Array[],
  bodies: readonly Uint8Array[],
  held: readonly Uint8Array[] = [],
  longest: number = pieceBytes,
): Promise<Dispatched> {
  const isLong = ({ length }: Uint8Array) => length > longest;
  const inCall = (items: readonly Uint8Array[]) => items.filter((bytes) => !isLong(bytes)).map(toBase64);
  const ofPart = (part: StagedPart, items: readonly Uint8Array[]) =>
    items.filter(isLong).map((bytes) => ({ part, bytes }));
  const long = [...ofPart("block", blocks), ...ofPart("body", bodies)];
  for (const { part, bytes } of long) if (!held.includes(bytes)) await send(worker, part, bytes, longest);
  const input = { blocks_b64: inCall(blocks), bodies_b64: inCall(bodies) };
  const staged = long.map(({ part }) => part);
  try {
    return await worker.call(dispatchBlock, staged.length > 0 ? { ...input, staged } : input);
  } catch (error) {
    if (held.length === 0 || !wasRefused(error, "dispatch/missing-pieces")) throw error;
    return callDispatch(worker, blocks, bodies, [], longest);
  }
}

async function send(
  worker: RemoteWorker,
  part: StagedPart,
  bytes: Uint8Array,
  longest: number,
): Promise<void> {
  for (let offset = 0; offset < bytes.length; offset += longest) {
    const piece_b64 = toBase64(bytes.subarray(offset, offset + longest));
    await worker.call(stagePiece, { part, offset, total: bytes.length, piece_b64 });
  }
}
