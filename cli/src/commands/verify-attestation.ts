/**
 * `pruntime verify attestation`: checks whether evidence is authentic, and reports how up to date the
 * platform is. If a policy is given, the command also reports whether the policy accepts the evidence.
 */
import { hardwareRoots, verifyEvidence } from "@pruntime/core/attestation";
import { toHex } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import { ProtocolError } from "@pruntime/core/errors";
import { createNativeCrypto } from "@pruntime/crypto-native";
import type { Command } from "commander";
import { CliError } from "../error.ts";
import { momentArgument } from "../offline/arguments.ts";
import { evidenceOf, hardwareKinds } from "../offline/evidence-files.ts";
import { isOtherKind, type OtherEvidenceFiles, otherKinds, verifyOther } from "../offline/other-evidence.ts";
import { runOffline } from "../offline/run.ts";
import type { PolicyFile } from "../policy/file.ts";
import { policyOf, type VerdictOptions, verdictOf, withPolicy } from "../policy/verdict.ts";
import { oneOf } from "../terminal/arguments.ts";
import { filesHelp, withoutNode } from "./decode.ts";

interface AttestationOptions extends OtherEvidenceFiles, VerdictOptions {
  readonly kind: string;
  readonly at: string;
}

const kinds = [...hardwareKinds, ...otherKinds];

/** Adds `pruntime verify attestation`, which needs neither a node nor a worker. */
export function registerVerifyAttestation(verify: Command): void {
  withPolicy(withoutNode(verify.command("attestation")))
    .description(
      "check evidence that hardware makes about a worker, and report how up to date that hardware is",
    )
    .requiredOption(
      "--evidence <file>",
      "the quote (SGX, TDX, CCEL, TPM, dstack), report (SNP), document (Nitro) or token (EAR); " +
        "or JSON from IAS, Azure tools, dstack's socket or a worker",
    )
    .requiredOption("--kind <kind>", `the kind of evidence: ${kinds.join(", ")}`)
    .requiredOption(
      "--at <moment>",
      "the time at which the evidence must be valid, such as 2026-12-31T23:59:59Z",
    )
    .option(
      "--collateral <file>",
      "SGX, TDX, CCEL, dstack, Azure on TDX: Intel's collateral for the platform, JSON of QuoteCollateralV3",
    )
    .option("--vek <file>", "SNP: the certificate of the key that signed (VCEK or VLEK), PEM or DER")
    .option("--chain <file>", "SNP, Azure on SNP: AMD's certificates above that one, PEM")
    .option(
      "--event-log <file>",
      "dstack, unless it is in the evidence: a JSON list of events; CCEL: the log from the ACPI table",
    )
    .option(
      "--key <file>",
      "TPM, EAR: the signer's public key, which you trust: PEM, or a JWK in a .json file",
    )
    .option("--signature <file>", "TPM: TPMT_SIGNATURE over the quote")
    .option(
      "--pcrs <file>",
      "TPM: the values of the registers that the quote covers, or a JSON list of all registers in hex",
    )
    .addHelpText(
      "after",
      `${filesHelp}
Signatures, certificates, revocation lists and dates are checked under the makers' roots, which are built in.
Without a policy the verdict is null: authentic evidence may still come from a worker in debug mode, an
outdated platform, or any program at all.

No worker makes evidence of the kinds ${otherKinds.join(", ")}, and no policy covers them.
A TPM's quote has no dates, so --at has no effect on it. The quote is only as trustworthy as the key that you
give.

Example:
  $ pruntime verify attestation --kind tdx --evidence quote.bin --collateral collateral.json \\
      --at 2026-01-27T15:54:59Z`,
    )
    .action((options: AttestationOptions) => runOffline(() => verifyAttestation(options)));
}

async function verifyAttestation(options: AttestationOptions): Promise<object> {
  const atMs = momentArgument("--at", options.at);
  const crypto = await createNativeCrypto();
  const kind = oneOf("--kind", kinds)(options.kind);
  if (isOtherKind(kind)) return verifyOther(crypto, kind, withoutPolicy(kind, options), atMs);
  const evidence = evidenceOf(kind, options);
  const policy = usablePolicy(crypto, options);
  const authentic = verifyEvidence(crypto, hardwareRoots, evidence, atMs);
  const { tcbStatus, advisories, measurements, reportData } = authentic;
  const verdict = verdictOf(policy, authentic, atMs);
  return { authentic: true, tcbStatus, advisories, measurements, reportData: toHex(reportData), ...verdict };
}

/**
 * Refuses the option --policy for kinds that no policy covers.
 * @throws {@link CliError} `cli/bad-argument` if the option is given
 */
function withoutPolicy(kind: string, options: AttestationOptions): AttestationOptions {
  if (options.policy === undefined) return options;
  const want = `left out: no policy covers ${kind}`;
  throw new CliError({ code: "cli/bad-argument", name: "--policy", want });
}

/**
 * Reads the policy, if the options name a policy. An unusable policy is reported as a bad argument, so that
 * the user does not mistake the error for a refusal of the evidence.
 * @throws {@link CliError}
 */
function usablePolicy(crypto: Crypto, options: VerdictOptions): PolicyFile | undefined {
  try {
    return policyOf(crypto, options);
  } catch (cause) {
    if (!(cause instanceof ProtocolError) || cause instanceof CliError) throw cause;
    throw new CliError(
      { code: "cli/bad-argument", name: "--policy", want: `a usable policy (${cause.code})` },
      { cause },
    );
  }
}
