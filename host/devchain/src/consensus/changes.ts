import type { Header } from "@pruntime/core/chain";
import { grandpaDigests } from "@pruntime/core/grandpa";

/** A change to the next set of authorities. */
export interface AuthorityChange {
  /** The number of blocks from the announcement to the last block of the old set. */
  readonly delay: number;
  /**
   * Makes the change a forced change. The value is the number of the last block that was finalized before
   * finality stalled.
   */
  readonly medianLastFinalized?: number;
}

/** The change that a header announces; `undefined` if the header announces no change. */
export function announcedChange(header: Header): AuthorityChange | undefined {
  for (const digest of grandpaDigests(header)) {
    if (digest.kind === "scheduled-change") return { delay: digest.delay };
    if (digest.kind === "forced-change")
      return { delay: digest.delay, medianLastFinalized: digest.medianLastFinalized };
  }
  return undefined;
}
