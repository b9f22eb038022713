/** What comes from the hardware, looked at before it is passed on: a known kind of quote, and the report data that it was asked for. Nothing is verified here. */
import type { Provider } from "@pruntime/api";
import { decodeQuote, decodeSnpReport, type Evidence } from "@pruntime/core/attestation";
import { equal } from "@pruntime/core/bytes";
import { ProtocolError } from "@pruntime/core/errors";
import { QuoteError } from "./error.ts";

/** A DCAP quote of an enclave or a TD. @throws {@link QuoteError} `quote/unknown-format`, `quote/wrong-report-data` */
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

/** A report of SEV-SNP. @throws as {@link intelEvidence} */
export function snpEvidence(provider: Provider, report: Uint8Array, reportData: Uint8Array): Evidence {
  requireReportData(provider, known(provider, () => decodeSnpReport(report)).reportData, reportData);
  return { kind: "snp", report };
}

/** An EPID quote, version 1 or 2: `version u16 ‖ … ‖ report(384) at 48`, which ends with its report data. @throws as {@link intelEvidence} */
export function epidEvidence(quote: Uint8Array, reportData: Uint8Array): Evidence {
  const version = quote.length < 432 ? 0 : (quote[0] ?? 0) | ((quote[1] ?? 0) << 8);
  if (version !== 1 && version !== 2) throw new QuoteError({ code: "quote/unknown-format", provider: "ias" });
  requireReportData("ias", quote.subarray(48 + 320, 48 + 384), reportData);
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

/** What the hardware gave may be of an earlier request, or of somebody else's. */
function requireReportData(provider: Provider, have: Uint8Array, want: Uint8Array): void {
  if (!equal(have, want)) throw new QuoteError({ code: "quote/wrong-report-data", provider });
}
