import { describe, expect, it } from "vitest";
import {
  decodeEndorsedEvidence,
  type EndorsedEvidence,
  type EvidenceKind,
  endorsedEvidenceToJson,
  evidenceLimits,
} from "../../../src/attestation/index.ts";
import { toBase64, utf8 } from "../../../src/bytes/index.ts";
import { codeOf } from "../../support/code.ts";

const bytes = (length: number, fill = 7) => new Uint8Array(length).fill(fill);
const collateral = utf8('{"tcb_info":"é"}');
const snp = { kind: "snp", report: bytes(4), vek: bytes(5), chain: [bytes(6), bytes(7)] } as const;

const samples: { readonly [K in EvidenceKind]: EndorsedEvidence } = {
  sgx: { kind: "sgx", quote: bytes(3), collateral },
  tdx: { kind: "tdx", quote: bytes(3), collateral: new Uint8Array() },
  snp,
  ias: { kind: "ias", report: utf8('{"id":"1"}'), signature: bytes(8), certificate: bytes(9) },
  azure: {
    kind: "azure",
    hclReport: bytes(10),
    tpmMessage: bytes(11),
    tpmSignature: bytes(12),
    pcrs: Array.from({ length: 24 }, (_, i) => bytes(32, i)),
    akChain: [bytes(13)],
    hardware: snp,
  },
  dstack: { kind: "dstack", quote: bytes(3), collateral, eventLog: utf8("[]") },
  simulated: { kind: "simulated", document: bytes(14), signature: bytes(15) },
};
const kinds = Object.entries(samples);
const json = (kind: EvidenceKind) => endorsedEvidenceToJson(samples[kind]);
const code = (value: object) => codeOf(() => decodeEndorsedEvidence(JSON.stringify(value)));

describe("evidence as JSON", () => {
  it.each(kinds)("%s reads back as it was written", (_, evidence) =>
    expect(decodeEndorsedEvidence(JSON.stringify(endorsedEvidenceToJson(evidence)))).toEqual(evidence),
  );

  it("has the documented names", () =>
    expect(endorsedEvidenceToJson(samples.sgx)).toEqual({
      kind: "sgx",
      quote_b64: "BwcH",
      collateral: '{"tcb_info":"é"}',
    }));

  it.each(kinds)("%s: an unknown field is refused", (kind) =>
    expect(code({ ...json(kind as EvidenceKind), more: 1 })).toBe("json/unknown-key"),
  );

  it.each(kinds)("%s: every field is required", (kind) => {
    const whole = json(kind as EvidenceKind);
    for (const field of Object.keys(whole)) {
      const { [field]: _, ...rest } = whole;
      expect(code(rest), field).toBe("json/missing-key");
    }
  });

  it.each(["nitro", "constructor", ""])("an unknown kind is refused: %j", (kind) =>
    expect(code({ ...json("sgx"), kind })).toBe("json/unknown-variant"),
  );

  it("Azure's hardware part is a quote or a report, nothing else", () =>
    expect(code({ ...json("azure"), hardware: json("simulated") })).toBe("json/unknown-variant"));

  it.each([
    ["quote", "dstack", "quote_b64", toBase64(bytes(evidenceLimits.quote + 1))],
    ["collateral", "tdx", "collateral", "x".repeat(evidenceLimits.collateral + 1)],
    ["event log", "dstack", "event_log", "x".repeat(evidenceLimits.eventLog + 1)],
    ["certificate", "snp", "vek_b64", toBase64(bytes(evidenceLimits.certificate + 1))],
    ["chain", "snp", "chain_b64", Array(evidenceLimits.certificates + 1).fill("")],
    ["message", "azure", "tpm_message_b64", toBase64(bytes(evidenceLimits.other + 1))],
    ["list of registers", "azure", "pcrs", Array(25).fill("00".repeat(32))],
  ] as const)("deny of service by big evidence: a %s beyond its limit is refused", (_, kind, field, value) =>
    expect(code({ ...json(kind), [field]: value })).toBe("json/out-of-range"),
  );
});
