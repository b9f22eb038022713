/**
 * The report that Azure's paravisor (HCL) stores in the vTPM: header 32 | hardware's report, padded to 1184 |
 * claims' header 20 | claims, JSON | zeros. Integers are little-endian. This file checks the syntax only.
 * @see
 * https://learn.microsoft.com/en-us/azure/confidential-computing/guest-attestation-confidential-virtual-machines-design
 */
import { equal, fromBase64Url, fromUtf8, utf8 } from "../../bytes/index.ts";
import { isRsaKey, type RsaPublicKey } from "../../crypto/index.ts";
import {
  decodeJson,
  type JsonLimits,
  jsonArray,
  jsonObject,
  jsonOptional,
  jsonString,
} from "../../json/index.ts";
import { Reader } from "../../scale/index.ts";
import { AzureError } from "./error.ts";

/** A decoded report. It is not verified. */
export interface HclReport {
  readonly hardware: "snp" | "tdx";
  /**
   * On SNP, the signed report. On TDX, a report that only the machine that made it could verify, so the
   * evidence contains a quote as well.
   */
  readonly hardwareReport: Uint8Array;
  /** The claims, as JSON. The hardware's report data is the SHA-256 of these bytes, then 32 zero bytes. */
  readonly claims: Uint8Array;
}

const magic = utf8("HCLA");
const hardwareReportLength = 1184;
const headersLength = 32 + 20;
const requestTypeReport = 2;
const hashSha256 = 1;
const hardwares: Readonly<Record<number, "snp" | "tdx">> = { 2: "snp", 4: "tdx" };

/** Reads a report and the zeros after it. @throws {@link AzureError}, CodecError */
export function decodeHclReport(bytes: Uint8Array): HclReport {
  const r = new Reader(bytes);
  const length = readHeader(r);
  const hardwareReport = r.take(hardwareReportLength);
  const [dataLength, version, type, hash, claimsLength] = [r.u32(), r.u32(), r.u32(), r.u32(), r.u32()];
  const hardware = hardwares[type];
  if (version !== 1) throw bad("version of the claims");
  if (hardware === undefined) throw bad("hardware");
  if (hash !== hashSha256) throw bad("hash");
  if (dataLength !== claimsLength + 20 || length !== hardwareReportLength + headersLength + claimsLength)
    throw bad("length");
  const claims = r.take(claimsLength);
  if (r.take(r.left).some((byte) => byte !== 0)) throw bad("padding");
  return { hardware, hardwareReport, claims };
}

/** Returns the stated length of the report, which does not count the zeros at the end. */
function readHeader(r: Reader): number {
  if (!equal(r.take(4), magic)) throw bad("magic");
  const version = r.u32();
  if (version !== 1 && version !== 2) throw bad("version");
  const length = r.u32();
  if (r.u32() !== requestTypeReport) throw bad("request type");
  if (r.take(16).some((byte) => byte !== 0)) throw bad("status");
  return length;
}

function bad(what: string): AzureError {
  return new AzureError({ code: "azure/bad-report", what });
}

/**
 * The JSON of a paravisor's claims.
 * @limit characters, levels
 * @source chosen: genuine claims are much smaller
 * @past `json/too-long` or `json/too-deep`
 */
const limits: JsonLimits = { maxLength: 16 * 1024, maxDepth: 8 };
const text = jsonString(1024);
const keysShape = jsonObject(
  {
    keys: jsonArray(
      jsonObject({ kid: text, kty: text, n: jsonOptional(text), e: jsonOptional(text) }, "ignored"),
      16,
    ),
  },
  "ignored",
);

/**
 * Reads the claims, and returns the public key that verifies the vTPM's quotes.
 * @throws {@link AzureError}, JsonError, BytesError
 */
export function attestationKey(claims: Uint8Array): RsaPublicKey {
  const { keys } = decodeJson(fromUtf8(claims), keysShape, limits);
  const found = keys.filter(({ kid }) => kid === "HCLAkPub");
  const [{ kty, n = "", e = "" } = { kty: "" }] = found;
  const key = { modulus: fromBase64Url(n), exponent: fromBase64Url(e) };
  if (found.length !== 1 || kty !== "RSA" || !isRsaKey(key)) throw new AzureError({ code: "azure/no-ak" });
  return key;
}
