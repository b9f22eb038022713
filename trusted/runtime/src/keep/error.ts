import { ProtocolError } from "@pruntime/core/errors";

/** Why a dump is refused. */
export type DumpErrorDetail =
  /** The dump has a version that this program does not read. */
  | { readonly code: "dump/unknown-version"; readonly version: number }
  /** The dump belongs to a worker with a different trust anchor. */
  | { readonly code: "dump/wrong-anchor" }
  /** The dump is older than the worker's state, or ends before the worker's highest final block. */
  | { readonly code: "dump/older"; readonly have: number; readonly dump: number }
  /**
   * The dump's chain has a different block at the height of the worker's highest final block: the dump was
   * made on another fork. One of the two workers was led astray, so find out which chain is right.
   */
  | { readonly code: "dump/other-fork"; readonly number: number }
  /**
   * The dump remembers the hashes of too few blocks to show that it contains the worker's highest final
   * block: sync headers to within 65,536 blocks of the dump's last block, then load the dump again.
   */
  | { readonly code: "dump/too-far-ahead"; readonly number: number; readonly dump: number }
  /**
   * After the worker's highest final block, the dump's chain goes on with an authority set that the worker's
   * chain has replaced by then. The dump was made on another fork, or before the worker got an authority set
   * that no digest announces: find out which chain is right, or make another dump.
   */
  | { readonly code: "dump/lower-set-id"; readonly have: bigint; readonly dump: bigint }
  /** The parts of the dump contradict each other. */
  | {
      readonly code: "dump/inconsistent";
      readonly what:
        | "queue"
        | "known-blocks"
        | "authority-sets"
        | "state-root"
        | "dispatched"
        | "metadata"
        | "policies"
        | "length"
        | "filler";
    }
  /** A page of the dump does not have the format of a page. */
  | { readonly code: "dump/bad-page" }
  /**
   * The worker is not writing or loading a dump with this id: another one began, or the worker restarted.
   * Begin again with the first page.
   */
  | { readonly code: "dump/unknown-id" }
  /**
   * The pages of a dump are written and loaded in order, each once. `want` is the index of the next page, or
   * null after the last page.
   */
  | { readonly code: "dump/wrong-page"; readonly want: number | null; readonly have: number }
  /**
   * The dump is longer than one answer of `dump_states` may be. Take it page by page, with `pruntime dump`,
   * or with the actions `dump_begin`, `dump_page` and `load_page`.
   */
  | { readonly code: "dump/too-large"; readonly limit: number; readonly instead: "dump_begin" };

/** A dump was refused. */
export class DumpError extends ProtocolError<DumpErrorDetail> {}
