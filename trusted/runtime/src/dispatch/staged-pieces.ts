/** Parts of a block that came in pieces. Nothing has proven them yet. */
import type { StagedPart } from "../event.ts";

/** The pieces of one part so far. */
export interface Pieces {
  /**
   * A buffer whose first `filled` bytes are the pieces so far. It is as long as the whole part when all
   * pieces have arrived.
   */
  readonly bytes: Uint8Array;
  readonly filled: number;
  /** The declared length of the whole part in bytes. */
  readonly total: number;
}

/**
 * The pieces of each part. `"used"` means that an accepted dispatch has used the part. The relay can then
 * send the same call again.
 */
export type StagedPieces = { readonly [P in StagedPart]?: Pieces | "used" | undefined };
