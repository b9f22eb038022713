import { ProtocolError } from "../errors/index.ts";

export type LightClientErrorDetail =
  /** A batch has no headers. */
  | { readonly code: "headers/empty" }
  /** A header does not have the number that follows the one before it: some are missing, or they are out of order. */
  | { readonly code: "headers/gap"; readonly want: number; readonly have: number }
  /** A header does not name the one before it as its parent: it is of another fork or chain. */
  | { readonly code: "headers/wrong-parent"; readonly number: number }
  /** A header differs from the final one of its number: it is of another fork or chain. */
  | { readonly code: "headers/conflicts-finalized"; readonly number: number }
  /** A batch goes on beyond the block that enacts a new authority set: end it there, and send the rest afterwards. */
  | { readonly code: "headers/beyond-set-change"; readonly enactsAt: number; readonly last: number }
  /** A change of authorities is announced before the one announced earlier is enacted, which no GRANDPA chain does. */
  | { readonly code: "headers/overlapping-change"; readonly number: number; readonly enactsAt: number }
  /** The start of the chain is not a block of number 0. */
  | { readonly code: "headers/not-genesis"; readonly number: number }
  /** The state has no authority list under the keys GRANDPA uses. */
  | { readonly code: "headers/no-authorities"; readonly number: number }
  /** An authority list is not the one that the state, or the announcement in a header, has. */
  | { readonly code: "headers/authorities-mismatch"; readonly number: number }
  /** A new authority set does not have the id that follows the current one. */
  | { readonly code: "headers/wrong-set-id"; readonly want: bigint; readonly have: bigint }
  /** A new authority set is given at a block that does not enact it. */
  | { readonly code: "headers/change-not-due"; readonly number: number }
  /** A checkpoint of block 0 whose header is not the genesis it names. */
  | { readonly code: "checkpoint/wrong-genesis"; readonly have: Uint8Array }
  /** An authority of a checkpoint has no weight, which no node keeps. */
  | { readonly code: "checkpoint/zero-weight"; readonly authority: number }
  /** A checkpoint's pending changes are more than one, are not announced by then, are overdue, or are not what its header announces. */
  | { readonly code: "checkpoint/bad-pending"; readonly number: number }
  /** A checkpoint's list of set changes has gaps, goes beyond its block, or does not end with the change to its set. */
  | { readonly code: "checkpoint/bad-history"; readonly setId: bigint };

/** Headers that do not extend the finalized chain. */
export class LightClientError extends ProtocolError<LightClientErrorDetail> {}
