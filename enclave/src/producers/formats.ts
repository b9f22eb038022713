/** What comes from the hardware, looked at before it is passed on: a known kind of quote, and the report data that it was asked for. Nothing is verified here. */

import type { Provider } from "@pruntime/api";
import type { Quoted } from "@pruntime/core/attestation";
import { equal } from "@pruntime/core/bytes";
import { QuoteError } from "./error.ts";

type IntelKind = "sgx" | "tdx";

/**
 * A DCAP quote: `version u16 ‖ key type u16 ‖ TEE u32 (0 SGX, 0x81 TDX) ‖ …`, the report at 48, or at 54 in version 5; report data are the last 64 bytes of an SGX
 * report (384 bytes) and of a TD report (584, followed in TDX 1.5 by 64 more).
 * @throws {@link QuoteError} `quote/unknown-format`, `quote/wrong-report-data`
 */
export function intelQuoted(provider: Provider, kinds: readonly IntelKind[], quote: Uint8Array, reportData: Uint8Array): Quoted {
  const { kind, at } = intelLayout(quote) ?? {};
  if (kind === undefined || at === undefined || !kinds.includes(kind))
    throw new QuoteError({ code: "quote/unknown-format", provider });
  requireReportData(provider, quote.subarray(at, at + 64), reportData);
  return { kind, quote };
}

/** A DCAP quote of dstack's, with the log that explains its registers. @throws as {@link intelQuoted} */
export function dstackQuoted(quote: Uint8Array, eventLog: Uint8Array, reportData: Uint8Array): Quoted {
  intelQuoted("dstack", ["tdx"], quote, reportData);
  return { kind: "dstack", quote, eventLog };
}

function intelLayout(quote: Uint8Array): { readonly kind: IntelKind; readonly at: number } | undefined {
  if (quote.length < 48 + 384) return undefined;
  const view = new DataView(quote.buffer, quote.byteOffset, quote.byteLength);
  const [version, tee] = [view.getUint16(0, true), view.getUint32(4, true)];
  if (version === 3 && tee === 0) return { kind: "sgx", at: 48 + 320 };
  if (version === 4 && tee === 0x81) return { kind: "tdx", at: 48 + 520 };
  const type = version === 5 ? view.getUint16(48, true) : 0;
  if (tee === 0x81 && (type === 2 || type === 3)) return { kind: "tdx", at: 54 + 520 };
  return undefined;
}

/** An EPID quote, version 1 or 2; its report is where that of a DCAP quote is. @throws as {@link intelQuoted} */
export function epidQuoted(quote: Uint8Array, reportData: Uint8Array): Quoted {
  const version = quote.length < 432 ? 0 : (quote[0] ?? 0) | ((quote[1] ?? 0) << 8);
  if (version !== 1 && version !== 2) throw new QuoteError({ code: "quote/unknown-format", provider: "ias" });
  requireReportData("ias", quote.subarray(48 + 320, 48 + 384), reportData);
  return { kind: "ias", quote };
}

/** A SEV-SNP report, version 2 to 5, 1184 bytes; report data at 0x50. @throws as {@link intelQuoted} */
export function snpQuoted(provider: Provider, report: Uint8Array, reportData: Uint8Array): Quoted {
  const version = report.length === 1184 ? new DataView(report.buffer, report.byteOffset).getUint32(0, true) : 0;
  if (version < 2 || version > 5) throw new QuoteError({ code: "quote/unknown-format", provider });
  requireReportData(provider, report.subarray(0x50, 0x90), reportData);
  return { kind: "snp", report };
}

/** What the hardware gave may be of an earlier request, or of somebody else's. */
function requireReportData(provider: Provider, have: Uint8Array, want: Uint8Array): void {
  if (!equal(have, want)) throw new QuoteError({ code: "quote/wrong-report-data", provider });
}
