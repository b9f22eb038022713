/**
 * `stage_piece`: takes a block's events or body in pieces, if they are larger than one call can carry. No
 * hash can be checked before the last piece arrives. So the limits that the chain's runtime sets for its
 * blocks also limit how much is staged.
 */
import { RuntimeError } from "../error.ts";
import type { EventOf, StagedPart } from "../event.ts";
import { type Context, type State, type Step, started } from "../state.ts";
import type { CommandEvents } from "./command-events.ts";
import { DispatchError } from "./error.ts";
import type { StagedPieces } from "./staged-pieces.ts";

/** The most bytes of a part that are neither events nor extrinsics, such as the rest of the proof. */
const spareBytes = 1 << 20;

/**
 * Adds a piece to its part.
 * @throws {@link DispatchError} `dispatch/part-too-large`, `dispatch/wrong-piece`; {@link RuntimeError}
 * `runtime/wrong-source`
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
  const known = pieces[part];
  const have = offset === 0 ? 0 : (known?.filled ?? 0);
  const ofThisPart = offset === 0 || known?.bytes.length === total;
  if (offset !== have || !ofThisPart || bytes.length > total - have)
    throw new DispatchError({ code: "dispatch/wrong-piece", part, want: have, have: offset });
  const whole = known === undefined || offset === 0 ? new Uint8Array(total) : known.bytes;
  whole.set(bytes, offset);
  const next = { bytes: whole, filled: offset + bytes.length };
  return {
    state: { ...state, running: { ...running, pieces: { ...pieces, [part]: next } } },
    value: { staged: next.filled },
  };
}

/** The most bytes that a part of a block can have. */
export function partLimit(part: StagedPart, { limits }: CommandEvents): number {
  return spareBytes + (part === "block" ? limits.eventsBytes : limits.bodyBytes);
}

/**
 * Returns a list with the whole part, or an empty list if no piece of the part is staged.
 * @throws {@link DispatchError} `dispatch/missing-pieces`
 */
export function wholePart(pieces: StagedPieces, part: StagedPart): readonly Uint8Array[] {
  const staged = pieces[part];
  if (staged === undefined) return [];
  const { bytes, filled } = staged;
  if (filled < bytes.length)
    throw new DispatchError({ code: "dispatch/missing-pieces", part, want: bytes.length, have: filled });
  return [bytes];
}
