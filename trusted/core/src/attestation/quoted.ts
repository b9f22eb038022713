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

export type Quoted =
  | { readonly kind: "sgx" | "tdx"; readonly quote: Uint8Array }
  | { readonly kind: "snp"; readonly report: Uint8Array }
  | { readonly kind: "dstack"; readonly quote: Uint8Array; readonly eventLog: Uint8Array }
  /** An EPID quote, which only Intel's retired attestation service could judge. */
  | { readonly kind: "ias"; readonly quote: Uint8Array }
  | { readonly kind: "simulated"; readonly document: Uint8Array; readonly signature: Uint8Array };

/** The same as JSON, by the keys that the whole evidence has. @throws BytesError where an event log is no UTF-8 */
export function quotedToJson(quoted: Quoted): JsonObject {
  const { kind } = quoted;
  switch (quoted.kind) {
    case "simulated":
      return { kind, document_b64: toBase64(quoted.document), signature_b64: toBase64(quoted.signature) };
    case "snp":
      return { kind, report_b64: toBase64(quoted.report) };
    case "dstack":
      return { kind, event_log: fromUtf8(quoted.eventLog), quote_b64: toBase64(quoted.quote) };
    default:
      return { kind, quote_b64: toBase64(quoted.quote) };
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

/** Reads what {@link quotedToJson} writes. @throws JsonError */
export const readQuoted: JsonReader<Quoted> = (value, at) => {
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
 * service repeats the quote, whose own bytes are then not needed. Whether it is evidence, `readEvidence` tells.
 */
export function completeEvidence(quoted: JsonObject, collateral: JsonObject): JsonObject {
  return quoted["kind"] === "ias" ? { ...collateral, kind: "ias" } : { ...collateral, ...quoted };
}
