import { createNativeCrypto } from "@pruntime/crypto-native";
import { describe, expect } from "vitest";
import { decodePem } from "../../../src/asn1/index.ts";
import {
  type AuthenticAzure,
  attestationKey,
  azureVtpmRoot,
  decodeHclReport,
  decodeQuote,
  type EndorsedAzure,
  type EndorsedEvidence,
  hardwareRoots,
  verifyEvidence,
  verifyVtpm,
} from "../../../src/attestation/index.ts";
import { concat, fromBase64, fromHex, toHex } from "../../../src/bytes/index.ts";
import { decodeCertificate } from "../../../src/x509/index.ts";
import { codeOf } from "../../support/code.ts";
import { type Cases, changed, withCases } from "../cases.ts";

const crypto = await createNativeCrypto();
const pem = (text: string) => decodePem("CERTIFICATE", text);

function vtpmOf(file: ReturnType<Cases["json"]>): Omit<EndorsedAzure, "hardware"> {
  const { message, signature, pcrsSha256 } = file.tpmQuote;
  return {
    kind: "azure",
    hclReport: fromBase64(file.hclReport),
    tpmMessage: fromBase64(message),
    tpmSignature: fromBase64(signature),
    pcrs: pcrsSha256.map(fromHex),
    akChain: [file.akCertificatePem, ...(file.akIntermediatesPem ?? [])]
      .filter((text) => text !== undefined)
      .flatMap(pem),
  };
}

/**
 * Yields copies of the evidence, each with one changed byte. The byte is in the vTPM's message, signature or
 * PCRs, or is one of every third byte of the HCL report. Skips a TD report inside the HCL report, because
 * only the machine that made a TD report can check that report.
 */
function* flips(evidence: EndorsedAzure): Iterable<[string, EndorsedAzure]> {
  for (const part of ["tpmMessage", "tpmSignature", "hclReport"] as const)
    for (let i = 0; i < evidence[part].length; i += part === "hclReport" ? 3 : 1)
      if (part !== "hclReport" || evidence.hardware.kind === "snp" || i < 32 || i >= 32 + 1184)
        yield [`${part} ${i}`, { ...evidence, [part]: changed(evidence[part], i, 1 << (i % 8)) }];
  for (const n of evidence.pcrs.keys())
    yield [
      `pcr ${n}`,
      { ...evidence, pcrs: evidence.pcrs.with(n, changed(evidence.pcrs[n] as Uint8Array, n, 1)) },
    ];
}

const verify = (evidence: EndorsedEvidence, at: number) =>
  verifyEvidence(crypto, hardwareRoots, evidence, at) as AuthenticAzure;

