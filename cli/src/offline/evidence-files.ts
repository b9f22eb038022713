/**
 * Reads evidence from the usual files: a quote and its collateral, a report with certificates, or the JSON
 * of a tool or service. Evidence of every kind may also be given as the JSON of a worker's answer, which has
 * a field `kind`.
 */
import {
  decodeHclReport,
  type EndorsedAzure,
  type EndorsedDcap,
  type EndorsedDstack,
  type EndorsedEvidence,
  type EndorsedIas,
  type EndorsedSnp,
  type EvidenceKind,
  evidenceKinds,
  evidenceLimits,
  readEndorsedEvidence,
} from "@pruntime/core/attestation";
import { equal, fromHex, utf8 } from "@pruntime/core/bytes";
import {
  canonicalJson,
  type Json,
  jsonAny,
  jsonArray,
  jsonBase64,
  jsonHex,
  jsonObject,
  jsonOptional,
  jsonString,
} from "@pruntime/core/json";
import { type Certificate, decodeCertificate } from "@pruntime/core/x509";
import { CliError } from "../error.ts";
import { maxDocumentBytes, readBytes } from "../terminal/file.ts";
import { textOf } from "../terminal/text.ts";
import { bytesOf, type Input, readInput } from "./input.ts";
import { readPem } from "./pem.ts";

/** The paths in the options of `verify attestation`. */
export interface EvidenceFiles {
  readonly evidence: string;
  readonly collateral?: string;
  readonly vek?: string;
  readonly chain?: string;
  readonly eventLog?: string;
}

type Reader = (input: Input, files: EvidenceFiles) => EndorsedEvidence;

/**
 * Readers of the files that tools write. Evidence of a kind without a reader is accepted only as the JSON of
 * a worker's answer.
 */
const readers: Readonly<Partial<Record<EvidenceKind, Reader>>> = {
  sgx: (input, files) => dcapEvidence("sgx", input, files),
  tdx: (input, files) => dcapEvidence("tdx", input, files),
  snp: snpEvidence,
  ias: iasEvidence,
  azure: azureEvidence,
  dstack: dstackEvidence,
};

/**
 * The kinds of evidence that a hardware maker's root certifies, as `--kind` accepts them. Simulated evidence
 * has no maker.
 */
export const hardwareKinds: readonly EvidenceKind[] = evidenceKinds.filter((kind) => kind !== "simulated");

/**
 * Reads evidence and its endorsements.
 * @throws CliError; JsonError, BytesError, Asn1Error if the content of a file is malformed
 */
export function evidenceOf(kind: EvidenceKind, files: EvidenceFiles): EndorsedEvidence {
  const input = readInput(files.evidence);
  const read = readers[kind];
  if (read !== undefined && !(input.kind === "json" && isOurs(input.value))) return read(input, files);
  const evidence = readEndorsedEvidence(jsonOf(input), "");
  if (evidence.kind !== kind)
    throw new CliError({ code: "cli/bad-argument", name: "--kind", want: evidence.kind });
  return evidence;
}

function isOurs(value: Json): boolean {
  return value !== null && typeof value === "object" && !Array.isArray(value) && "kind" in value;
}

function dcapEvidence(kind: EndorsedDcap["kind"], input: Input, { collateral }: EvidenceFiles): EndorsedDcap {
  return {
    kind,
    quote: bytesOf(input),
    collateral: readBytes(requiredFile("--collateral", collateral), maxDocumentBytes),
  };
}

function snpEvidence(input: Input, { vek, chain }: EvidenceFiles): EndorsedSnp {
  return withChain(
    bytesOf(input),
    certificatesIn(requiredFile("--vek", vek))[0] as Uint8Array,
    requiredFile("--chain", chain),
  );
}

/**
 * Selects the certificates that lead from the certificate `vek` up to AMD's root. AMD's files contain the
 * chains of both VCEKs and VLEKs, so the certificates of the other kind of key are left out.
 */
function withChain(report: Uint8Array, vek: Uint8Array, chain: string): EndorsedSnp {
  const above = certificatesIn(chain).map(decodeCertificate);
  const path: Certificate[] = [];
  let next: Certificate | undefined = decodeCertificate(vek);
  while (next !== undefined && path.length < evidenceLimits.certificates) {
    const below: Certificate = next;
    next = above.find((one) => one !== below && equal(one.subject, below.issuer));
    if (next !== undefined) path.push(next);
  }
  return { kind: "snp", report, vek, chain: path.map(({ bytes }) => bytes) };
}

