/** Parts of a block that came in pieces. Nothing has proven them yet. */
import type { StagedPart } from "../event.ts";

/** The pieces of one part so far. */
export interface Pieces {
  /**
   * At most twice as long as the pieces, and exactly as long as the part once all pieces are here. Only later
   * pieces write the bytes from `filled` on.
   */
  readonly bytes: Uint8Array;
  readonly filled: number;
  /** The declared length of the whole part in bytes. */
  readonly total: number;
}

/**
 * The parts that are staged. `"used"` stands for a part that an accepted dispatch has consumed, so that the
 * same call can come again.
 */
export type StagedPieces = { readonly [P in StagedPart]?: Pieces | "used" | undefined };
