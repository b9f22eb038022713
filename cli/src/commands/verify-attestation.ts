/** `pruntime verify attestation`: is evidence authentic, and how patched is the platform it comes from? */
import { type Authentic, type DcapEvidence, type Evidence, hardwareRoots, verifyEvidence } from "@pruntime/core/attestation";
import { createNativeCrypto } from "@pruntime/crypto-native";
import type { Command } from "commander";
import { fileArgument, oneOf } from "../arguments.ts";
import { CliError } from "../error.ts";
import { momentArgument } from "../offline/arguments.ts";
import { bytesOf, readInput } from "../offline/input.ts";
import { runOffline } from "../offline/run.ts";
import { filesHelp, withoutNode } from "./decode.ts";

interface AttestationOptions {
  readonly evidence: string;
  readonly kind: string;
  readonly at: string;
  readonly collateral?: string;
}

/** How each kind of evidence is read from the files that the options name. */
const readers = {
  sgx: (options: AttestationOptions) => dcapEvidence("sgx", options),
  tdx: (options: AttestationOptions) => dcapEvidence("tdx", options),
} satisfies Partial<Record<Evidence["kind"], (options: AttestationOptions) => Evidence>>;

type Kind = keyof typeof readers;
const kinds = Object.keys(readers) as readonly Kind[];

export function registerVerifyAttestation(verify: Command): void {
  withoutNode(verify.command("attestation"))
    .description("check what hardware says of a worker, and how patched that hardware is")
    .requiredOption("--evidence <file>", "the quote (SGX, TDX)")
    .requiredOption("--kind <kind>", `whose evidence it is: ${kinds.join(", ")}`)
    .requiredOption("--at <moment>", "when it must be in date, such as 2026-12-31T23:59:59Z")
    .option("--collateral <file>", "SGX, TDX: what Intel publishes of the platform, as JSON of QuoteCollateralV3")
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
  const evidence = readers[oneOf("--kind", kinds)(options.kind)](options);
  const authentic = verifyEvidence(await createNativeCrypto(), hardwareRoots, evidence, atMs);
  const { tcbStatus, advisories, measurements, reportData } = authentic;
  return { authentic: true, tcbStatus, advisories, measurements, reportData, ...judged(authentic) };
}

/** Without a policy there is nothing to judge by. */
function judged(_authentic: Authentic): { readonly verdict: string | null; readonly reasons: readonly string[] } {
  return { verdict: null, reasons: [] };
}

function dcapEvidence(kind: DcapEvidence["kind"], { evidence, collateral }: AttestationOptions): DcapEvidence {
  const quote = bytesOf(readInput(evidence));
  return { kind, quote, collateral: fileArgument(required("--collateral", collateral)) };
}

function required(name: string, value: string | undefined): string {
  if (value === undefined) throw new CliError({ code: "cli/bad-argument", name, want: "a file, for evidence of this kind" });
  return value;
}
