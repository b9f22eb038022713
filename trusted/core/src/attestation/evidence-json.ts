/**
 * Evidence as JSON, an object with a `kind` and the parts of it: bytes in base64, texts that were signed or fetched as strings, so that not one of their bytes changes on
 * the way. `{"kind":"tdx","quote_b64":"…","collateral":"{…}"}`. Unknown fields are refused, lengths are bounded before anything is decoded.
 */
import { fromUtf8, toBase64, toHex, utf8 } from "../bytes/index.ts";
import {
  decodeJson,
  JsonError,
  type JsonLimits,
  type JsonObject,
  type JsonReader,
  jsonArray,
  jsonBase64,
  jsonHex,
  jsonObject,
  jsonString,
} from "../json/index.ts";
import {
  type EndorsedDcap,
  type EndorsedEvidence,
  type EndorsedSnp,
  type EvidenceKind,
  evidenceLimits as limits,
} from "./evidence.ts";

/** Of the text of one piece of evidence. */
export const evidenceJsonLimits: JsonLimits = { maxLength: 2 * 1024 * 1024, maxDepth: 4 };

/** @throws JsonError, BytesError */
export function decodeEndorsedEvidence(text: string): EndorsedEvidence {
  return decodeJson(text, readEndorsedEvidence, evidenceJsonLimits);
}

const quote = jsonBase64(limits.quote);
const other = jsonBase64(limits.other);
const certificate = jsonBase64(limits.certificate);
const certificates = jsonArray(certificate, limits.certificates);

/** Text of at most `maxBytes` characters, as its UTF-8 bytes. */
function text(maxBytes: number): JsonReader<Uint8Array> {
  const read = jsonString(maxBytes);
  return (value, at) => utf8(read(value, at));
}

const collateral = text(limits.collateral);

const dcap = jsonObject({ kind: jsonString(), quote_b64: quote, collateral });
const snp = jsonObject({
  kind: jsonString(),
  report_b64: other,
  vek_b64: certificate,
  chain_b64: certificates,
});

function readDcap(kind: EndorsedDcap["kind"]): JsonReader<EndorsedDcap> {
  return (value, at) => {
    const read = dcap(value, at);
    return { kind, quote: read.quote_b64, collateral: read.collateral };
  };
}

const readSnp: JsonReader<EndorsedSnp> = (value, at) => {
  const read = snp(value, at);
  return { kind: "snp", report: read.report_b64, vek: read.vek_b64, chain: read.chain_b64 };
};

const ias = jsonObject({
  kind: jsonString(),
  report: text(limits.other),
  signature_b64: other,
  certificate_b64: certificate,
});
const hardware: JsonReader<EndorsedDcap | EndorsedSnp> = (value, at) =>
  pick<EndorsedDcap | EndorsedSnp>({ sgx: readDcap("sgx"), tdx: readDcap("tdx"), snp: readSnp })(value, at);
const azure = jsonObject({
  kind: jsonString(),
  hcl_report_b64: other,
  tpm_message_b64: other,
  tpm_signature_b64: other,
  pcrs: jsonArray(jsonHex(32), 24),
  ak_chain_b64: certificates,
  hardware,
});
const dstack = jsonObject({
  kind: jsonString(),
  quote_b64: quote,
  collateral,
  event_log: text(limits.eventLog),
});
const simulated = jsonObject({ kind: jsonString(), document_b64: other, signature_b64: other });

const readers: { readonly [K in EvidenceKind]: JsonReader<EndorsedEvidence> } = {
  sgx: readDcap("sgx"),
  tdx: readDcap("tdx"),
  snp: readSnp,
  ias: (value, at) => {
    const read = ias(value, at);
    return {
      kind: "ias",
      report: read.report,
      signature: read.signature_b64,
      certificate: read.certificate_b64,
    };
  },
  azure: (value, at) => {
    const read = azure(value, at);
    const tpm = { tpmMessage: read.tpm_message_b64, tpmSignature: read.tpm_signature_b64, pcrs: read.pcrs };
    return {
      kind: "azure",
      hclReport: read.hcl_report_b64,
      ...tpm,
      akChain: read.ak_chain_b64,
      hardware: read.hardware,
    };
  },
  dstack: (value, at) => {
    const read = dstack(value, at);
    return { kind: "dstack", quote: read.quote_b64, collateral: read.collateral, eventLog: read.event_log };
  },
  simulated: (value, at) => {
    const read = simulated(value, at);
    return { kind: "simulated", document: read.document_b64, signature: read.signature_b64 };
  },
};

const kindOf = jsonObject({ kind: jsonString(16) }, "ignored");

/** The reader that `kind` names. */
function pick<T>(kinds: Readonly<Record<string, JsonReader<T>>>): JsonReader<T> {
  return (value, at) => {
    const { kind } = kindOf(value, at);
    const reader = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
    if (reader === undefined) throw new JsonError({ code: "json/unknown-variant", at: `${at}/kind` });
    return reader(value, at);
  };
}

/** Reads evidence that is part of a larger value. */
export const readEndorsedEvidence: JsonReader<EndorsedEvidence> = pick(readers);

/** What {@link readEndorsedEvidence} reads. @throws BytesError where a text of the evidence is no UTF-8 */
export function endorsedEvidenceToJson(evidence: EndorsedEvidence): JsonObject {
  const { kind } = evidence;
  switch (evidence.kind) {
    case "sgx":
    case "tdx":
      return { kind, quote_b64: toBase64(evidence.quote), collateral: fromUtf8(evidence.collateral) };
    case "snp":
      return {
        kind,
        report_b64: toBase64(evidence.report),
        vek_b64: toBase64(evidence.vek),
        chain_b64: evidence.chain.map(toBase64),
      };
    case "ias":
      return {
        kind,
        report: fromUtf8(evidence.report),
        signature_b64: toBase64(evidence.signature),
        certificate_b64: toBase64(evidence.certificate),
      };
    case "azure":
      return {
        kind,
        hcl_report_b64: toBase64(evidence.hclReport),
        tpm_message_b64: toBase64(evidence.tpmMessage),
        tpm_signature_b64: toBase64(evidence.tpmSignature),
        pcrs: evidence.pcrs.map(toHex),
        ak_chain_b64: evidence.akChain.map(toBase64),
        hardware: endorsedEvidenceToJson(evidence.hardware),
      };
    case "dstack":
      return {
        kind,
        quote_b64: toBase64(evidence.quote),
        collateral: fromUtf8(evidence.collateral),
        event_log: fromUtf8(evidence.eventLog),
      };
    case "simulated":
      return { kind, document_b64: toBase64(evidence.document), signature_b64: toBase64(evidence.signature) };
  }
}
