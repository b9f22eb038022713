/** `pruntime verify attestation`: is evidence authentic, and how patched is the platform it comes from? */
import { type Authentic, hardwareRoots, verifyEvidence } from "@pruntime/core/attestation";
import { createNativeCrypto } from "@pruntime/crypto-native";
import type { Command } from "commander";
import { momentArgument } from "../offline/arguments.ts";
import { type EvidenceFiles, evidenceKinds, evidenceOf } from "../offline/evidence-files.ts";
import { runOffline } from "../offline/run.ts";
import { filesHelp, withoutNode } from "./decode.ts";

interface AttestationOptions extends EvidenceFiles {
  readonly at: string;
}

export function registerVerifyAttestation(verify: Command): void {
  withoutNode(verify.command("attestation"))
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
  const authentic = verifyEvidence(await createNativeCrypto(), hardwareRoots, evidence, atMs);
  const { tcbStatus, advisories, measurements, reportData } = authentic;
  return { authentic: true, tcbStatus, advisories, measurements, reportData, ...judged(authentic) };
}

/** Without a policy there is nothing to judge by. */
function judged(_authentic: Authentic): { readonly verdict: string | null; readonly reasons: readonly string[] } {
  return { verdict: null, reasons: [] };
}