describe("recorded guests of Azure", () => {
  withCases("are three", ({ cases }) =>
    expect([...cases.of("azure-snp-vtpm"), ...cases.of("azure-tdx-vtpm")].length).toBe(3),
  );

  describe("azure-snp-milan", () => {
    const it = withCases
      .extend("one", ({ cases }) => cases.named("azure-snp-milan"))
      .extend("evidence", ({ cases, one }): EndorsedAzure => {
        const file = cases.json(one.evidence);
        const vtpm = vtpmOf(file);
        const report = vtpm.hclReport.subarray(32, 32 + 1184);
        const [ask, ark] = cases.pem("snp/milan_ask_ark_asvk.pem") as [Uint8Array, Uint8Array];
        return {
          ...vtpm,
          hardware: { kind: "snp", report, vek: pem(file.vcekPem)[0] as Uint8Array, chain: [ask, ark] },
        };
      });
    const at = Date.parse("2025-06-01T00:00:00Z"); // the certificate is valid from 2025 to 2032

    it("is authentic in every step from the chip's key to the vTPM's quote", ({ one, evidence }) => {
      const found = verify(evidence, at);
      expect(toHex(found.nonce)).toBe(one.expect.nonceHex);
      expect(found.pcrs["0"]).toBe(one.expect.pcr0);
      expect(found.hardware).toMatchObject({
        kind: "snp",
        product: "milan",
        signedBy: "vcek",
        reportedTcb: "04000000000018db",
      });
    });

    it("any flipped bit is refused", ({ evidence }) => {
      for (const [what, flipped] of flips(evidence))
        expect(
          codeOf(() => verify(flipped, at)),
          what,
        ).not.toBe("accepted");
    });
  });

  describe("azure-tdx-2026", () => {
    const it = withCases
      .extend("one", ({ cases }) => cases.named("azure-tdx-2026"))
      .extend("quoteCase", ({ cases }) => cases.named("tdx-azure-2026"))
      .extend("at", ({ quoteCase }) => Date.parse(quoteCase.at))
      .extend("evidence", ({ cases, one, quoteCase }): EndorsedAzure => {
        const file = cases.json(one.evidence);
        const collateral = cases.bytes(quoteCase.collateral);
        return { ...vtpmOf(file), hardware: { kind: "tdx", quote: fromBase64(file.tdQuote), collateral } };
      });

    it("is authentic in every step from Intel's and Microsoft's roots to the vTPM's quote", ({
      one,
      at,
      evidence,
    }) => {
      const found = verify(evidence, at);
      expect(toHex(found.nonce)).toBe(one.expect.nonceHex);
      expect(found.pcrs["0"]).toBe(one.expect.pcr0);
      expect(found.hardware.kind).toBe("tdx");
      expect(evidence.akChain.length).toBe(3);
    });

    it("AK without certificate: the hardware vouches for the key alone", ({ at, evidence }) =>
      expect(verify({ ...evidence, akChain: [] }, at).kind).toBe("azure"));

    it("any flipped bit of the vTPM's part is refused", ({ at, evidence }) => {
      for (const [what, flipped] of flips(evidence))
        expect(
          codeOf(() => verify(flipped, at)),
          what,
        ).not.toBe("accepted");
    });

    it("any flipped bit of the key's certificates is refused", ({ at, evidence }) => {
      const { akChain } = evidence;
      akChain.forEach((certificate, n) => {
        for (let i = n; i < certificate.length; i += 97) {
          const flipped = { ...evidence, akChain: akChain.with(n, changed(certificate, i, 1 << (i % 8))) };
          expect(
            codeOf(() => verify(flipped, at)),
            `${n} ${i}`,
          ).not.toBe("accepted");
        }
      });
    });

    it("an Azure guest on anything but TDX and SEV-SNP is refused", ({ cases, evidence }) => {
      const sgx = cases.named("sgx-debug-occlum");
      const hardware = {
        kind: "sgx",
        quote: cases.bytes(sgx.quote),
        collateral: cases.bytes(sgx.collateral),
      } as const;
      expect(codeOf(() => verify({ ...evidence, hardware }, Date.parse(sgx.at)))).toBe(
        "evidence/unsupported-kind",
      );
    });
  });

  withCases(
    "azure-tdx-v1: the key that the TD's report data vouches for signed the vTPM's quote",
    ({ cases }) => {
      const one = cases.named("azure-tdx-v1");
      const file = cases.json(one.evidence);
      const evidence = vtpmOf(file);
      const { reportData } = decodeQuote(fromBase64(file.tdQuote)).body;
      const found = verifyVtpm(crypto, reportData, decodeHclReport(evidence.hclReport), evidence);
      expect(toHex(found.nonce)).toBe(one.expect.nonceHex);
      expect(found.pcrs["0"]).toBe(one.expect.pcr0);
    },
  );

  withCases("snp-milan-azure: the report data is the hash of the claims recorded beside it", ({ cases }) => {
    const claims = cases.bytes("snp/snp-milan-azure-runtimedata.json");
    const reportData = cases.bytes("snp/snp-milan-azure.report.bin").subarray(0x50, 0x90);
    expect(toHex(reportData)).toBe(toHex(concat(crypto.sha256(claims), new Uint8Array(32))));
    expect(attestationKey(claims).modulus.length).toBe(256);
  });

  withCases("the pinned root has the name and key of Microsoft's certificate", ({ cases }) => {
    const { subject, publicKey } = decodeCertificate(
      cases.pem("azure/azure-virtual-tpm-root-2023.pem")[0] as Uint8Array,
    );
    expect({ subject: toHex(subject), publicKey }).toEqual({
      ...azureVtpmRoot,
      subject: toHex(azureVtpmRoot.subject),
    });
  });
});