/** Reads certificates in PEM, or a certificate in DER. */
function certificatesIn(path: string): readonly Uint8Array[] {
  const content = readBytes(path, maxDocumentBytes);
  return content[0] === 0x30 ? [content] : pem(textOf(content));
}

function pem(text: string): readonly Uint8Array[] {
  return readPem("CERTIFICATE", text);
}

const base64 = jsonBase64(evidenceLimits.quote);
const text = jsonString(evidenceLimits.other);

/**
 * The JSON in which chains store a report of Intel's service, with the report's signature and the signer's
 * certificate.
 */
const iasFile = jsonObject({ raReport: text, signature: base64, signingCert: base64 });

function iasEvidence(input: Input): EndorsedIas {
  const { raReport, signature, signingCert } = iasFile(jsonOf(input), "");
  return { kind: "ias", report: utf8(raReport), signature, certificate: signingCert };
}

/** The JSON that tools for Azure's confidential guests write. */
const azureFile = jsonObject({
  hclReport: base64,
  tpmQuote: jsonObject({ message: base64, signature: base64, pcrsSha256: jsonArray(jsonHex(32), 24) }),
  tdQuote: jsonOptional(base64),
  vcekPem: jsonOptional(text),
  akCertificatePem: jsonOptional(text),
  akIntermediatesPem: jsonOptional(jsonArray(text, evidenceLimits.certificates)),
});

function azureEvidence(input: Input, files: EvidenceFiles): EndorsedAzure {
  const {
    hclReport,
    tpmQuote,
    tdQuote,
    vcekPem,
    akCertificatePem,
    akIntermediatesPem = [],
  } = azureFile(jsonOf(input), "");
  const akChain =
    akCertificatePem === undefined ? [] : [akCertificatePem, ...akIntermediatesPem].flatMap(pem);
  const hardware =
    tdQuote === undefined
      ? withChain(
          decodeHclReport(hclReport).hardwareReport,
          vekOf(vcekPem, files),
          requiredFile("--chain", files.chain),
        )
      : dcapEvidence("tdx", { kind: "bytes", bytes: tdQuote }, files);
  const { message: tpmMessage, signature: tpmSignature, pcrsSha256: pcrs } = tpmQuote;
  return { kind: "azure", hclReport, tpmMessage, tpmSignature, pcrs, akChain, hardware };
}

function vekOf(vcekPem: string | undefined, { vek }: EvidenceFiles): Uint8Array {
  const certificates = vcekPem === undefined ? certificatesIn(requiredFile("--vek", vek)) : pem(vcekPem);
  return certificates[0] as Uint8Array;
}

/**
 * The answer of dstack's socket to a request for a quote. The log in the answer is a list, or a string with
 * the JSON of that list.
 */
const dstackFile = jsonObject({ quote: jsonString(2 * evidenceLimits.quote), event_log: jsonAny }, "ignored");
const logFile = jsonObject({ event_log: jsonAny }, "ignored");

function dstackEvidence(input: Input, { collateral, eventLog }: EvidenceFiles): EndorsedDstack {
  const fetched = readBytes(requiredFile("--collateral", collateral), maxDocumentBytes);
  if (input.kind === "json" && eventLog === undefined) {
    const { quote, event_log: log } = dstackFile(input.value, "");
    return { kind: "dstack", quote: fromHex(quote), collateral: fetched, eventLog: logText(log) };
  }
  const log = jsonOf(readInput(requiredFile("--event-log", eventLog)));
  const found = Array.isArray(log) ? log : logFile(log, "").event_log;
  return { kind: "dstack", quote: bytesOf(input), collateral: fetched, eventLog: logText(found) };
}

function logText(log: Json): Uint8Array {
  return utf8(typeof log === "string" ? log : canonicalJson(log));
}

function jsonOf(input: Input): Json {
  if (input.kind === "json") return input.value;
  throw new CliError({
    code: "cli/bad-argument",
    name: "--evidence",
    want: "a file with the ending .json, for evidence of this kind",
  });
}

/**
 * Returns the path that an option gives.
 * @throws {@link CliError} `cli/bad-argument` if the option is missing
 */
export function requiredFile(name: string, value: string | undefined): string {
  if (value === undefined)
    throw new CliError({ code: "cli/bad-argument", name, want: "a file, for evidence of this kind" });
  return value;
}
