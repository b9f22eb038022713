/**
 * Intel's attestation service for EPID quotes, as workers of 2020 used it: `GET sigrl/<group>` for the
 * revocation list of the processor's group, `POST report` with the quote, the answer signed in headers. Intel
 * has retired it: the service ended on 2 April 2025, and the certificate its reports are signed with expired
 * on 20 November 2026, so a report verifies only as of a time before that. Kept for replaying what was,
 * against a server that records.
 * @see https://gramine.readthedocs.io/en/v1.8/attestation.html
 */
import { decodeEpidQuote, epidQuoteLength } from "@pruntime/core/attestation";
import { toHex } from "@pruntime/core/bytes";
import { CollateralError } from "./error.ts";
import { chainOf, fetchBounded, textOf } from "./fetch.ts";

export interface IasOptions {
  /**
   * E.g. `https://api.trustedservices.intel.com/sgx/dev`, the base that 2020 used. There is no default:
   * nobody answers there any more.
   */
  readonly baseUrl: string;
  /** The service provider id that quotes are made for, 16 bytes, lower-case hex. */
  readonly spid: string;
  /** The subscription key. */
  readonly key: string;
  readonly timeoutMs: number;
}

/** A signed report. */
export interface IasReport {
  /** JSON text as it was signed. */
  readonly report: string;
  /** Base64. */
  readonly signature: string;
  /** The signing certificate, base64 of its DER. */
  readonly certificate: string;
}

const maxReportBytes = 64 * 1024;

/** @throws {@link CollateralError} */
export async function fetchIasReport(options: IasOptions, quote: Uint8Array): Promise<IasReport> {
  const { group } = readEpidQuote(options, quote);
  await fetchSigrl(options, group);
  return await fetchReport(options, quote);
}

function readEpidQuote({ spid }: IasOptions, quote: Uint8Array): { readonly group: string } {
  if (quote.length < epidQuoteLength)
    throw new CollateralError({ code: "collateral/not-fetched", why: "no EPID quote" });
  const { version, groupId, basename } = decodeEpidQuote(quote.subarray(0, epidQuoteLength));
  if (version > 2) throw new CollateralError({ code: "collateral/not-fetched", why: "no EPID quote" });
  if (toHex(basename.subarray(0, 16)) !== spid)
    throw new CollateralError({ code: "collateral/not-fetched", why: "made for another service provider" });
  return { group: groupId.toString(16).padStart(8, "0") };
}

/**
 * Whether the group is known and good enough to be asked about; the list itself concerned whoever made the
 * quote.
 */
async function fetchSigrl({ baseUrl, key, timeoutMs }: IasOptions, group: string): Promise<void> {
  const url = `${trimmed(baseUrl)}/attestation/v3/sigrl/${group}`;
  const headers = { "ocp-apim-subscription-key": key };
  await fetchBounded({ part: "sigrl", url, headers, maxBytes: maxReportBytes, timeoutMs });
}

async function fetchReport({ baseUrl, key, timeoutMs }: IasOptions, quote: Uint8Array): Promise<IasReport> {
  const part = "report";
  const fetched = await fetchBounded({
    part,
    url: `${trimmed(baseUrl)}/attestation/v3/report`,
    headers: { "ocp-apim-subscription-key": key },
    json: { isvEnclaveQuote: Buffer.from(quote).toString("base64") },
    maxBytes: maxReportBytes,
    timeoutMs,
  });
  const [first = ""] = chainOf(fetched, part, ["x-iasreport-signing-certificate"]).split(
    "-----END CERTIFICATE-----",
  );
  const signature = fetched.headers.get("x-iasreport-signature") ?? "";
  const report = textOf(fetched, part);
  if (!/^[A-Za-z0-9+/]{128,1024}={0,2}$/.test(signature) || !isAbout(quote, report))
    throw new CollateralError({ code: "collateral/garbage", part });
  return {
    report,
    signature,
    certificate: first.replace("-----BEGIN CERTIFICATE-----", "").replace(/\s/g, ""),
  };
}

/**
 * A report repeats the quote's body. Who verifies it will look again; here it keeps a mixed-up answer from
 * being passed on.
 */
function isAbout(quote: Uint8Array, report: string): boolean {
  const [, body = ""] = /"isvEnclaveQuoteBody":"([A-Za-z0-9+/=]+)"/.exec(report) ?? [];
  return Buffer.from(body, "base64").equals(Buffer.from(quote.subarray(0, epidQuoteLength)));
}

function trimmed(baseUrl: string): string {
  return baseUrl.replace(/\/+$/, "");
}
