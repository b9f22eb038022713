import { ProtocolError } from "@pruntime/core/errors";

/** The reasons for which a file fails a verification, by code. */
export type OfflineErrorDetail =
  /** A block's body does not match the extrinsics root in its header. */
  | { readonly code: "block/wrong-extrinsics-root"; readonly want: Uint8Array; readonly have: Uint8Array }
  /** A proof of a state of version 0 contains a node with a hashed value, which only version 1 allows. */
  | { readonly code: "storage/hashed-value"; readonly node: number }
  /**
   * The chain specification does not contain the keys and values of the genesis state. It is not in raw form,
   * or contains only the state root.
   */
  | { readonly code: "spec/not-raw" }
  /**
   * The chain specification contains no runtime code, so the version of its state is unknown. Give the
   * version on the command line.
   */
  | { readonly code: "spec/no-code" }
  /** The runtime code cannot be unpacked, is not WebAssembly, or has no readable version. */
  | { readonly code: "spec/bad-code"; readonly reason: string }
  /**
   * The version of the state cannot be read from the runtime code without running the code. Give the version
   * on the command line.
   */
  | { readonly code: "spec/state-version-unknown" }
  /** A call names a pallet that the metadata does not have, or that has no calls. */
  | { readonly code: "extrinsic/unknown-pallet"; readonly pallet: number };

/** A file that fails a verification. */
export class OfflineError extends ProtocolError<OfflineErrorDetail> {}
