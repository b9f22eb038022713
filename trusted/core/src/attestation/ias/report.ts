/**
 * Reports of Intel's attestation service for EPID: JSON that contains the enclave's quote, which Intel
 * checked. Reports from versions 2 to 5 of the service state the version. Reports from early 2018 state no
 * version, but have the same other fields.
 * @see https://www.intel.com/content/dam/develop/public/us/en/documents/sgx-attestation-api-spec.pdf
 * (Attestation Verification Report)
 */
import { fromUtf8 } from "../../bytes/index.ts";
import {
  decodeJson,
  type JsonLimits,
  jsonArray,
  jsonBase64,
  jsonObject,
  jsonOptional,
  jsonString,
  jsonU32,
} from "../../json/index.ts";
import { decodeAll, type Reader } from "../../scale/index.ts";
import type { EnclaveFacts } from "../evidence/sgx.ts";
import { IasError } from "./error.ts";

/** A decoded report. It is not verified. */
export interface IasReport {
  /** Unix milliseconds: the time when Intel signed the report. */
  readonly timestampMs: number;
  readonly quoteStatus: string;
  /** Ids such as `INTEL-SA-00334`, in the report's order. */
  readonly advisories: readonly string[];
  readonly quote: EpidQuote;
}

/** An EPID quote without its signature. Only Intel's service could check the signature. */
export interface EpidQuote {
  readonly version: number;
  /** The EPID group of the platform. */
  readonly groupId: number;
  /** 32 bytes. The first 16 identify the service provider for which the quote was made. */
  readonly basename: Uint8Array;
  readonly enclave: EnclaveFacts;
  readonly mrenclave: Uint8Array;
  readonly mrsigner: Uint8Array;
  readonly reportData: Uint8Array;
}

/**
 * The JSON of a report of Intel's attestation service.
 * @limit characters, levels
 * @source chosen: genuine reports are much smaller
 * @past `json/too-long` or `json/too-deep`
 */
const limits: JsonLimits = { maxLength: 16 * 1024, maxDepth: 4 };

/** Ignores unknown fields. Intel has added fields over time, and Intel's signature covers them too. */
const shape = jsonObject(
  {
    version: jsonOptional(jsonU32),
    timestamp: jsonString(32),
    isvEnclaveQuoteStatus: jsonString(64),
    isvEnclaveQuoteBody: jsonBase64(1024),
    advisoryIDs: jsonOptional(jsonArray(jsonString(64), 256)),
  },
  "ignored",
);

/** Reads a report's JSON. @throws {@link IasError}, JsonError, BytesError */
export function decodeIasReport(bytes: Uint8Array): IasReport {
  const { version, timestamp, ...report } = decodeJson(fromUtf8(bytes), shape, limits);
  if (version !== undefined && (version < 2 || version > 5))
    throw new IasError({ code: "ias/unsupported-version", version });
  return {
    timestampMs: timestampMs(timestamp),
    quoteStatus: report.isvEnclaveQuoteStatus,
    advisories: report.advisoryIDs ?? [],
    quote: decodeEpidQuote(report.isvEnclaveQuoteBody),
  };
}

/** Reads a UTC time with microseconds and without a time zone: `2021-09-12T18:06:20.402478`. */
function timestampMs(text: string): number {
  const ms = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}$/.test(text)
    ? Date.parse(`${text.slice(0, 23)}Z`)
    : Number.NaN;
  if (Number.isNaN(ms) || new Date(ms).toISOString() !== `${text.slice(0, 23)}Z`)
    throw new IasError({ code: "ias/bad-timestamp" });
  return ms;
}

/** The number of bytes of an EPID quote that its signature covers. */
export const epidQuoteLength = 432;

/**
 * Reads an EPID quote without its signature: header 48 | enclave's report 384.
 * @throws {@link IasError} `ias/bad-quote-body`
 */
export function decodeEpidQuote(bytes: Uint8Array): EpidQuote {
  if (bytes.length !== epidQuoteLength)
    throw new IasError({ code: "ias/bad-quote-body", length: bytes.length });
  return decodeAll(bytes, readEpidQuote);
}

function readEpidQuote(r: Reader): EpidQuote {
  const version = r.u16();
  r.skip(2); // sign type
  const groupId = r.u32();
  r.skip(8); // SVNs of the quoting enclave and the PCE, extended EPID group
  const basename = r.take(32);
  r.skip(16); // CPU SVN
  const miscSelect = r.u32();
  r.skip(28);
  const [attributes, xfrm] = [r.u64(), r.u64()];
  const mrenclave = r.take(32);
  r.skip(32);
  const mrsigner = r.take(32);
  r.skip(96);
  const [isvProdId, isvSvn] = [r.u16(), r.u16()];
  r.skip(60);
  const enclave = { isvProdId, isvSvn, attributes, xfrm, miscSelect };
  return { version, groupId, basename, enclave, mrenclave, mrsigner, reportData: r.take(64) };
}
