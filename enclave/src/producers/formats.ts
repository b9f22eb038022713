/**
 * Checks what the hardware returns before the enclave passes it on: it must be a supported kind of quote and
 * contain the requested report data. Signatures are not verified here.
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
 * Checks a DCAP quote of an SGX enclave or of a TDX guest (TD), and returns the quote as evidence.
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

/**
 * Checks a TD's quote from dstack, and returns it with the event log, which explains the quote's registers.
 * @throws as {@link intelEvidence}
 */
export function dstackEvidence(quote: Uint8Array, eventLog: Uint8Array, reportData: Uint8Array): Evidence {
  intelEvidence("dstack", "tdx", quote, reportData);
  return { kind: "dstack", quote, eventLog };
}

/** Checks an SEV-SNP report, and returns it as evidence. @throws as {@link intelEvidence} */
export function snpEvidence(provider: Provider, report: Uint8Array, reportData: Uint8Array): Evidence {
  requireReportData(provider, known(provider, () => decodeSnpReport(report)).reportData, reportData);
  return { kind: "snp", report };
}

/**
 * Checks an EPID quote, version 1 or 2 with its signature, and returns it as evidence.
 * @throws as {@link intelEvidence}
 */
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
