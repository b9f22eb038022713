/**
 * `stage_piece`: takes a block's events or body in pieces, if they are larger than one call can carry. No
 * hash can be checked before the last piece arrives. So the limits that the chain's runtime sets for its
 * blocks also limit how much is staged.
 */
import { equal } from "@pruntime/core/bytes";
import { RuntimeError } from "../error.ts";
import type { EventOf, StagedPart } from "../event.ts";
import { type Context, type State, type Step, started } from "../state.ts";
import type { CommandEvents } from "./command-events.ts";
import { DispatchError } from "./error.ts";
import type { Pieces } from "./staged-pieces.ts";

/**
 * The bytes of a staged part that are neither events nor extrinsics.
 * @limit bytes
 * @source chosen: more than the rest of a block's proof takes
 * @past `dispatch/part-too-large`
 */
const spareBytes = 1 << 20;

/**
 * Adds a piece to the staged block or body. The piece at offset 0 replaces the whole part. A later piece that
 * the part already contains changes nothing.
 * @throws {@link DispatchError} `dispatch/part-too-large`, `dispatch/wrong-piece`, `dispatch/no-memory`;
 * {@link RuntimeError} `runtime/wrong-source`
 */
export function stagePiece(
  _: Context,
  state: State,
  { part, offset, total, bytes }: EventOf<"stage-piece">,
): Step<"stage-piece"> {
  const running = started(state);
  const { chain, events, pieces } = running;
  if (events === undefined) throw new RuntimeError({ code: "runtime/wrong-source", source: chain.source });
  const limit = partLimit(part, events);
  if (total > limit) throw new DispatchError({ code: "dispatch/part-too-large", part, bytes: total, limit });
  const staged = pieces[part] === "used" ? undefined : pieces[part];
  const known = offset === 0 ? nothing(total) : staged;
  const end = offset + bytes.length;
  if (known?.total === total && contains(known, offset, bytes))
    return { state, value: { staged: known.filled } };
  if (known?.total !== total || offset !== known.filled || end > total)
    throw new DispatchError({ code: "dispatch/wrong-piece", part, want: known?.filled ?? 0, have: offset });
  const next = { bytes: grown(known, end, part), filled: end, total };
  next.bytes.set(bytes, offset);
  return {
    state: { ...state, running: { ...running, pieces: { ...pieces, [part]: next } } },
    value: { staged: next.filled },
  };
}

function nothing(total: number): Pieces {
  return { bytes: new Uint8Array(), filled: 0, total };
}

/** Returns whether the pieces so far contain `piece` at this offset. Returns `false` for offset 0. */
function contains({ bytes, filled }: Pieces, offset: number, piece: Uint8Array): boolean {
  const end = offset + piece.length;
  return offset > 0 && end <= filled && equal(bytes.subarray(offset, end), piece);
}

/**
 * Returns a buffer for at least `end` bytes that starts with the pieces so far. A declared length alone
 * allocates nothing: the buffer doubles when it is full.
 * @throws {@link DispatchError} `dispatch/no-memory`
 */
function grown({ bytes, filled, total }: Pieces, end: number, part: StagedPart): Uint8Array {
  if (end <= bytes.length) return bytes;
  const length = Math.min(total, Math.max(end, 2 * bytes.length));
  try {
    const larger = new Uint8Array(length);
    larger.set(bytes.subarray(0, filled));
    return larger;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new DispatchError({ code: "dispatch/no-memory", part, bytes: length });
  }
}

/** Returns the maximum length of a part of a block, in bytes. */
export function partLimit(part: StagedPart, { limits }: CommandEvents): number {
  return spareBytes + (part === "block" ? limits.eventsBytes : limits.bodyBytes);
}
