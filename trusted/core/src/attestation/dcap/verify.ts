/**
 * Verifies Intel quotes offline. It checks every signature from the quote up to the pinned root key, every
 * revocation list and every date. It also checks that quote, platform and collateral belong together. A
 * policy decides which platform statuses and which settings of the enclave or guest to accept.
 * @see https://github.com/intel/SGX-TDX-DCAP-QuoteVerificationLibrary/tree/7e5b2a1
 */
import { concat, equal, toHex } from "../../bytes/index.ts";
import type { Crypto } from "../../crypto/index.ts";
import { decodeAll } from "../../scale/index.ts";
import {
  type Certificate,
  commonName,
  type TrustedRoot,
  type VerifiedChain,
  type VerifiedCrl,
  verifyChain,
  verifyCrl,
} from "../../x509/index.ts";
import type { DcapFacts } from "../evidence/dcap.ts";
import { type AuthenticSgx, type EndorsedSgx, enclaveDebug } from "../evidence/sgx.ts";
import type { AuthenticTdx, EndorsedTdx } from "../evidence/tdx.ts";
import { type Collateral, type Dated, decodeCollateral, type QeIdentity, type Signed } from "./collateral.ts";
import { type CollateralPart, DcapError, type DcapRole } from "./error.ts";
import { decodePckChain, decodePckFacts, type PckFacts } from "./pck.ts";
import { decodeQuote, type Quote, type SgxReport, type TdxReport } from "./quote.ts";
import { judgeTcb } from "./tcb.ts";

/** An SGX quote or a TDX quote, with Intel's collateral. */
export type EndorsedDcap = EndorsedSgx | EndorsedTdx;

/** The type of the facts about a verified quote, for each kind of evidence. */
interface AuthenticDcap {
  readonly sgx: AuthenticSgx;
  readonly tdx: AuthenticTdx;
}

/**
 * Verifies a quote as of `atMs` (Unix milliseconds). `root` is {@link intelRoot}, except in tests.
 * @throws {@link ProtocolError} if the quote is not authentic or matches no TCB level
 */
export function verifyDcap<E extends EndorsedDcap>(
  crypto: Crypto,
  root: TrustedRoot,
  atMs: number,
  evidence: E,
): AuthenticDcap[E["kind"]] {
  const quote = decodeQuote(evidence.quote);
  if (quote.body.tee !== evidence.kind) throw new DcapError({ code: "dcap/wrong-kind" });
  const pckChain = verifyPckChain(crypto, root, atMs, quote);
  verifyQuoteSignatures(crypto, pckChain.leaf, quote);
  const collateral = decodeCollateral(evidence.collateral);
  const dates = verifyCollateral(crypto, root, atMs, collateral, pckChain);
  const pck = decodePckFacts(pckChain.leaf);
  assertBelongTogether(collateral, pck, quote);
  assertQe(collateral.qeIdentity.value, quote.qe);
  return authentic(collateral, pck, quote, dates) as AuthenticDcap[E["kind"]]; // the kind matches the quote
}

/**
 * Verifies the certificates that a quote contains for its platform's key. Does not check whether they are
 * revoked, because that needs collateral.
 * @throws {@link DcapError}, {@link X509Error}, {@link Asn1Error}
 */
export function verifyPckChain(crypto: Crypto, root: TrustedRoot, atMs: number, quote: Quote): VerifiedChain {
  const chain = verifyChain(crypto, root, atMs, decodePckChain(quote));
  const [ca, ...above] = chain.issuers;
  assertRole(chain.leaf, "pck");
  assertRole(ca, "pck-ca");
  assertRootOnly(above, "pck-ca");
  return chain;
}

const roles: Readonly<Record<DcapRole, readonly string[]>> = {
  pck: ["Intel SGX PCK Certificate"],
  "pck-ca": ["Intel SGX PCK Processor CA", "Intel SGX PCK Platform CA"],
  "tcb-signing": ["Intel SGX TCB Signing"],
};

function assertRole(
  certificate: Certificate | undefined,
  role: DcapRole,
): asserts certificate is Certificate {
  const name = certificate && commonName(certificate.subject);
  if (name === undefined || !roles[role].includes(name))
    throw new DcapError({ code: "dcap/wrong-role", role });
}

/**
 * Checks that the root itself issued a certificate. `above` contains the certificate's issuers, and each of
 * them must be self-issued. The caller can then look the certificate up in the root's revocation list alone.
 */
