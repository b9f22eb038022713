import { ProtocolError } from "@pruntime/core/errors";

/** The errors of the command itself, by code. */
export type CliErrorDetail =
  /** A command-line argument is malformed. */
  | { readonly code: "cli/bad-argument"; readonly name: string; readonly want: string }
  /** A file or folder cannot be read or written, or a file does not contain what the command needs. */
  | { readonly code: "cli/bad-file"; readonly path: string; readonly reason: string }
  /** A file is larger than any file of its kind: `path` has more than `maxBytes` bytes. */
  | { readonly code: "cli/file-too-large"; readonly path: string; readonly maxBytes: number }
  /**
   * The file belongs to a chain with this genesis hash. The trusted genesis hash, or that of the node's
   * chain, is another one.
   */
  | { readonly code: "cli/other-genesis"; readonly path: string; readonly have: string }
  /** The specification and the options give an anchor that differs from the trusted anchor. */
  | { readonly code: "cli/other-anchor"; readonly path: string; readonly have: string }
  /**
   * No node could be reached that can try the checkpoint of the chain specification, and an untried
   * checkpoint is not written. Give a node of the chain with `--node`.
   */
  | { readonly code: "cli/checkpoint-untried"; readonly path: string; readonly node: string }
  /** Neither an option nor a file in the data directory gives the policy or the anchor for the worker. */
  | { readonly code: "cli/no-policy"; readonly missing: "--policy" | "--anchor" }
  /** Neither an option nor a file in the data directory gives the worker's address for operator calls. */
  | { readonly code: "cli/no-operator"; readonly dataDir: string }
  /** No free port was found near the requested port. */
  | { readonly code: "cli/no-port"; readonly wanted: number }
  /** This machine cannot listen on the requested address. */
  | { readonly code: "cli/bad-host"; readonly host: string; readonly reason: string }
  /**
   * A handover puts a hash on the chain, and no account was given that pays for it. Name one with `--signer`.
   */
  | { readonly code: "handover/no-account" }
  /**
   * The consent of the policy key's holder to this handover did not come in time. The workers forget a
   * handover after a while, so begin the handover again.
   */
  | { readonly code: "cli/no-consent"; readonly path: string; readonly waitedMs: number }
  /** The node's block does not contain the transaction that it reported. Try another node. */
  | { readonly code: "cli/no-commitment"; readonly number: number }
  /** The new worker accepted the keys but did not restart in time: see its log. */
  | { readonly code: "cli/not-back"; readonly waitedMs: number }
  /** No process that the data folder names runs. */
  | { readonly code: "cli/not-running"; readonly dataDir: string }
  /**
   * The data folder's file names a process that does not have this file open, so it is not the process that
   * wrote it. It was not ended. Delete the file if the process that wrote it has ended.
   */
  | { readonly code: "cli/foreign-process"; readonly pid: number; readonly path: string }
  /** The process still runs, although it got the signal to end. */
  | { readonly code: "cli/not-stopped"; readonly pid: number; readonly waitedMs: number }
  /** The node's chain has no registry of workers. */
  | { readonly code: "cli/no-registry"; readonly node: string }
  /** A step of the demo had an unexpected result. */
  | {
      readonly code: "cli/story-broken";
      readonly step: string;
      readonly have: string;
      readonly want: string;
    };

/** An error that ends the command. */
export class CliError extends ProtocolError<CliErrorDetail> {}

/** Wraps an error of the file system. */
export function badFile(path: string, cause: unknown): CliError {
  return new CliError(
    { code: "cli/bad-file", path, reason: cause instanceof Error ? cause.message : String(cause) },
    { cause },
  );
}
