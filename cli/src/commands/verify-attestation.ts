/** `pruntime verify attestation`: whether evidence is authentic, and how well patched its platform is. */
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

/** Adds `verify attestation` to the commands that need neither node nor worker. */
export function registerVerifyAttestation(verify: Command): void {
  withPolicy(withoutNode(verify.command("attestation")))
    .description("check what hardware says of a worker, and how patched that hardware is")
    .requiredOption(
      "--evidence <file>",
      "the quote (SGX, TDX, CCEL, TPM, dstack), report (SNP), document (Nitro) or token (EAR); " +
        "or JSON: of IAS, of Azure, of dstack's socket, of a worker",
    )
    .requiredOption("--kind <kind>", `whose evidence it is: ${kinds.join(", ")}`)
    .requiredOption("--at <moment>", "when it must be in date, such as 2026-12-31T23:59:59Z")
    .option(
      "--collateral <file>",
      "SGX, TDX, CCEL, dstack, Azure on TDX: Intel's collateral for the platform, JSON of QuoteCollateralV3",
    )
    .option("--vek <file>", "SNP: the certificate of the key that signed (VCEK or VLEK), PEM or DER")
    .option("--chain <file>", "SNP, Azure on SNP: AMD's certificates above that, PEM")
    .option(
      "--event-log <file>",
      "dstack, unless it is part of the evidence: JSON, a list of events; CCEL: the ACPI table's log",
    )
    .option(
      "--key <file>",
      "TPM, EAR: the key that you trust to have signed, PEM, or a JWK with the ending .json",
    )
    .option("--signature <file>", "TPM: TPMT_SIGNATURE over the quote")
    .option(
      "--pcrs <file>",
      "TPM: values of the registers that the quote covers, or JSON, a list of all in hex",
    )
    .addHelpText(
      "after",
      `${filesHelp}
Signatures, certificates, revocation lists and dates are checked under the makers' roots, which are built in.
Without a policy the verdict is null: authentic evidence may still be of a worker in debug mode, of an
outdated platform, or of any program at all.

No worker makes evidence of the kinds ${otherKinds.join(", ")}, and no policy speaks of them.
A TPM's quote has no dates, so that --at does not matter for it. It is only as good as the key that you give.

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
 * Refuses a policy for kinds that no policy covers. @throws {@link CliError} `cli/bad-argument` if one is
 * named
 */
function withoutPolicy(kind: string, options: AttestationOptions): AttestationOptions {
  if (options.policy === undefined) return options;
  const want = `left out: no policy speaks of ${kind}`;
  throw new CliError({ code: "cli/bad-argument", name: "--policy", want });
}

/**
 * Reads the policy. An unusable policy counts as misuse, because it must not look like a refusal of the
 * evidence.
 * @throws {@link CliError}
 */
function usablePolicy(crypto: Crypto, options: VerdictOptions): PolicyFile | undefined {
  try {
    return policyOf(crypto, options);
  } catch (cause) {
    if (!(cause instanceof ProtocolError) || cause instanceof CliError) throw cause;
    throw new CliError(
      { code: "cli/bad-argument", name: "--policy", want: `a policy that can be used (${cause.code})` },
      { cause },
    );
  }
}
