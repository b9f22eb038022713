import {
  decodeEndorsedEvidence,
  type Evidence,
  endorsedEvidenceToJson,
  evidenceToJson,
  readEvidence,
} from "@pruntime/core/attestation";
import { fromUtf8, utf8 } from "@pruntime/core/bytes";
import { canonicalJson, type JsonObject, parseJson } from "@pruntime/core/json";
import { Broken, type Target } from "../target.ts";
import { jsonWords } from "./json.ts";

const bytes = Uint8Array.of(1, 2, 3);
const log = utf8("[]");
const parts: readonly Evidence[] = [
  { kind: "sgx", quote: bytes },
  { kind: "dstack", quote: bytes, eventLog: log },
  { kind: "snp", report: bytes },
  { kind: "ias", quote: bytes },
  { kind: "simulated", document: bytes, signature: bytes },
];
const whole = [
  endorsedEvidenceToJson({ kind: "tdx", quote: bytes, collateral: utf8("{}") }),
  endorsedEvidenceToJson({ kind: "snp", report: bytes, vek: bytes, chain: [bytes, bytes] }),
  endorsedEvidenceToJson({ kind: "dstack", quote: bytes, collateral: utf8("{}"), eventLog: log }),
];
const keys = [
  "kind",
  "quote_b64",
  "report_b64",
  "vek_b64",
  "chain_b64",
  "collateral",
  "event_log",
  "document_b64",
  "signature_b64",
];

/**
 * Reads evidence as JSON. The first byte chooses between bare and endorsed evidence. Decoded evidence must
 * encode to the JSON from which it was decoded.
 */
export const target: Target = {
  words: [...jsonWords, ...keys.map((key) => `"${key}":`), '"tdx"', '"snp"', '"azure"'],
  run: (input) => {
    const text = fromUtf8(input.subarray(1));
    const json =
      ((input[0] ?? 0) & 1) === 0
        ? evidenceToJson(readEvidence(parseJson(text), ""))
        : endorsedEvidenceToJson(decodeEndorsedEvidence(text));
    if (canonicalJson(json) !== canonicalJson(parseJson(text)))
      throw new Broken("evidence encodes to another JSON than the one it was decoded from");
    return json;
  },
  genuine: () => {
    const of = (choice: number, json: JsonObject) => Uint8Array.of(choice, ...utf8(canonicalJson(json)));
    return {
      ...Object.fromEntries(
        parts.map((evidence) => [`evidence-${evidence.kind}`, of(0, evidenceToJson(evidence))]),
      ),
      ...Object.fromEntries(whole.map((json) => [`whole-${String(json["kind"])}`, of(1, json)])),
    };
  },
};