function assertRootOnly(above: readonly Certificate[], role: DcapRole): void {
  if (above.some(({ issuer, subject }) => !equal(issuer, subject)))
    throw new DcapError({ code: "dcap/wrong-role", role });
}

/**
 * The earliest expiry of certificates and collateral, and the oldest issue date of collateral. The issue date
 * of the root's revocation list does not count.
 */
type Dates = Pick<AuthenticSgx, "validUntilMs" | "collateralIssuedMs">;

function verifyCollateral(
  crypto: Crypto,
  root: TrustedRoot,
  atMs: number,
  collateral: Collateral,
  pck: VerifiedChain,
): Dates {
  const { rootCrl, pckCrl, tcbInfo, qeIdentity } = collateral;
  const [ca] = pck.issuers as [Certificate];
  const byRoot = verifyCrl(crypto, { ...root, keyUsage: undefined }, atMs, rootCrl);
  const byCa = verifyCrl(crypto, ca, atMs, pckCrl);
  assertNotRevoked(byCa, pck.leaf, "pck");
  assertNotRevoked(byRoot, ca, "pck-ca");
  const tcbChain = verifyTcbSigning(crypto, root, atMs, byRoot, tcbInfo.chain);
  const qeChain =
    qeIdentity.chain === tcbInfo.chain
      ? tcbChain
      : verifyTcbSigning(crypto, root, atMs, byRoot, qeIdentity.chain);
  verifySigned(crypto, tcbChain, atMs, tcbInfo, "tcb-info");
  verifySigned(crypto, qeChain, atMs, qeIdentity, "qe-identity");
  const [info, identity] = [tcbInfo.value, qeIdentity.value];
  const ends = [pck, tcbChain, qeChain].map(({ validUntilMs }) => validUntilMs);
  return {
    validUntilMs: Math.min(
      ...ends,
      byRoot.nextUpdateMs,
      byCa.nextUpdateMs,
      info.nextUpdate,
      identity.nextUpdate,
    ),
    collateralIssuedMs: Math.min(byCa.thisUpdateMs, info.issueDate, identity.issueDate),
  };
}

function assertNotRevoked(crl: VerifiedCrl, { serial }: Certificate, role: DcapRole): void {
  if (crl.isRevoked(serial)) throw new DcapError({ code: "dcap/revoked", role });
}

function verifyTcbSigning(
  crypto: Crypto,
  root: TrustedRoot,
  atMs: number,
  rootCrl: VerifiedCrl,
  certificates: readonly Certificate[],
): VerifiedChain {
  const chain = verifyChain(crypto, root, atMs, certificates);
  assertRole(chain.leaf, "tcb-signing");
  assertRootOnly(chain.issuers, "tcb-signing");
  assertNotRevoked(rootCrl, chain.leaf, "tcb-signing");
  return chain;
}

function verifySigned(
  crypto: Crypto,
  { leaf }: VerifiedChain,
  atMs: number,
  signed: Signed<Dated>,
  part: CollateralPart,
): void {
  const { publicKey } = leaf;
  if (publicKey.kind !== "p256" || !crypto.p256.verify(publicKey.point, signed.bytes, signed.signature))
    throw new DcapError({ code: "dcap/bad-collateral-signature", part });
  if (!(signed.value.issueDate <= atMs)) throw new DcapError({ code: "dcap/collateral-not-yet-valid", part });
  if (!(atMs <= signed.value.nextUpdate)) throw new DcapError({ code: "dcap/collateral-expired", part });
}

/** Verifies each step: platform's key → quoting enclave's report → attestation key → quote. */
function verifyQuoteSignatures(crypto: Crypto, { publicKey }: Certificate, quote: Quote): void {
  const { qe, attestationKey } = quote;
  if (publicKey.kind !== "p256" || !crypto.p256.verify(publicKey.point, qe.bytes, quote.qeSignature))
    throw new DcapError({ code: "dcap/bad-qe-report-signature" });
  const binding = concat(crypto.sha256(concat(attestationKey, quote.qeAuthData)), new Uint8Array(32));
  if (!equal(qe.reportData, binding)) throw new DcapError({ code: "dcap/attestation-key-not-bound" });
  if (!crypto.p256.verify(concat(Uint8Array.of(4), attestationKey), quote.signed, quote.signature))
    throw new DcapError({ code: "dcap/bad-quote-signature" });
}

