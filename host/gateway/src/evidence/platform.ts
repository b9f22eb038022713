/**
 * Reads evidence to find which collateral to fetch, and collateral to find when it expires. Nothing is
 * verified here. If evidence is forged, the gateway fetches endorsements that do not match it, and every
 * verifier rejects the evidence.
 */
import {
  decodeCollateral,
  decodePckChain,
  decodePckFacts,
  decodeQuote,
  decodeSnpReport,
  productOf,
  type SnpProduct,
  type TcbPart,
  tcbLayouts,
} from "@pruntime/core/attestation";
import { toHex, utf8 } from "@pruntime/core/bytes";
import { ProtocolError } from "@pruntime/core/errors";
import { commonName } from "@pruntime/core/x509";
import { CollateralError } from "./error.ts";
import type { Chip } from "./kds.ts";
import type { Platform, QuoteCollateral } from "./pccs.ts";

const cas: Readonly<Record<string, Platform["ca"]>> = {
  "Intel SGX PCK Processor CA": "processor",
  "Intel SGX PCK Platform CA": "platform",
};

/**
 * The platform of an Intel quote.
 * @throws {@link CollateralError} `collateral/not-fetched` for a malformed quote, and for a quote without the
 * PCK certificates of its platform. Only a request with the platform's encrypted id could find them.
 */
export function platformOf(quote: Uint8Array): Platform {
  return readable("the quote holds no PCK certificate", () => {
    const decoded = decodeQuote(quote);
    const [pck] = decodePckChain(decoded);
    const ca = cas[(pck && commonName(pck.issuer)) ?? ""];
    if (pck === undefined || ca === undefined) return undefined;
    return { tee: decoded.body.tee, fmspc: toHex(decodePckFacts(pck).fmspc), ca };
  });
}

/**
 * The earliest time at which a part of the collateral expires, in Unix milliseconds. Returns 0 for unreadable
 * collateral, so the cache does not keep it.
 */
export function expiryOf(collateral: QuoteCollateral): number {
  try {
    const { tcbInfo, qeIdentity, pckCrl, rootCrl } = decodeCollateral(utf8(JSON.stringify(collateral)));
    return Math.min(
      tcbInfo.value.nextUpdate,
      qeIdentity.value.nextUpdate,
      pckCrl.nextUpdateMs,
      rootCrl.nextUpdateMs,
    );
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return 0;
  }
}

const productNames: Readonly<Record<SnpProduct, Chip["product"]>> = {
  milan: "Milan",
  genoa: "Genoa",
  turin: "Turin",
};

const levelNames: Readonly<Record<TcbPart, string>> = {
  bootLoader: "blSPL",
  tee: "teeSPL",
  snp: "snpSPL",
  microcode: "ucodeSPL",
  fmc: "fmcSPL",
};

const signedByVcek = 0;

/** The chip and firmware of an SEV-SNP report. @throws {@link CollateralError} `collateral/not-fetched` */
export function chipOf(report: Uint8Array): Chip {
  return readable("AMD publishes no VCEK for the chip of this report", () => {
    const { signingKey, reportedTcb, chipId, cpu } = decodeSnpReport(report);
    // A version 2 report does not name the processor. It counts as a report of Milan, although Genoa's first
    // firmware wrote version 2, too.
    const product = cpu === undefined ? "milan" : productOf(cpu);
    if (signingKey !== signedByVcek || product === undefined) return undefined;
    const levels = tcbLayouts[product].flatMap((part, i) =>
      part === undefined ? [] : [[levelNames[part], reportedTcb[i] ?? 0] as const],
    );
    return {
      product: productNames[product],
      hardwareId: toHex(product === "turin" ? chipId.subarray(0, 8) : chipId),
      levels: Object.fromEntries(levels),
    };
  });
}

/**
 * Runs `read` and returns its result.
 * @throws {@link CollateralError} `collateral/not-fetched` if `read` returns nothing or throws a coded error
 */
function readable<T>(why: string, read: () => T | undefined): T {
  const notFetched = (cause?: unknown) =>
    new CollateralError({ code: "collateral/not-fetched", why }, { cause });
  try {
    const found = read();
    if (found !== undefined) return found;
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw notFetched(error);
  }
  throw notFetched();
}
