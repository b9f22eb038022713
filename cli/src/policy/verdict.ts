/** The options that name a policy, and the verdict of that policy on authentic evidence. */
import { type Authentic, appraise, type Reason } from "@pruntime/core/attestation";
import type { Crypto } from "@pruntime/core/crypto";
import type { Command } from "commander";
import { CliError } from "../error.ts";
import { type PolicyFile, readPolicyFile } from "./file.ts";

/** The options that name a policy, and the hash or key that makes it trusted. */
export interface VerdictOptions {
  readonly policy?: string;
  readonly policyPin?: string;
  readonly policySignedBy?: string;
}

/** The verdict and its reasons. Without a policy, the verdict is `null` and there are no reasons. */
export interface VerdictFacts {
  readonly verdict: "accepted" | "refused" | null;
  readonly reasons: readonly Reason[];
}

/** Adds the options of {@link VerdictOptions}. `what` is the help text of the option `--policy`. */
export function withPolicy(
  command: Command,
  what = "also report whether this policy accepts the evidence, and if not, why",
): Command {
  return command
    .option("--policy <file>", what)
    .option("--policy-pin <hex>", "refuse the policy unless this is its hash")
    .option(
      "--policy-signed-by <hex>",
      "refuse the policy unless this ed25519 key has signed it; required for a signed policy",
    );
}

/** Returns the policy's verdict on the evidence. @param atMs Unix milliseconds */
export function verdictOf(file: PolicyFile | undefined, authentic: Authentic, atMs: number): VerdictFacts {
  if (file === undefined) return { verdict: null, reasons: [] };
  const { accepted, reasons } = appraise(file.policy, authentic, atMs);
  return { verdict: accepted ? "accepted" : "refused", reasons };
}

/**
 * Reads the policy, if the options name a policy.
 * @throws {@link CliError} `cli/bad-argument`, `cli/bad-file`; PolicyError, JsonError if the policy is
 * invalid or not trusted
 */
export function policyOf(crypto: Crypto, options: VerdictOptions): PolicyFile | undefined {
  const { policy: path, policyPin: pin, policySignedBy: signedBy } = options;
  if (path === undefined) {
    if (pin !== undefined || signedBy !== undefined)
      throw new CliError({
        code: "cli/bad-argument",
        name: "--policy",
        want: "given with --policy-pin and --policy-signed-by",
      });
    return undefined;
  }
  const trust = { ...(pin === undefined ? {} : { pin }), ...(signedBy === undefined ? {} : { signedBy }) };
  const file = readPolicyFile(crypto, path, trust);
  if (file.document.signature !== undefined && file.checked === "nothing")
    throw new CliError({
      code: "cli/bad-argument",
      name: "--policy-signed-by",
      want: "given for a signed policy, or --policy-pin",
    });
  return file;
}
