/**
 * Quotes of Intel's quoting enclaves: version 3 for SGX, versions 4 and 5 for SGX or TDX. This file checks
 * the syntax only.
 *
 * The layout, with lengths in bytes:
 *
 * quote = header (48) | in version 5: body type (u16), body length (u32) | body | outer length (u32) | outer
 *
 * outer = quote signature (64) | attestation key (64) | in versions 4 and 5: 6 (u16), inner length (u32) |
 * inner
 *
 * inner = QE report (384) | QE signature (64) | authentication data length (u16) | authentication data |
 * certification data type (u16) | certification data length (u32) | certification data
 *
 * @see
 * https://download.01.org/intel-sgx/latest/dcap-latest/linux/docs/Intel_TDX_DCAP_Quoting_Library_API.pdf,
 * appendix 3
 */
import { equal, fromHex } from "../../bytes/index.ts";
import { Reader } from "../../scale/index.ts";
import { evidenceLimits } from "../evidence/limits.ts";
import { DcapError } from "./error.ts";

/** A decoded quote. It is not verified. */
export interface Quote {
  readonly version: 3 | 4 | 5;
  readonly body: SgxReport | TdxReport;
  /** Header and body: the bytes that the attestation key signed. */
  readonly signed: Uint8Array;
  /** r ‖ s. */
  readonly signature: Uint8Array;
  /** x ‖ y. */
  readonly attestationKey: Uint8Array;
  readonly qe: SgxReport;
  /** r ‖ s over the QE's report, signed with the platform's certified key. */
  readonly qeSignature: Uint8Array;
  readonly qeAuthData: Uint8Array;
  readonly certificationDataType: number;
  readonly certificationData: Uint8Array;
}

/** A report of an SGX enclave. */
export interface SgxReport {
  readonly tee: "sgx";
  readonly bytes: Uint8Array;
  readonly miscSelect: Uint8Array;
  readonly attributes: Uint8Array;
  readonly mrenclave: Uint8Array;
  readonly mrsigner: Uint8Array;
  readonly isvProdId: number;
  readonly isvSvn: number;
  readonly reportData: Uint8Array;
}

/** A report of a trust domain (TD), which is a TDX guest. */
export interface TdxReport {
  readonly tee: "tdx";
  readonly teeTcbSvn: Uint8Array;
  readonly mrSeam: Uint8Array;
  readonly mrSignerSeam: Uint8Array;
  readonly seamAttributes: Uint8Array;
  readonly tdAttributes: bigint;
  readonly xfam: bigint;
  readonly mrTd: Uint8Array;
  readonly mrConfigId: Uint8Array;
  readonly mrOwner: Uint8Array;
  readonly mrOwnerConfig: Uint8Array;
  readonly rtmrs: readonly Uint8Array[];
  readonly reportData: Uint8Array;
  /** The SVNs of the TDX module that runs now. Like `mrServiceTd`, `undefined` before TDX 1.5. */
  readonly teeTcbSvn2: Uint8Array | undefined;
  readonly mrServiceTd: Uint8Array | undefined;
}

const intelQe = fromHex("939a7233f79c4ca9940a0db3957f0607");
const ecdsaP256 = 2;
const teeSgx = 0;
const teeTdx = 0x81;
const headerLength = 48;

/** Reads a quote. Zeros may follow the quote. @throws {@link DcapError}, {@link CodecError} */
export function decodeQuote(bytes: Uint8Array): Quote {
  if (bytes.length > evidenceLimits.quote)
    throw new DcapError({ code: "dcap/quote-too-long", length: bytes.length, limit: evidenceLimits.quote });
  const r = new Reader(bytes);
  const { version, tee } = readHeader(r);
  const body = readBody(r, bodyType(r, version, tee));
  const signed = bytes.subarray(0, r.offset);
  const auth = new Reader(r.take(r.u32()));
  const padding = r.offset;
  const stray = r.take(r.left).findIndex((byte) => byte !== 0);
  if (stray >= 0) throw new DcapError({ code: "dcap/trailing-bytes", offset: padding + stray });
  return { version, body, signed, ...readAuth(auth, version) };
}

