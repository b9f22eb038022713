/**
 * Verifies evidence of an Azure guest. The hardware vouches for Microsoft's paravisor: the hardware's report
 * data is the hash of claims that contain the key of the paravisor's vTPM. A quote signed with that key
 * states which software the guest booted, and contains the nonce.
 */
import { concat, equal } from "../../bytes/index.ts";
import type { Crypto, RsaPublicKey } from "../../crypto/index.ts";
import { decodeCertificate, equalKeys, type TrustedRoot, verifyChain } from "../../x509/index.ts";
import type { AuthenticAzure, EndorsedAzure } from "../evidence/azure.ts";
import type { AuthenticSnp } from "../evidence/snp.ts";
import type { AuthenticTdx } from "../evidence/tdx.ts";
import { type ConsistentTpmQuote, verifyRsaTpmQuote } from "../tpm/index.ts";
import { AzureError } from "./error.ts";
import { attestationKey, decodeHclReport, type HclReport } from "./report.ts";

/**
 * Verifies the vTPM's part as of `atMs` (Unix milliseconds). The hardware's part must already be verified.
 * `root` is Microsoft's root for vTPM certificates. The certificates of the vTPM's key are optional, because
 * the hardware also vouches for the key. If the evidence has certificates, this function verifies them.
 * @throws {@link AzureError}, TpmError, X509Error, Asn1Error, CodecError, JsonError, BytesError
 */
export function verifyAzure(
  crypto: Crypto,
  root: TrustedRoot,
  hardware: AuthenticTdx | AuthenticSnp,
  atMs: number,
  evidence: EndorsedAzure,
): AuthenticAzure {
  const report = decodeHclReport(evidence.hclReport);
  assertSameHardware(report, hardware, evidence);
  const { key, nonce, pcrs } = verifyVtpm(crypto, hardware.reportData, report, evidence);
  const { tcbStatus, advisories, measurements, reportData, debug } = hardware;
  const validUntilMs = Math.min(
    hardware.validUntilMs,
    verifyAkChain(crypto, root, key, atMs, evidence.akChain),
  );
  return {
    kind: "azure",
    tcbStatus,
    advisories,
    measurements,
    reportData,
    debug,
    validUntilMs,
    hardware,
    nonce,
    pcrs,
  };
}

function assertSameHardware(
  { hardware: kind, hardwareReport }: HclReport,
  hardware: AuthenticTdx | AuthenticSnp,
  evidence: EndorsedAzure,
): void {
  const sameReport = evidence.hardware.kind !== "snp" || equal(evidence.hardware.report, hardwareReport);
  if (kind !== hardware.kind || !sameReport) throw new AzureError({ code: "azure/wrong-hardware" });
}

/**
 * Verifies a vTPM's quote with the key that the hardware's report data vouches for.
 * @throws {@link AzureError}, TpmError, CodecError, JsonError, BytesError
 */
export function verifyVtpm(
  crypto: Crypto,
  hardwareReportData: Uint8Array,
  { claims }: HclReport,
  evidence: Pick<EndorsedAzure, "tpmMessage" | "tpmSignature" | "pcrs">,
): ConsistentTpmQuote & { readonly key: RsaPublicKey } {
  if (!equal(hardwareReportData, concat(crypto.sha256(claims), new Uint8Array(32))))
    throw new AzureError({ code: "azure/claims-not-bound" });
  const key = attestationKey(claims);
  const { tpmMessage: message, tpmSignature: signature, pcrs } = evidence;
  return { key, ...verifyRsaTpmQuote(crypto, key, { message, signature, pcrs }) };
}

/**
 * Verifies the certificates of the vTPM's key. Returns their earliest expiry in Unix milliseconds; infinity
 * if there are no certificates.
 */
function verifyAkChain(
  crypto: Crypto,
  root: TrustedRoot,
  key: RsaPublicKey,
  atMs: number,
  akChain: readonly Uint8Array[],
): number {
  if (akChain.length === 0) return Number.POSITIVE_INFINITY;
  const { leaf, validUntilMs } = verifyChain(crypto, root, atMs, akChain.map(decodeCertificate));
  if (!equalKeys(leaf.publicKey, { kind: "rsa", ...key }))
    throw new AzureError({ code: "azure/ak-mismatch" });
  return validUntilMs;
}
