/**
 * Intel's attestation service for EPID quotes, as workers of 2020 used it: `GET sigrl/<group>` returns the
 * revocation list of the processor's group, and `POST report` with the quote returns a report with its
 * signature in headers. Intel shut the service down on 2 April 2025. The certificate of its reports expired
 * on 20 November 2026, so verifiers accept a report only as of an earlier time. This code is for replays with
 * a server that has recorded answers.
 * @see https://gramine.readthedocs.io/en/v1.8/attestation.html
 */
import { decodeEpidQuote, epidQuoteLength } from "@pruntime/core/attestation";
import { toHex } from "@pruntime/core/bytes";
import { CollateralError } from "./error.ts";
import { chainOf, fetchBounded, textOf } from "./fetch.ts";

/** The attestation service, and the credentials for it. */
export interface IasOptions {
  /**
   * For example `https://api.trustedservices.intel.com/sgx/dev`, the URL of 2020. There is no default,
   * because that server no longer answers.
   */
  readonly baseUrl: string;
  /** The service provider id in the quotes, 16 bytes as lower-case hex. */
  readonly spid: string;
  /** The key of the subscription to the service. */
  readonly key: string;
  readonly timeoutMs: number;
}

/** A signed attestation report. */
export interface IasReport {
  /** The JSON text exactly as signed. */
  readonly report: string;
  /** The signature over the report, in base64. */
  readonly signature: string;
  /** The signing certificate, base64 of its DER. */
  readonly certificate: string;
}

/**
 * A response of Intel's attestation service.
 * @limit bytes
 * @source chosen: genuine reports are much smaller
 * @past `collateral/too-large`
 */
const maxReportBytes = 64 * 1024;

/** Requests the report about an EPID quote. @throws {@link CollateralError} */
export async function fetchIasReport(options: IasOptions, quote: Uint8Array): Promise<IasReport> {
  const { group } = readEpidQuote(options, quote);
  await fetchSigrl(options, group);
  return await fetchReport(options, quote);
}

function readEpidQuote({ spid }: IasOptions, quote: Uint8Array): { readonly group: string } {
  if (quote.length < epidQuoteLength)
    throw new CollateralError({ code: "collateral/not-fetched", why: "the quote is not an EPID quote" });
  const { version, groupId, basename } = decodeEpidQuote(quote.subarray(0, epidQuoteLength));
  if (version > 2)
    throw new CollateralError({ code: "collateral/not-fetched", why: "the quote is not an EPID quote" });
  if (toHex(basename.subarray(0, 16)) !== spid)
    throw new CollateralError({
      code: "collateral/not-fetched",
      why: "the quote was made for another service provider",
    });
  return { group: groupId.toString(16).padStart(8, "0") };
}

/**
 * Requests the revocation list, only to check that the service knows the group. The list itself matters only
 * to the enclave that makes a quote.
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
 * Whether a report contains the quote's body. Verifiers check this again. Here, the check only rejects a
 * report that answers another request.
 */
function isAbout(quote: Uint8Array, report: string): boolean {
  const [, body = ""] = /"isvEnclaveQuoteBody":"([A-Za-z0-9+/=]+)"/.exec(report) ?? [];
  return Buffer.from(body, "base64").equals(Buffer.from(quote.subarray(0, epidQuoteLength)));
}

function trimmed(baseUrl: string): string {
  return baseUrl.replace(/\/+$/, "");
}
