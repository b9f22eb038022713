/**
 * Evidence as it leaves the hardware: without what the hardware's maker publishes about it. Whoever verifies adds that from a source of their own choice, or takes
 * what the worker's host has fetched: it is signed, so it does not matter who brings it.
 */
import { fromUtf8, toBase64, utf8 } from "../bytes/index.ts";
import {
  JsonError,
  type JsonObject,
  type JsonReader,
  jsonBase64,
  jsonObject,
  jsonString,
} from "../json/index.ts";
import { evidenceLimits as limits } from "./evidence.ts";

export type Evidence =
  | { readonly kind: "sgx" | "tdx"; readonly quote: Uint8Array }
  | { readonly kind: "snp"; readonly report: Uint8Array }
  | { readonly kind: "dstack"; readonly quote: Uint8Array; readonly eventLog: Uint8Array }
  /** An EPID quote, which only Intel's retired attestation service could judge. */
  | { readonly kind: "ias"; readonly quote: Uint8Array }
  | { readonly kind: "simulated"; readonly document: Uint8Array; readonly signature: Uint8Array };

/** The same as JSON, by the keys that the whole evidence has. @throws BytesError where an event log is no UTF-8 */
export function evidenceToJson(evidence: Evidence): JsonObject {
  const { kind } = evidence;
  switch (evidence.kind) {
    case "simulated":
      return { kind, document_b64: toBase64(evidence.document), signature_b64: toBase64(evidence.signature) };
    case "snp":
      return { kind, report_b64: toBase64(evidence.report) };
    case "dstack":
      return { kind, event_log: fromUtf8(evidence.eventLog), quote_b64: toBase64(evidence.quote) };
    default:
      return { kind, quote_b64: toBase64(evidence.quote) };
  }
}

const kindOf = jsonObject({ kind: jsonString(16) }, "ignored");
const quote = jsonObject({ kind: jsonString(), quote_b64: jsonBase64(limits.quote) });
const report = jsonObject({ kind: jsonString(), report_b64: jsonBase64(limits.other) });
const dstack = jsonObject({
  event_log: jsonString(limits.eventLog),
  kind: jsonString(),
  quote_b64: jsonBase64(limits.quote),
});
const simulated = jsonObject({
  document_b64: jsonBase64(limits.other),
  kind: jsonString(),
  signature_b64: jsonBase64(limits.other),
});

/** Reads what {@link evidenceToJson} writes. @throws JsonError */
export const readEvidence: JsonReader<Evidence> = (value, at) => {
  const { kind } = kindOf(value, at);
  switch (kind) {
    case "sgx":
    case "tdx":
    case "ias":
      return { kind, quote: quote(value, at).quote_b64 };
    case "snp":
      return { kind, report: report(value, at).report_b64 };
    case "dstack": {
      const read = dstack(value, at);
      return { kind, quote: read.quote_b64, eventLog: utf8(read.event_log) };
    }
    case "simulated": {
      const read = simulated(value, at);
      return { kind, document: read.document_b64, signature: read.signature_b64 };
    }
    default:
      throw new JsonError({ code: "json/unknown-variant", at: `${at}/kind` });
  }
};

/**
 * The JSON of whole evidence: what the hardware gave, and what somebody fetched for it, which adds to the former and takes nothing's place. A report of Intel's retired
 * service repeats the quote, whose own bytes are then not needed. Whether it is evidence, `readEndorsedEvidence` tells.
 */
export function endorseEvidence(evidence: JsonObject, collateral: JsonObject): JsonObject {
  return evidence["kind"] === "ias" ? { ...collateral, kind: "ias" } : { ...collateral, ...evidence };
}
