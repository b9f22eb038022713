import { createNativeCrypto } from "@pruntime/crypto-native";
import { describe, expect, it } from "vitest";
import {
  type AuthenticTdx,
  attestationKey,
  azureVtpmRoot,
  decodeHclReport,
  type EndorsedAzure,
  verifyAzure,
} from "../../../src/attestation/index.ts";
import { utf8 } from "../../../src/bytes/index.ts";
import { codeOf } from "../../support/code.ts";
import { changed } from "../cases.ts";
import { ecKeys, rootOf } from "../pki.ts";
import { message, pcrs } from "../tpm/made.ts";
import {
  ak,
  akCertificate,
  evidence,
  goodClaims,
  type HclFields,
  hardware,
  hclReport,
  jwk,
  otherAk,
  rootCertificate,
} from "./guest.ts";

const crypto = await createNativeCrypto();
const at = Date.parse("2026-06-15T12:00:00Z");
const root = rootOf(rootCertificate);
const verify = (given: EndorsedAzure = evidence(), under = hardware()) =>
  verifyAzure(crypto, root, under, at, given);
const code = (change: Partial<EndorsedAzure>, under = hardware()) =>
  codeOf(() => verify(evidence(change), under));

describe("verifyAzure", () => {
  it("returns the hardware's facts, with the vTPM's nonce and registers", () => {
    const under = hardware();
    const { tcbStatus, advisories, measurements, reportData, debug, validUntilMs } = under;
    expect(verify()).toEqual({
      kind: "azure",
      tcbStatus,
      advisories,
      measurements,
      reportData,
      debug,
      validUntilMs,
      hardware: under,
      nonce: utf8("nonce"),
      pcrs: { "0": "00".repeat(32), "7": "07".repeat(32), "23": "17".repeat(32) },
    });
  });

  it("reports a guest on hardware in debug mode as a debug guest", () =>
    expect(verify(evidence(), { ...hardware(), debug: true }).debug).toBe(true));

  it("runtime claims: refuses claims whose hash is not the hardware's report data", () => {
    const other = { ...goodClaims, "user-data": "01" };
    expect(code({ hclReport: hclReport(other) })).toBe("azure/claims-not-bound");
    expect(code({ hclReport: hclReport(other) }, hardware(other))).toBe("accepted");
  });

  it.each([0, 31, 32, 63])("report_data truncated: compares all 64 bytes of report data (%d)", (i) => {
    const under = { ...hardware(), reportData: changed(hardware().reportData, i, 1) };
    expect(code({}, under)).toBe("azure/claims-not-bound");
  });

  it("refuses a report about different hardware than the evidence beside it", () => {
    expect(code({ hclReport: hclReport(goodClaims, { type: 4 }) })).toBe("azure/wrong-hardware");
    expect(code({ hclReport: hclReport(goodClaims, { hardwareReport: new Uint8Array(1184) }) })).toBe(
      "azure/wrong-hardware",
    );
    const tdx = { ...hardware(), kind: "tdx" } as unknown as AuthenticTdx;
    expect(codeOf(() => verifyAzure(crypto, root, tdx, at, evidence()))).toBe("azure/wrong-hardware");
  });

  it("key not bound: refuses a quote signed with a key that the claims do not name", () =>
    expect(codeOf(() => verify(evidence({}, otherAk)))).toBe("tpm/bad-signature"));

  it("refuses registers other than those quoted", () =>
    expect(code({ pcrs: pcrs.with(0, new Uint8Array(32).fill(1)) })).toBe("tpm/pcr-mismatch"));

  it("replayed nonce: the evidence is bound to the TPM's extraData", () =>
    expect(verify(evidence({ tpmMessage: message({ nonce: utf8("another") }) })).nonce).toEqual(
      utf8("another"),
    ));

  it("checks the key's certificate if there is one", () => {
    expect(verify(evidence({ akChain: [akCertificate()] })).validUntilMs).toBe(
      Date.parse("2027-01-01T00:00:00Z"),
    );
    expect(verify(evidence({ akChain: [akCertificate(ak, "2029-01-01T00:00:00Z")] })).validUntilMs).toBe(
      hardware().validUntilMs,
    );
    expect(code({ akChain: [akCertificate(otherAk)] })).toBe("azure/ak-mismatch");
    expect(code({ akChain: [akCertificate(ak, "2025-01-01T00:00:00Z")] })).toBe("x509/expired");
    const given = evidence({ akChain: [akCertificate()] });
    expect(codeOf(() => verifyAzure(crypto, azureVtpmRoot, hardware(), at, given))).toBe(
      "x509/issuer-missing",
    );
  });
});

describe("decodeHclReport", () => {
  const refusal = (fields: Partial<HclFields>) =>
    codeOf(() => decodeHclReport(hclReport(goodClaims, fields)));
  const size = utf8(JSON.stringify(goodClaims)).length;

  it("accepts both versions, and zeros after the report", () => {
    for (const version of [1, 2]) expect(refusal({ version })).toBe("accepted");
    expect(refusal({ padding: new Uint8Array() })).toBe("accepted");
  });

  it.each([
    ["magic", { magic: "HCLB" }],
    ["version", { version: 3 }],
    ["request type", { requestType: 1 }],
    ["status", { status: 1 }],
    ["version of the claims", { claimsVersion: 2 }],
    ["hardware", { type: 3 }],
    ["hash", { hash: 2 }],
    ["length", { length: 1184 + 52 + size + 1 }],
    ["length of the data", { dataLength: size + 21 }],
    ["padding", { padding: Uint8Array.of(0, 1) }],
  ] satisfies readonly (readonly [string, Partial<HclFields>])[])("refuses another %s", (_, fields) =>
    expect(refusal(fields)).toBe("azure/bad-report"),
  );

  it("refuses every beginning of a report", () => {
    const whole = hclReport(goodClaims, { padding: new Uint8Array() });
    for (let i = 0; i < whole.length; i += 5)
      expect(codeOf(() => decodeHclReport(whole.subarray(0, i)))).toBe("codec/truncated");
  });
});

describe("attestationKey", () => {
  const of = (keys: readonly object[]) => codeOf(() => attestationKey(utf8(JSON.stringify({ keys }))));
  const good = jwk(ak) as Record<string, string>;

  it("returns the key named HCLAkPub", () =>
    expect(of([{ ...good, kid: "HCLEkPub", n: "AQ" }, good])).toBe("accepted"));

  it.each([
    ["none", []],
    ["two", [good, good]],
    ["one of another kind", [{ ...good, kty: "oct" }]],
    ["one on a curve", [{ ...ecKeys("P-256").publicKey.export({ format: "jwk" }), kid: "HCLAkPub" }]],
    ["one with another exponent", [{ ...good, e: "Aw" }]],
    ["one that is short", [{ ...good, n: good["n"]?.slice(0, 100) }]],
  ])("refuses claims with %s", (_, keys) => expect(of(keys)).toBe("azure/no-ak"));

  it.each(["=", "+", "/"])("refuses base64 in another alphabet: %s", (mark) =>
    expect(of([{ ...good, e: `AQA${mark}` }])).toBe("bytes/bad-base64"),
  );
});
