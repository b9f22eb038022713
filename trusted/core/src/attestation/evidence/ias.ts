/**
 * Evidence of SGX enclaves by EPID, with a report of Intel's retired attestation service: for historical data
 * only.
 */
import type { AuthenticClaims } from "./claims.ts";
import { quotePart } from "./dcap.ts";
import { bytesPart, type EvidenceForm, jsonForm, textPart } from "./form.ts";
import { evidenceLimits } from "./limits.ts";

/** An EPID quote, which only the service could verify. */
export interface IasEvidence {
  readonly kind: "ias";
  readonly quote: Uint8Array;
}

/** The service's report. It repeats the quote, whose own bytes are then not needed. */
export interface EndorsedIas {
  readonly kind: "ias";
  /** The JSON, byte for byte as it was signed. */
  readonly report: Uint8Array;
  readonly signature: Uint8Array;
  /** The report-signing certificate, DER. */
  readonly certificate: Uint8Array;
}

/** What is true of a verified report. */
export interface AuthenticIas extends AuthenticClaims<"ias"> {
  readonly isvProdId: number;
  readonly isvSvn: number;
  /** Intel's own word, for example `GROUP_OUT_OF_DATE`. */
  readonly quoteStatus: string;
  /** Unix milliseconds: when Intel signed. */
  readonly timestampMs: number;
}

/** JSON of {@link IasEvidence}. */
export const iasForm: EvidenceForm<IasEvidence, EndorsedIas> = {
  kind: "ias",
  evidence: jsonForm("ias", { quote: quotePart }),
  endorsed: jsonForm("ias", {
    report: textPart("report", evidenceLimits.other),
    signature: bytesPart("signature_b64", evidenceLimits.other),
    certificate: bytesPart("certificate_b64", evidenceLimits.certificate),
  }),
  endorser: { name: "intel-ias", sees: ({ quote }) => quote },
};
