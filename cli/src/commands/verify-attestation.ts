/** `pruntime verify attestation`: is evidence authentic, and how patched is the platform it comes from? */
import { hardwareRoots, verifyEvidence } from "@pruntime/core/attestation";
import { toHex } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import { ProtocolError } from "@pruntime/core/errors";
import { createNativeCrypto } from "@pruntime/crypto-native";
import type { Command } from "commander";
import { CliError } from "../error.ts";
import { momentArgument } from "../offline/arguments.ts";
import { type EvidenceFiles, evidenceKinds, evidenceOf } from "../offline/evidence-files.ts";
import { runOffline } from "../offline/run.ts";
import type { PolicyFile } from "../policy/file.ts";
import { policyOf, type VerdictOptions, verdictOf, withPolicy } from "../policy/verdict.ts";
import { filesHelp, withoutNode } from "./decode.ts";

interface AttestationOptions extends EvidenceFiles, VerdictOptions {
  readonly at: string;
}

export function registerVerifyAttestation(verify: Command): void {
  withPolicy(withoutNode(verify.command("attestation")))
    .description("check what hardware says of a worker, and how patched that hardware is")
    .requiredOption(
      "--evidence <file>",
      "the quote (SGX, TDX, dstack) or report (SNP), or JSON: of IAS, of Azure, of dstack's socket, of a worker",
    )
    .requiredOption("--kind <kind>", `whose evidence it is: ${evidenceKinds.join(", ")}`)
    .requiredOption("--at <moment>", "when it must be in date, such as 2026-12-31T23:59:59Z")
    .option(
      "--collateral <file>",
      "SGX, TDX, dstack, Azure on TDX: what Intel publishes of the platform, as JSON of QuoteCollateralV3",
    )
    .option("--vek <file>", "SNP: the certificate of the key that signed (VCEK or VLEK), PEM or DER")
    .option("--chain <file>", "SNP, Azure on SNP: AMD's certificates above that, PEM")
    .option("--event-log <file>", "dstack, unless it is part of the evidence: JSON, a list of events")
    .addHelpText(
      "after",
      `${filesHelp}
Signatures, certificates, revocation lists and dates are checked under the makers' roots, which are built in. Without a policy the verdict is null: authentic evidence may
still be of a worker in debug mode, of an outdated platform, or of any program at all.

Example:
  $ pruntime verify attestation --kind tdx --evidence quote.bin --collateral collateral.json --at 2026-01-27T15:54:59Z`,
    )
    .action((options: AttestationOptions) => runOffline(() => verifyAttestation(options)));
}

async function verifyAttestation(options: AttestationOptions): Promise<object> {
  const atMs = momentArgument("--at", options.at);
  const evidence = evidenceOf(options);
  const crypto = await createNativeCrypto();
  const policy = usablePolicy(crypto, options);
  const authentic = verifyEvidence(crypto, hardwareRoots, evidence, atMs);
  const { tcbStatus, advisories, measurements, reportData } = authentic;
  const verdict = verdictOf(policy, authentic, atMs);
  return { authentic: true, tcbStatus, advisories, measurements, reportData: toHex(reportData), ...verdict };
}

/** A policy that cannot be used says nothing about the evidence: it must not look like a refusal. @throws {@link CliError} */
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
