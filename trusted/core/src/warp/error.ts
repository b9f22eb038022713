import { ProtocolError } from "../errors/index.ts";

/** Why a warp-sync proof is rejected. */
export type WarpErrorDetail =
  /** The warp-sync proof has no fragments, so it proves nothing. */
  | { readonly code: "warp/empty" }
  /** The warp-sync proof is larger than any that a node makes. */
  | { readonly code: "warp/too-large"; readonly bytes: number; readonly limit: number }
  /** A fragment contains a header that is not above the block that was finalized before the fragment. */
  | {
      readonly code: "warp/not-ascending";
      readonly fragment: number;
      readonly after: number;
      readonly have: number;
    }
  /** Two consecutive headers of a fragment are not parent and child. */
  | { readonly code: "warp/not-linked"; readonly fragment: number; readonly number: number }
  /** A fragment stops before its authority set ends. Only the last fragment of a finished proof may do so. */
  | { readonly code: "warp/no-set-change"; readonly fragment: number };

/** Thrown for a warp-sync proof that does not verify. */
export class WarpError extends ProtocolError<WarpErrorDetail> {}
