import { ProtocolError } from "@pruntime/core/errors";

export type CliErrorDetail =
  /** An argument is not what the command takes. */
  | { readonly code: "cli/bad-argument"; readonly name: string; readonly want: string }
  /** A file given on the command line cannot be read or written. */
  | { readonly code: "cli/bad-file"; readonly path: string; readonly reason: string }
  /** Nothing says which worker to believe: neither the option nor a file in the data folder. */
  | { readonly code: "cli/no-policy"; readonly missing: "--policy" | "--anchor" }
  /** No free port was found near the wanted one. */
  | { readonly code: "cli/no-port"; readonly wanted: number }
  /** This machine does not listen on the wanted address. */
  | { readonly code: "cli/bad-host"; readonly host: string; readonly reason: string }
  /** The new worker has taken the keys and did not come back in time: look at its log. */
  | { readonly code: "cli/not-back"; readonly waitedMs: number }
  /** The node's chain has no registry of workers. */
  | { readonly code: "cli/no-registry"; readonly node: string }
  /** A step of the demo came out otherwise than it must. */
  | {
      readonly code: "cli/story-broken";
      readonly step: string;
      readonly have: string;
      readonly want: string;
    };

/** What goes wrong between a person and the parts. */
export class CliError extends ProtocolError<CliErrorDetail> {}

/** What the file system said of a path. */
export function badFile(path: string, cause: unknown): CliError {
  return new CliError(
    { code: "cli/bad-file", path, reason: cause instanceof Error ? cause.message : String(cause) },
    { cause },
  );
}