function readHeader(r: Reader): { readonly version: 3 | 4 | 5; readonly tee: number } {
  const start = r.offset;
  const version = r.u16();
  if (version !== 3 && version !== 4 && version !== 5) throw unsupported("version", version);
  const keyType = r.u16();
  if (keyType !== ecdsaP256) throw unsupported("attestation key type", keyType);
  const tee = r.u32();
  if (tee !== teeSgx && !(tee === teeTdx && version > 3)) throw unsupported("tee", tee);
  r.take(4); // v3: the SVNs of QE and PCE, which no rule compares; reserved in later versions
  if (!equal(r.take(16), intelQe)) throw new DcapError({ code: "dcap/unknown-qe-vendor" });
  r.take(headerLength - (r.offset - start));
  return { version, tee };
}

type BodyType = "sgx" | "td10" | "td15";

const bodyLengths: Readonly<Record<BodyType, number>> = { sgx: 384, td10: 584, td15: 648 };
const bodyTypes: readonly (BodyType | undefined)[] = [undefined, "sgx", "td10", "td15"];

function bodyType(r: Reader, version: 3 | 4 | 5, tee: number): BodyType {
  if (version < 5) return tee === teeSgx ? "sgx" : "td10";
  const [type, length] = [r.u16(), r.u32()];
  const body = bodyTypes[type];
  if (body === undefined || (body === "sgx") !== (tee === teeSgx)) throw unsupported("body type", type);
  if (length !== bodyLengths[body]) throw new DcapError({ code: "dcap/bad-length", what: "body", length });
  return body;
}

function readBody(r: Reader, type: BodyType): SgxReport | TdxReport {
  const body = new Reader(r.take(bodyLengths[type]));
  return type === "sgx" ? readSgxReport(body) : readTdxReport(body, type);
}

function readSgxReport(r: Reader): SgxReport {
  r.take(16); // CPU SVN: only the one in the certificate is used
  const miscSelect = r.take(4);
  r.take(28);
  const attributes = r.take(16);
  const mrenclave = r.take(32);
  r.take(32);
  const mrsigner = r.take(32);
  r.take(96);
  const [isvProdId, isvSvn] = [r.u16(), r.u16()];
  r.take(60);
  const reportData = r.take(64);
  return {
    tee: "sgx",
    bytes: r.bytes,
    miscSelect,
    attributes,
    mrenclave,
    mrsigner,
    isvProdId,
    isvSvn,
    reportData,
  };
}

function readTdxReport(r: Reader, type: BodyType): TdxReport {
  const hash = () => r.take(48);
  return {
    tee: "tdx",
    teeTcbSvn: r.take(16),
    mrSeam: hash(),
    mrSignerSeam: hash(),
    seamAttributes: r.take(8),
    tdAttributes: r.u64(),
    xfam: r.u64(),
    mrTd: hash(),
    mrConfigId: hash(),
    mrOwner: hash(),
    mrOwnerConfig: hash(),
    rtmrs: [hash(), hash(), hash(), hash()],
    reportData: r.take(64),
    teeTcbSvn2: type === "td15" ? r.take(16) : undefined,
    mrServiceTd: type === "td15" ? hash() : undefined,
  };
}

type Auth = Omit<Quote, "version" | "body" | "signed">;

function readAuth(r: Reader, version: 3 | 4 | 5): Auth {
  const [signature, attestationKey] = [r.take(64), r.take(64)];
  if (version === 3) return { signature, attestationKey, ...readCertification(r) };
  const type = r.u16();
  if (type !== 6) throw unsupported("outer certification data type", type);
  const inner = new Reader(r.take(r.u32()));
  r.end();
  return { signature, attestationKey, ...readCertification(inner) };
}

function readCertification(r: Reader): Omit<Auth, "signature" | "attestationKey"> {
  const qe = readSgxReport(new Reader(r.take(384)));
  const qeSignature = r.take(64);
  const qeAuthData = r.take(r.u16());
  const certificationDataType = r.u16();
  const certificationData = r.take(r.u32());
  r.end();
  return { qe, qeSignature, qeAuthData, certificationDataType, certificationData };
}

function unsupported(what: string, value: number): DcapError {
  return new DcapError({ code: "dcap/unsupported-quote", what, value });
}
