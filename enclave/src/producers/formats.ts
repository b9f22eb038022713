/**
 * Checks what the hardware returns before it is passed on: it must be a known kind of quote and carry the
 * requested report data. Signatures are not verified here.
 */
import type { Provider } from "@pruntime/api";
import {
  decodeEpidQuote,
  decodeQuote,
  decodeSnpReport,
  type Evidence,
  epidQuoteLength,
} from "@pruntime/core/attestation";
import { equal } from "@pruntime/core/bytes";
import { ProtocolError } from "@pruntime/core/errors";
import { QuoteError } from "./error.ts";

/**
 * A DCAP quote of an enclave or a TD.
 * @throws {@link QuoteError} `quote/unknown-format`, `quote/wrong-report-data`
 */
export function intelEvidence(
  provider: Provider,
  tee: "sgx" | "tdx",
  quote: Uint8Array,
  reportData: Uint8Array,
): Evidence {
  const { body } = known(provider, () => decodeQuote(quote));
  if (body.tee !== tee) throw new QuoteError({ code: "quote/unknown-format", provider });
  requireReportData(provider, body.reportData, reportData);
  return { kind: tee, quote };
}

/** A TD's quote from dstack, with the log that explains its registers. @throws as {@link intelEvidence} */
export function dstackEvidence(quote: Uint8Array, eventLog: Uint8Array, reportData: Uint8Array): Evidence {
  intelEvidence("dstack", "tdx", quote, reportData);
  return { kind: "dstack", quote, eventLog };
}

/** An SEV-SNP report. @throws as {@link intelEvidence} */
export function snpEvidence(provider: Provider, report: Uint8Array, reportData: Uint8Array): Evidence {
  requireReportData(provider, known(provider, () => decodeSnpReport(report)).reportData, reportData);
  return { kind: "snp", report };
}

/** An EPID quote, version 1 or 2, with its signature. @throws as {@link intelEvidence} */
export function epidEvidence(quote: Uint8Array, reportData: Uint8Array): Evidence {
  const decoded = known("ias", () => decodeEpidQuote(quote.subarray(0, epidQuoteLength)));
  if (decoded.version !== 1 && decoded.version !== 2)
    throw new QuoteError({ code: "quote/unknown-format", provider: "ias" });
  requireReportData("ias", decoded.reportData, reportData);
  return { kind: "ias", quote };
}

function known<T>(provider: Provider, decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    if (!(cause instanceof ProtocolError)) throw cause;
    throw new QuoteError({ code: "quote/unknown-format", provider }, { cause });
  }
}

/** Refuses a quote that was made for an earlier request or for another caller. */
function requireReportData(provider: Provider, have: Uint8Array, want: Uint8Array): void {
  if (!equal(have, want)) throw new QuoteError({ code: "quote/wrong-report-data", provider });
}
