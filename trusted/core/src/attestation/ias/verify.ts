/**
 * Verifies reports of Intel's attestation service for EPID, which was shut down in 2025. The reports are
 * historical data. Intel checked the quote when it signed the report, and this file verifies Intel's
 * statement. A policy judges the age of a report.
 */
import { toHex } from "../../bytes/index.ts";
import type { Crypto } from "../../crypto/index.ts";
import {
  commonName,
  decodeCertificate,
  type TrustedRoot,
  type VerifiedChain,
  verifyChain,
} from "../../x509/index.ts";
import type { TcbStatus } from "../evidence/claims.ts";
import type { AuthenticIas, EndorsedIas } from "../evidence/ias.ts";
import { enclaveDebug } from "../evidence/sgx.ts";
import { IasError } from "./error.ts";
import { decodeIasReport } from "./report.ts";

/**
 * Verifies a report as of `atMs` (Unix milliseconds). `root` is {@link intelReportRoot}, except in tests.
 * @throws {@link IasError}, X509Error, Asn1Error, JsonError, BytesError
 */
export function verifyIas(
  crypto: Crypto,
  root: TrustedRoot,
  atMs: number,
  evidence: EndorsedIas,
): AuthenticIas {
  const { leaf, validUntilMs } = verifySigner(crypto, root, atMs, evidence.certificate);
  const { publicKey } = leaf;
  if (
    publicKey.kind !== "rsa" ||
    !crypto.rsa.verifyPkcs1("sha256", publicKey, evidence.report, evidence.signature)
  )
    throw new IasError({ code: "ias/bad-signature" });
  const { timestampMs, quoteStatus, advisories, quote } = decodeIasReport(evidence.report);
  return {
    kind: "ias",
    tcbStatus: tcbStatus(quoteStatus),
    advisories: [...new Set(advisories)].sort(),
    measurements: { mrenclave: toHex(quote.mrenclave), mrsigner: toHex(quote.mrsigner) },
    reportData: quote.reportData.slice(),
    debug: (quote.enclave.attributes & enclaveDebug) !== 0n,
    validUntilMs,
    ...quote.enclave,
    quoteStatus,
    timestampMs,
  };
}

function verifySigner(
  crypto: Crypto,
  root: TrustedRoot,
  atMs: number,
  certificate: Uint8Array,
): VerifiedChain {
  const chain = verifyChain(crypto, root, atMs, [decodeCertificate(certificate)]);
  if (commonName(chain.leaf.subject) !== "Intel SGX Attestation Report Signing")
    throw new IasError({ code: "ias/wrong-role" });
  return chain;
}

/**
 * The TCB status for each of Intel's quote statuses. A quote whose status is not listed is refused.
 * `SIGNATURE_INVALID` and `SIGRL_VERSION_MISMATCH` are not listed, because a quote with either status proves
 * nothing.
 */
const statuses: Readonly<Record<string, TcbStatus>> = {
  OK: "UpToDate",
  SW_HARDENING_NEEDED: "SWHardeningNeeded",
  CONFIGURATION_NEEDED: "ConfigurationNeeded",
  CONFIGURATION_AND_SW_HARDENING_NEEDED: "ConfigurationAndSWHardeningNeeded",
  GROUP_OUT_OF_DATE: "OutOfDate",
  GROUP_REVOKED: "Revoked",
  SIGNATURE_REVOKED: "Revoked",
  KEY_REVOKED: "Revoked",
};

function tcbStatus(status: string): TcbStatus {
  const known = Object.hasOwn(statuses, status) ? statuses[status] : undefined;
  if (known === undefined) throw new IasError({ code: "ias/quote-refused", status });
  return known;
}
