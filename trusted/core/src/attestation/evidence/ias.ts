/**
 * Evidence of SGX enclaves with EPID: a report of Intel's retired attestation service. It is supported for
 * historical data only.
 */
import type { AuthenticClaims } from "./claims.ts";
import { quotePart } from "./dcap.ts";
import { bytesPart, type EvidenceForm, jsonForm, textPart } from "./form.ts";
import { evidenceLimits } from "./limits.ts";
import type { EnclaveFacts } from "./sgx.ts";

/** An EPID quote, which only Intel's service could verify. */
export interface IasEvidence {
  readonly kind: "ias";
  readonly quote: Uint8Array;
}

/** The report of Intel's service. It contains the quote, so the evidence needs no separate quote. */
export interface EndorsedIas {
  readonly kind: "ias";
  /** The report's JSON, exactly the bytes that Intel signed. */
  readonly report: Uint8Array;
  readonly signature: Uint8Array;
  /** The report-signing certificate, DER. */
  readonly certificate: Uint8Array;
}

/** The facts about a verified report. */
export interface AuthenticIas extends AuthenticClaims<"ias">, EnclaveFacts {
  /** Intel's status of the quote, for example `GROUP_OUT_OF_DATE`. */
  readonly quoteStatus: string;
  /** Unix milliseconds: the time when Intel signed the report. */
  readonly timestampMs: number;
}

/** The JSON form of {@link IasEvidence}, with and without endorsements. */
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
