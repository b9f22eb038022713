/**
 * Remembers after which blocks the authority sets of a chain took over. The hash of a block does not show
 * which set goes on from the block. A set that a recovery has replaced can sign a second chain after the
 * recovery's block, and announce changes on it until its ids are as high as those of the right chain. So can
 * a set whose replacement no digest announces.
 */
import type { LightClient } from "@pruntime/core/light-client";

/** When an authority set took over. */
export interface SetStart {
  /** The number of the block after which the set finalizes. */
  readonly after: number;
  readonly setId: bigint;
}

/**
 * The authority sets of a chain that are remembered.
 * @limit sets
 * @source chosen: almost two years of sets of 4 hours each, in a dump of 48 KiB
 * @past the oldest set is forgotten, and marks of its time are refused: `dump/lower-set-id`,
 * `handover/other-fork`
 */
export const maxSetStarts = 4_096;

/**
 * Returns the sets after the light client went on.
 * @param before the sets before that; none at the start point
 */
export function setsOf(
  { finalized, authorities }: LightClient,
  before: readonly SetStart[] = [],
): readonly SetStart[] {
  const { setId } = authorities;
  if (before.at(-1)?.setId === setId) return before;
  return [...before, { after: finalized.number, setId }].slice(-maxSetStarts);
}

/** Returns the id of the set that finalizes the block after this one, or `undefined` if it is forgotten. */
export function setAfter(sets: readonly SetStart[], number: number): bigint | undefined {
  return sets.findLast(({ after }) => after <= number)?.setId;
}
