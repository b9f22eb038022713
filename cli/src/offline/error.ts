import { ProtocolError } from "@pruntime/core/errors";

export type OfflineErrorDetail =
  /** A block's body is not the one its header has the root of. */
  | { readonly code: "block/wrong-extrinsics-root"; readonly want: Uint8Array; readonly have: Uint8Array }
  /** A proof for a state of version 0 has a node with a hashed value, which only version 1 has. */
  | { readonly code: "storage/hashed-value"; readonly node: number }
  /**
   * A chain specification does not hold its genesis state key by key: it is not in raw form, or only names
   * the root.
   */
  | { readonly code: "spec/not-raw" }
  /**
   * A chain specification's state has no runtime code, so that nothing says which version its state has: give
   * it.
   */
  | { readonly code: "spec/no-code" }
  /**
   * The runtime code cannot be unpacked, is no WebAssembly module, or says its version in a form no runtime
   * does.
   */
  | { readonly code: "spec/bad-code"; readonly reason: string }
  /** The runtime code does not tell its state version without being run: give it. */
  | { readonly code: "spec/state-version-unknown" }
  /** A call is of a pallet that the metadata does not have, or that has no calls. */
  | { readonly code: "extrinsic/unknown-pallet"; readonly pallet: number };

/** Files that do not hold what a verifier was asked to confirm. */
export class OfflineError extends ProtocolError<OfflineErrorDetail> {}
