import { ProtocolError } from "../errors/index.ts";

/** Why a warp-sync proof is rejected. */
export type WarpErrorDetail =
  /** The warp-sync proof has no fragments, so it proves nothing. */
  | { readonly code: "warp/empty" }
  /** The warp-sync proof is larger than any that a node makes. */
  | { readonly code: "warp/too-large"; readonly bytes: number; readonly limit: number }
  /** A fragment's block does not come after the previous fragment's block. */
  | {
      readonly code: "warp/not-ascending";
      readonly fragment: number;
      readonly after: number;
      readonly have: number;
    }
  /** A header below a fragment is not the parent of the header above it. */
  | { readonly code: "warp/not-linked"; readonly fragment: number; readonly number: number }
  /** A fragment stops before its authority set ends. Only the last fragment of a finished proof may do so. */
  | { readonly code: "warp/no-set-change"; readonly fragment: number };

/** A warp-sync proof that does not connect one authority set to a later one. */
export class WarpError extends ProtocolError<WarpErrorDetail> {}
