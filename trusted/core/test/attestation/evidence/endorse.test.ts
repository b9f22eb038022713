import { describe, expect, it } from "vitest";
import {
  type EndorsedEvidence,
  type Evidence,
  endorsedEvidenceToJson,
  endorseEvidence,
  evidenceLimits,
  evidenceToJson,
  readEndorsedEvidence,
  readEvidence,
} from "../../../src/attestation/index.ts";
import { toBase64, utf8 } from "../../../src/bytes/index.ts";
import type { JsonObject } from "../../../src/json/index.ts";
import { codeOf } from "../../support/code.ts";

const bytes = (...values: number[]) => Uint8Array.from(values);
const collateral = utf8('{"tcb_info":"{}"}');

const kinds: readonly (readonly [
  kind: string,
  evidence: Evidence,
  endorsements: JsonObject,
  endorsed: EndorsedEvidence,
])[] = [
  [
    "sgx",
    { kind: "sgx", quote: bytes(3) },
    { collateral: '{"tcb_info":"{}"}' },
    { kind: "sgx", quote: bytes(3), collateral },
  ],
  [
    "tdx",
    { kind: "tdx", quote: bytes(4) },
    { collateral: '{"tcb_info":"{}"}' },
    { kind: "tdx", quote: bytes(4), collateral },
  ],
  [
    "dstack",
    { kind: "dstack", quote: bytes(4), eventLog: utf8("[]") },
    { collateral: '{"tcb_info":"{}"}' },
    { kind: "dstack", quote: bytes(4), eventLog: utf8("[]"), collateral },
  ],
  [
    "snp",
    { kind: "snp", report: bytes(2) },
    { vek_b64: "MA==", chain_b64: ["MQ==", "Mg=="] },
    { kind: "snp", report: bytes(2), vek: bytes(0x30), chain: [bytes(0x31), bytes(0x32)] },
  ],
  [
    "ias",
    { kind: "ias", quote: bytes(2) },
    { report: "{}", signature_b64: "MA==", certificate_b64: "MQ==" },
    { kind: "ias", report: utf8("{}"), signature: bytes(0x30), certificate: bytes(0x31) },
  ],
  [
    "simulated",
    { kind: "simulated", document: bytes(1), signature: bytes(2) },
    {},
    { kind: "simulated", document: bytes(1), signature: bytes(2) },
  ],
];

describe("readEvidence", () => {
  it.each(kinds)("reads what evidenceToJson writes: %s", (_, evidence) =>
    expect(readEvidence(evidenceToJson(evidence), "")).toEqual(evidence),
  );

  it("writes the same keys as endorsed evidence", () => {
    for (const [kind, evidence, , whole] of kinds)
      if (kind !== "ias") expect(endorsedEvidenceToJson(whole)).toMatchObject(evidenceToJson(evidence));
  });

  it.each<readonly [string, JsonObject]>([
    ["json/unknown-variant", { kind: "sev", quote_b64: "" }],
    ["json/unknown-variant", { kind: "toString" }],
    ["json/missing-key", {}],
    ["json/missing-key", { kind: "tdx" }],
    ["json/missing-key", { kind: "dstack", quote_b64: "" }],
    ["json/unknown-key", { kind: "tdx", quote_b64: "", collateral: "{}" }],
    ["json/unknown-key", { kind: "snp", report_b64: "", vek_b64: "" }],
    ["json/out-of-range", { kind: "sgx", quote_b64: toBase64(new Uint8Array(evidenceLimits.quote + 1)) }],
    ["json/out-of-range", { kind: "snp", report_b64: toBase64(new Uint8Array(evidenceLimits.other + 1)) }],
    [
      "json/out-of-range",
      { kind: "dstack", quote_b64: "", event_log: " ".repeat(evidenceLimits.eventLog + 1) },
    ],
    ["json/wrong-type", { kind: "simulated", document_b64: "!", signature_b64: "" }],
  ])("%s: %j", (code, json) => expect(codeOf(() => readEvidence(json, ""))).toBe(code));
});

describe("endorseEvidence", () => {
  const whole = (evidence: Evidence, fetched: JsonObject) =>
    readEndorsedEvidence(endorseEvidence(evidenceToJson(evidence), fetched), "");

  it.each(kinds)("joins evidence and endorsements: %s", (_, evidence, endorsements, endorsed) =>
    expect(whole(evidence, endorsements)).toEqual(endorsed),
  );

  it("never replaces a part from the hardware by a fetched one", () => {
    const fetched = { kind: "sgx", quote_b64: "MA==", collateral: "{}" };
    expect(whole({ kind: "tdx", quote: bytes(4) }, fetched)).toMatchObject({ kind: "tdx", quote: bytes(4) });
    const other = { kind: "simulated", document_b64: "", signature_b64: "" };
    expect(codeOf(() => whole({ kind: "ias", quote: bytes(2) }, other))).toBe("json/unknown-key");
  });

  it.each<readonly [string, Evidence, JsonObject]>([
    ["json/missing-key", { kind: "tdx", quote: bytes(4) }, {}],
    ["json/unknown-key", { kind: "tdx", quote: bytes(4) }, { collateral: "{}", vek_b64: "" }],
    ["json/missing-key", { kind: "snp", report: bytes(2) }, { vek_b64: "" }],
    ["json/missing-key", { kind: "ias", quote: bytes(2) }, {}],
    [
      "json/unknown-key",
      { kind: "simulated", document: bytes(1), signature: bytes(2) },
      { collateral: "{}" },
    ],
  ])("%s: too little or too much: %#", (code, evidence, fetched) =>
    expect(codeOf(() => whole(evidence, fetched))).toBe(code),
  );
});
