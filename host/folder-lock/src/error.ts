import { ProtocolError } from "@pruntime/core/errors";

/** Why a folder could not be locked. */
export type LockErrorDetail =
  /** A running worker, chain or relay uses this folder, in this container or in another one. */
  | {
      readonly code: "lock/held";
      readonly folder: string;
      /** What the holder wrote about itself: its process id in its own container, and its host's name. */
      readonly holder: string;
    }
  /**
   * The folder cannot be locked: the command `flock` is missing (install util-linux or BusyBox), or the
   * folder's file system has no locks.
   */
  | { readonly code: "lock/unavailable"; readonly folder: string; readonly reason: string };

/** An error of {@link lockFolder}. */
export class LockError extends ProtocolError<LockErrorDetail> {}