function assertBelongTogether({ tcbInfo, qeIdentity }: Collateral, pck: PckFacts, quote: Quote): void {
  const { tee } = quote.body;
  const mismatch = (what: "tee" | "fmspc" | "pce-id" | "qe") =>
    new DcapError({ code: "dcap/collateral-mismatch", what });
  if (tcbInfo.value.tee !== tee) throw mismatch("tee");
  if (!equal(tcbInfo.value.fmspc, pck.fmspc)) throw mismatch("fmspc");
  if (!equal(tcbInfo.value.pceId, pck.pceId)) throw mismatch("pce-id");
  if (qeIdentity.value.id !== (tee === "sgx" ? "QE" : "TD_QE")) throw mismatch("qe");
}

/**
 * Checks that Intel made the quoting enclave. The vulnerable verifier in CVE-2026-22696 lacked this check.
 */
function assertQe(identity: QeIdentity, qe: SgxReport): void {
  const mismatch = (field: string) => new DcapError({ code: "dcap/qe-mismatch", field });
  if (!equalUnder(identity.miscselectMask, qe.miscSelect, identity.miscselect)) throw mismatch("miscselect");
  if (!equalUnder(identity.attributesMask, qe.attributes, identity.attributes)) throw mismatch("attributes");
  if (!equal(qe.mrsigner, identity.mrsigner)) throw mismatch("mrsigner");
  if (qe.isvProdId !== identity.isvprodid) throw mismatch("isvprodid");
}

function equalUnder(mask: Uint8Array, have: Uint8Array, want: Uint8Array): boolean {
  return mask.every((bits, i) => ((have[i] as number) & bits) === want[i]);
}

function authentic(
  collateral: Collateral,
  pck: PckFacts,
  quote: Quote,
  dates: Dates,
): AuthenticSgx | AuthenticTdx {
  const [info, identity] = [collateral.tcbInfo.value, collateral.qeIdentity.value];
  const { status, qeStatus, advisories, tcbDateMs } = judgeTcb(info, identity, pck, quote);
  const facts: DcapFacts = {
    fmspc: toHex(pck.fmspc),
    ppid: toHex(pck.ppid),
    tcbEvaluationDataNumber: info.tcbEvaluationDataNumber,
    qeTcbStatus: qeStatus,
    collateralIssuedMs: dates.collateralIssuedMs,
    tcbDateMs,
  };
  const common = {
    tcbStatus: status,
    advisories,
    validUntilMs: dates.validUntilMs,
    reportData: quote.body.reportData.slice(),
    ...facts,
  };
  return quote.body.tee === "sgx"
    ? { ...common, ...sgxFacts(quote.body) }
    : { ...common, ...tdxFacts(quote.body) };
}

type Own<T> = Omit<T, "tcbStatus" | "advisories" | "validUntilMs" | "reportData" | keyof DcapFacts>;

function sgxFacts(report: SgxReport): Own<AuthenticSgx> {
  const { isvProdId, isvSvn } = report;
  const attributes = leU64(report.attributes.subarray(0, 8));
  return {
    kind: "sgx",
    measurements: { mrenclave: toHex(report.mrenclave), mrsigner: toHex(report.mrsigner) },
    debug: (attributes & enclaveDebug) !== 0n,
    isvProdId,
    isvSvn,
    attributes,
    xfrm: leU64(report.attributes.subarray(8)),
    miscSelect: decodeAll(report.miscSelect, (r) => r.u32()),
  };
}

function leU64(bytes: Uint8Array): bigint {
  return decodeAll(bytes, (r) => r.u64());
}

/**
 * The first eight attributes: debug, three kinds of profiling, and four undefined bits. If any of them is
 * set, Intel says that the TD must not be trusted (TUD, "TD under debug").
 * @see https://cdrdv2.intel.com/v1/dl/getContent/733579 (TDX module ABI, ATTRIBUTES)
 */
const underDebug = 0xffn;

function tdxFacts(report: TdxReport): Own<AuthenticTdx> {
  const { tdAttributes, xfam } = report;
  return {
    kind: "tdx",
    measurements: {
      mrtd: toHex(report.mrTd),
      mrconfigid: toHex(report.mrConfigId),
      mrowner: toHex(report.mrOwner),
      mrownerconfig: toHex(report.mrOwnerConfig),
      ...Object.fromEntries(report.rtmrs.map((rtmr, i) => [`rtmr${i}`, toHex(rtmr)])),
      mrseam: toHex(report.mrSeam),
      mrsignerseam: toHex(report.mrSignerSeam),
    },
    debug: (tdAttributes & underDebug) !== 0n,
    tdAttributes,
    xfam,
    mrServiceTd: report.mrServiceTd && toHex(report.mrServiceTd),
  };
}
