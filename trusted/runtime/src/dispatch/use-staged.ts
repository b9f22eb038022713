/** Adds staged parts to a call of `dispatch_block`, and drops the parts after the call. */
import type { EventOf, StagedPart } from "../event.ts";
import type { State } from "../state.ts";
import { DispatchError } from "./error.ts";
import type { StagedPieces } from "./staged-pieces.ts";

type Call = EventOf<"blocks">;

/**
 * Returns the blocks and bodies of a call, followed by the staged parts that the call names. A part that an
 * earlier call has used adds nothing, because the part's block is dispatched.
 * @throws {@link DispatchError} `dispatch/missing-pieces`
 */
export function withStaged(
  { running }: State,
  { blocks, bodies = [], staged = [] }: Call,
): Pick<Required<Call>, "blocks" | "bodies"> {
  if (running === undefined) return { blocks, bodies };
  const named = (part: StagedPart) => (staged.includes(part) ? wholePart(running.pieces, part) : []);
  return { blocks: [...blocks, ...named("block")], bodies: [...bodies, ...named("body")] };
}

function wholePart(pieces: StagedPieces, part: StagedPart): readonly Uint8Array[] {
  const staged = pieces[part];
  if (staged === "used") return [];
  const [want, have] = staged === undefined ? [1, 0] : [staged.total, staged.filled];
  if (staged === undefined || have < want)
    throw new DispatchError({ code: "dispatch/missing-pieces", part, want, have });
  return [staged.bytes];
}

/** Returns the state after an accepted call. A staged block stays if the worker still wants a body. */
export function afterDispatch(state: State, { staged = [] }: Call, bodiesWanted: readonly number[]): State {
  const used = bodiesWanted.length === 0 ? staged : staged.filter((part) => part === "body");
  return withParts(state, used, "used");
}

/** Returns the state without the staged parts that a call names. */
export function withoutStaged(state: State, { staged = [] }: Call): State {
  return withParts(state, staged, undefined);
}

function withParts(state: State, parts: readonly StagedPart[], value: "used" | undefined): State {
  const { running } = state;
  if (running === undefined || parts.length === 0) return state;
  const changed = Object.fromEntries(parts.map((part) => [part, value]));
  return { ...state, running: { ...running, pieces: { ...running.pieces, ...changed } } };
}
