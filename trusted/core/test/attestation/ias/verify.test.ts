import { sign } from "node:crypto";
import { createNativeCrypto } from "@pruntime/crypto-native";
import { describe, expect, it } from "vitest";
import {
  type EndorsedIas,
  hardwareRoots,
  intelReportRoot,
  verifyEvidence,
  verifyIas,
} from "../../../src/attestation/index.ts";
import { toBase64, utf8 } from "../../../src/bytes/index.ts";
import { codeOf } from "../../support/code.ts";
import { ecKeys, issue, rootOf, rsaKeys } from "../pki.ts";

const crypto = await createNativeCrypto();
const at = Date.parse("2026-06-15T12:00:00Z");
const [ca, signer] = [rsaKeys(), rsaKeys()];
const caName = "made-up report signing CA";
const algorithm = "rsa-pkcs1-sha256";
const root = rootOf(issue({ subject: caName, issuer: caName, of: ca, by: ca, algorithm, ca: true }));

function certificate(subject: string, of = signer): Uint8Array {
  return issue({ subject, issuer: caName, of, by: ca, algorithm });
}

function quote(length = 432): Uint8Array {
  const body = new Uint8Array(length).fill(0xee);
  body.set([1, 2, 3, 4], 48 + 16);
  body.set([0x05, 0, 0, 0, 0, 0, 0, 0x80, 0xe7, 0, 0, 0, 0, 0, 0, 0x40], 48 + 48);
  body.fill(0x1a, 48 + 64, 48 + 96);
  body.fill(0x51, 48 + 128, 48 + 160);
  body.set([1, 2, 3, 4], 48 + 256);
  body.fill(0xda, 48 + 320);
  return body;
}

const good = {
  id: "1",
  timestamp: "2026-06-15T11:59:00.123456",
  version: 4,
  advisoryIDs: ["INTEL-SA-2", "INTEL-SA-1", "INTEL-SA-2"],
  isvEnclaveQuoteStatus: "OK",
  isvEnclaveQuoteBody: toBase64(quote()),
};

function evidence(fields: object = {}, subject = "Intel SGX Attestation Report Signing"): EndorsedIas {
  const report = utf8(JSON.stringify({ ...good, ...fields }));
  return {
    kind: "ias",
    report,
    signature: sign("sha256", report, signer.privateKey),
    certificate: certificate(subject),
  };
}

const verify = (given: EndorsedIas) => verifyIas(crypto, root, at, given);
const code = (fields: object) => codeOf(() => verify(evidence(fields)));

describe("verifyIas", () => {
  it("reads the quote that Intel checked", () =>
    expect(verify(evidence())).toEqual({
      kind: "ias",
      tcbStatus: "UpToDate",
      advisories: ["INTEL-SA-1", "INTEL-SA-2"],
      measurements: { mrenclave: "1a".repeat(32), mrsigner: "51".repeat(32) },
      reportData: new Uint8Array(64).fill(0xda),
      debug: false,
      validUntilMs: Date.parse("2030-01-01T00:00:00Z"),
      isvProdId: 0x0201,
      isvSvn: 0x0403,
      attributes: 0x8000_0000_0000_0005n,
      xfrm: 0x4000_0000_0000_00e7n,
      miscSelect: 0x0403_0201,
      quoteStatus: "OK",
      timestampMs: Date.parse("2026-06-15T11:59:00.123Z"),
    }));

  it("reports a debug enclave", () => {
    const body = quote();
    body[48 + 48] = 0x07;
    expect(verify(evidence({ isvEnclaveQuoteBody: toBase64(body) })).debug).toBe(true);
  });

  it("accepts a report without advisories, and with unknown fields", () =>
    expect(verify(evidence({ advisoryIDs: undefined, more: { a: 1 } })).advisories).toEqual([]));

  it.each([
    ["SW_HARDENING_NEEDED", "SWHardeningNeeded"],
    ["CONFIGURATION_NEEDED", "ConfigurationNeeded"],
    ["CONFIGURATION_AND_SW_HARDENING_NEEDED", "ConfigurationAndSWHardeningNeeded"],
    ["GROUP_OUT_OF_DATE", "OutOfDate"],
    ["GROUP_REVOKED", "Revoked"],
    ["SIGNATURE_REVOKED", "Revoked"],
    ["KEY_REVOKED", "Revoked"],
  ])("%s is %s", (status, want) =>
    expect(verify(evidence({ isvEnclaveQuoteStatus: status })).tcbStatus).toBe(want),
  );

  it.each(["SIGNATURE_INVALID", "SIGRL_VERSION_MISMATCH", "ok", "constructor", ""])(
    "refuses status %j",
    (status) => expect(code({ isvEnclaveQuoteStatus: status })).toBe("ias/quote-refused"),
  );

  it.each([0, 1, 6])("refuses version %d", (version) =>
    expect(code({ version })).toBe("ias/unsupported-version"),
  );
  it.each([2, 3, 5, undefined])("accepts version %s", (version) =>
    expect(code({ version })).toBe("accepted"),
  );

  it.each(["2026-06-15T11:59:00", "2026-02-30T11:59:00.123456", "2026-06-15T11:59:00.123456Z", "", "NaN"])(
    "refuses the time %j",
    (timestamp) => expect(code({ timestamp })).toBe("ias/bad-timestamp"),
  );

  it.each([431, 433, 0])("refuses a quote of %d bytes", (length) =>
    expect(code({ isvEnclaveQuoteBody: toBase64(new Uint8Array(length)) })).toBe("ias/bad-quote-body"),
  );

  it("refuses a certificate that Intel issued for something else", () =>
    expect(codeOf(() => verify(evidence({}, "Intel SGX Something Else")))).toBe("ias/wrong-role"));

  it("root not pinned: refuses another root", () =>
    expect(codeOf(() => verifyIas(crypto, intelReportRoot, at, evidence()))).toBe("x509/issuer-missing"));

  it("refuses a certificate with a key of another kind", () => {
    const given = {
      ...evidence(),
      certificate: certificate("Intel SGX Attestation Report Signing", ecKeys("P-256")),
    };
    expect(codeOf(() => verify(given))).toBe("ias/bad-signature");
  });

  it("refuses another key's signature, and a missing signature", () => {
    const { report } = evidence();
    for (const signature of [sign("sha256", report, ca.privateKey), new Uint8Array()])
      expect(codeOf(() => verify({ ...evidence(), signature }))).toBe("ias/bad-signature");
  });

  it("is used by verifyEvidence", () =>
    expect(verifyEvidence(crypto, { ...hardwareRoots, intelReports: root }, evidence(), at).kind).toBe(
      "ias",
    ));
});
