import { createNativeCrypto } from "@pruntime/crypto-native";
import { describe, expect } from "vitest";
import { type EndorsedIas, intelReportRoot, verifyIas } from "../../../src/attestation/index.ts";
import { fromBase64, toHex, utf8 } from "../../../src/bytes/index.ts";
import { portableCrypto } from "../../../src/crypto/index.ts";
import { decodeCertificate } from "../../../src/x509/index.ts";
import { codeOf } from "../../support/code.ts";
import { type Cases, changed, withCases } from "../cases.ts";

const crypto = await createNativeCrypto();
const ids = [
  "ias-phala-2021-swhardening",
  "ias-phala-2023-groupoutofdate",
  "ias-integritee-prod",
  "ias-integritee-test4-debug",
  "ias-scrt-hw-v2-debug",
];

function evidenceOf(cases: Cases, id: string): EndorsedIas {
  const { raReport, signature, signingCert } = cases.json(cases.named(id).report);
  return {
    kind: "ias",
    report: utf8(raReport),
    signature: fromBase64(signature),
    certificate: fromBase64(signingCert),
  };
}

const statuses: Readonly<Record<string, string>> = {
  SW_HARDENING_NEEDED: "SWHardeningNeeded",
  GROUP_OUT_OF_DATE: "OutOfDate",
  CONFIGURATION_AND_SW_HARDENING_NEEDED: "ConfigurationAndSWHardeningNeeded",
  CONFIGURATION_NEEDED: "ConfigurationNeeded",
};

describe("recorded reports of Intel's service for EPID", () => {
  withCases("are five", ({ cases }) => expect(cases.of("sgx-epid-ias").map(({ id }) => id)).toEqual(ids));

  describe.each(ids)("%s", (id) => {
    const it = withCases
      .extend("one", ({ cases }) => cases.named(id))
      .extend("at", ({ one }) => Date.parse(one.at))
      .extend("evidence", ({ cases }) => evidenceOf(cases, id))
      .extend(
        "code",
        ({ at, evidence }) =>
          (change: Partial<EndorsedIas>, atMs = at) =>
            codeOf(() => verifyIas(crypto, intelReportRoot, atMs, { ...evidence, ...change })),
      );

    it("is authentic, and contains the recorded facts", ({ one, at, evidence }) => {
      const {
        quoteStatus,
        advisoryIDs,
        mrenclave,
        mrsigner,
        isvProdId,
        isvSvn,
        debug,
        reportData,
        timestamp,
      } = one.expect;
      const found = verifyIas(crypto, intelReportRoot, at, evidence);
      expect({ ...found, reportData: toHex(found.reportData) }).toEqual({
        kind: "ias",
        tcbStatus: statuses[quoteStatus],
        advisories: advisoryIDs,
        measurements: { mrenclave, mrsigner },
        reportData,
        debug,
        validUntilMs: Date.parse("2026-11-20T09:36:58Z"),
        isvProdId,
        isvSvn,
        attributes: debug ? 7n : 5n,
        xfrm: 7n,
        miscSelect: 0,
        quoteStatus,
        timestampMs: Date.parse(`${timestamp.slice(0, 23)}Z`),
      });
    });

    it("gives the same result with the portable provider", ({ at, evidence }) =>
      expect(verifyIas(portableCrypto, intelReportRoot, at, evidence)).toEqual(
        verifyIas(crypto, intelReportRoot, at, evidence),
      ));

    it("is refused before and after the validity of the signing certificate", ({ code }) => {
      expect(code({}, Date.parse("2026-11-20T09:36:58Z"))).toBe("accepted");
      expect(code({}, Date.parse("2026-11-20T09:36:59Z"))).toBe("x509/expired");
      expect(code({}, Date.parse("2016-11-22T09:36:57Z"))).toBe("x509/not-yet-valid");
    });

    it("tamper: one changed character of the quote inside is refused", ({ code, evidence }) => {
      const offset = Buffer.from(evidence.report).indexOf("isvEnclaveQuoteBody") + 100;
      expect(code({ report: changed(evidence.report, offset, 1) })).toBe("ias/bad-signature");
    });

    it("any flipped bit of the report or the signature is refused", ({ code, evidence }) => {
      for (const part of ["report", "signature"] as const)
        for (let i = 0; i < evidence[part].length; i++)
          expect(code({ [part]: changed(evidence[part], i, 1 << (i % 8)) }), `${part} ${i}`).toBe(
            "ias/bad-signature",
          );
    });

    it("any flipped bit of the certificate is refused", ({ code, evidence }) => {
      for (let i = 0; i < evidence.certificate.length; i++)
        expect(code({ certificate: changed(evidence.certificate, i, 1 << (i % 8)) }), `${i}`).not.toBe(
          "accepted",
        );
    });
  });

  withCases("JSON re-serialisation: the same report with other white space is refused", ({ cases }) => {
    const [one] = cases.of("sgx-epid-ias");
    const evidence = evidenceOf(cases, one.id);
    const report = utf8(`${Buffer.from(evidence.report).toString()} `);
    const verify = () => verifyIas(crypto, intelReportRoot, Date.parse(one.at), { ...evidence, report });
    expect(codeOf(verify)).toBe("ias/bad-signature");
  });

  withCases("the pinned root has the name and key of Intel's certificate", ({ cases }) => {
    const [der] = cases.pem("ias/intel-attestation-report-signing-ca.pem");
    const { subject, publicKey } = decodeCertificate(der as Uint8Array);
    expect({ subject: toHex(subject), publicKey }).toEqual({
      subject: toHex(intelReportRoot.subject),
      publicKey: intelReportRoot.publicKey,
    });
  });

  withCases("old RA-TLS certificates contain the same report in a Netscape comment", ({ cases }) => {
    for (const id of ["ias-integritee-prod", "ias-integritee-test4-debug", "ias-scrt-hw-v2-debug"]) {
      const comment = decodeCertificate(cases.bytes(`ias/${id}.cert.der`)).extensions.get(
        "2.16.840.1.113730.1.13",
      );
      expect(Buffer.from(comment as Uint8Array).toString()).toContain(cases.json(`ias/${id}.json`).signature);
    }
  });
});
