/**
 * Verifies SEV-SNP reports offline. The code checks the report's signature, and the certificate chain of the
 * signing key up to AMD's root for the product. It also checks that the report and the certificate state the
 * same firmware and, for a VCEK, the same chip. AMD publishes no TCB status and does not revoke chips. This
 * code does not check whether AMD's intermediate keys are revoked, because the evidence does not contain
 * AMD's revocation lists.
 */
import { equal, toHex } from "../../bytes/index.ts";
import type { Crypto } from "../../crypto/index.ts";
import { decodeCertificate, type VerifiedChain, verifyChain } from "../../x509/index.ts";
import { type AuthenticSnp, type EndorsedSnp, guestDebug, type SnpProduct } from "../evidence/snp.ts";
import { SnpError } from "./error.ts";
import { productOf } from "./product.ts";
import { decodeSnpReport, type SnpReport } from "./report.ts";
import type { AmdRoots } from "./roots.ts";
import { assertTcb, type Chip, chipOf, vekKind } from "./vek.ts";

/**
 * Verifies a report as of `atMs` (Unix milliseconds). `roots` are {@link amdRoots}, except in tests.
 * @throws {@link SnpError}, X509Error, Asn1Error
 */
export function verifySnp(
  crypto: Crypto,
  roots: AmdRoots,
  atMs: number,
  evidence: EndorsedSnp,
): AuthenticSnp {
  const report = decodeSnpReport(evidence.report);
  const { product, chain } = verifyVekChain(crypto, roots, atMs, evidence);
  assertCpu(product, report);
  const signedBy = vekKind(chain.leaf);
  if (report.signingKey !== (signedBy === "vcek" ? 0 : 1)) throw new SnpError({ code: "snp/wrong-vek" });
  assertTcb(product, chain.leaf, report);
  // Many chips share one VLEK, so only the report names the chip.
  const chip: Chip =
    signedBy === "vcek" ? chipOf(product, chain.leaf, report) : { id: report.chipId, masked: false };
  const { publicKey } = chain.leaf;
  if (publicKey.kind !== "p384" || !crypto.p384.verify(publicKey.point, report.signed, report.signature))
    throw new SnpError({ code: "snp/bad-signature" });
  return authentic(product, signedBy, chip, report, chain.validUntilMs);
}

/** Verifies the certificate chain up to AMD's root for a product. Returns the product and the chain. */
function verifyVekChain(
  crypto: Crypto,
  roots: AmdRoots,
  atMs: number,
  { vek, chain }: EndorsedSnp,
): { readonly product: SnpProduct; readonly chain: VerifiedChain } {
  const certificates = [vek, ...chain].map(decodeCertificate);
  const products = Object.keys(roots) as SnpProduct[];
  const product = products.find((name) =>
    certificates.some(({ issuer }) => equal(issuer, roots[name].subject)),
  );
  if (product === undefined) throw new SnpError({ code: "snp/unknown-product" });
  return { product, chain: verifyChain(crypto, roots[product], atMs, certificates) };
}

function assertCpu(product: SnpProduct, { cpu }: SnpReport): void {
  if (cpu !== undefined && productOf(cpu) !== product)
    throw new SnpError({ code: "snp/wrong-product", ...cpu });
}

function authentic(
  product: SnpProduct,
  signedBy: "vcek" | "vlek",
  chip: Chip,
  report: SnpReport,
  validUntilMs: number,
): AuthenticSnp {
  const { guestPolicy, guestSvn, platformInfo, vmpl } = report;
  return {
    kind: "snp",
    tcbStatus: "Unversioned",
    advisories: [],
    measurements: {
      measurement: toHex(report.measurement),
      hostData: toHex(report.hostData),
      familyId: toHex(report.familyId),
      imageId: toHex(report.imageId),
      idKeyDigest: toHex(report.idKeyDigest),
      authorKeyDigest: toHex(report.authorKeyDigest),
    },
    reportData: report.reportData.slice(),
    debug: (guestPolicy & guestDebug) !== 0n,
    validUntilMs,
    product,
    signedBy,
    vmpl,
    guestPolicy,
    platformInfo,
    reportedTcb: toHex(report.reportedTcb),
    chipId: toHex(chip.id),
    chipIdMasked: chip.masked,
    guestSvn,
  };
}
