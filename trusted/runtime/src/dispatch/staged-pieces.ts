/** Parts of a block that came in pieces. Nothing has proven them yet. */
import type { StagedPart } from "../event.ts";

/** The pieces of one part so far. */
export interface Pieces {
  /** A buffer as long as the whole part. Later pieces fill the bytes from `filled` on. */
  readonly bytes: Uint8Array;
  readonly filled: number;
}

/** The parts that are staged. */
export type StagedPieces = Readonly<Partial<Record<StagedPart, Pieces>>>;
