import { createNativeCrypto } from "@pruntime/crypto-native";
import { describe, expect } from "vitest";
import { amdRoots, type EndorsedSnp, verifySnp } from "../../../src/attestation/index.ts";
import { toHex } from "../../../src/bytes/index.ts";
import { portableCrypto } from "../../../src/crypto/index.ts";
import { decodeCertificate } from "../../../src/x509/index.ts";
import { codeOf } from "../../support/code.ts";
import { type Cases, changed, type Tamper, withCases } from "../cases.ts";

const crypto = await createNativeCrypto();
const genuine = [
  "snp-milan-debug",
  "snp-milan-2023",
  "snp-milan-v5-gcp",
  "snp-milan-vlek",
  "snp-milan-azure",
] as const;

function evidenceOf(cases: Cases, id: string): EndorsedSnp {
  const { report, vek, caChain } = cases.named(id);
  const [ask, ark, asvk] = cases.pem(caChain) as [Uint8Array, Uint8Array, Uint8Array];
  const [leaf] = cases.pem(vek) as [Uint8Array];
  const chain = [
    toHex(decodeCertificate(leaf).issuer) === toHex(decodeCertificate(asvk).subject) ? asvk : ask,
    ark,
  ];
  return { kind: "snp", report: cases.bytes(report), vek: leaf, chain };
}

describe("recorded SEV-SNP reports", () => {
  withCases("are six", ({ cases }) =>
    expect(cases.of("sev-snp").map(({ id }) => id)).toEqual([...genuine, "snp-neg-wrong-vcek"]),
  );

  describe.each(genuine)("%s", (id) => {
    const it = withCases
      .extend("one", ({ cases }) => cases.named(id))
      .extend("at", ({ one }) => Date.parse(one.at))
      .extend("evidence", ({ cases }) => evidenceOf(cases, id))
      .extend(
        "code",
        ({ at, evidence }) =>
          (change: Partial<EndorsedSnp>) =>
            codeOf(() => verifySnp(crypto, amdRoots, at, { ...evidence, ...change })),
      );

    it("is authentic, and contains the recorded facts", ({ one, at, evidence }) => {
      const found = verifySnp(crypto, amdRoots, at, evidence);
      expect({
        product: found.product,
        vekType: `SEV-${found.signedBy.toUpperCase()}`,
        guestSvn: found.guestSvn,
        policy: `0x${found.guestPolicy.toString(16)}`,
        debugAllowed: found.debug,
        migrateMaAllowed: (found.guestPolicy & (1n << 18n)) !== 0n,
        smtAllowed: (found.guestPolicy & (1n << 16n)) !== 0n,
        vmpl: found.vmpl,
        reportData: toHex(found.reportData),
        measurement: found.measurements["measurement"],
        hostData: found.measurements["hostData"],
        chipId: found.chipId,
        reportedTcb: found.reportedTcb,
      }).toEqual(
        Object.fromEntries(
          Object.entries(one.expect).filter(
            ([name]) =>
              ![
                "reportSignature",
                "chainToPinnedArk",
                "hwidMatchesChipId",
                "tcbMatchesVekExtensions",
                "version",
                "sigAlgo",
              ].includes(name),
          ),
        ),
      );
      expect(found.tcbStatus).toBe("Unversioned");
      expect(found.validUntilMs).toBe(Date.parse(one.vekValidity[1]));
    });

    it("gives the same result with the portable provider", ({ at, evidence }) =>
      expect(verifySnp(portableCrypto, amdRoots, at, evidence)).toEqual(
        verifySnp(crypto, amdRoots, at, evidence),
      ));

    it("every recorded tamper is refused", ({ one, code, evidence }) => {
      const tampers = one.tampers as readonly Tamper[];
      expect(tampers.length).toBe(7);
      for (const { name, offset, xor } of tampers)
        expect(code({ report: changed(evidence.report, offset, xor) }), name).toMatch(/^snp\//);
    });

    const step = ["snp-milan-v5-gcp", "snp-milan-vlek"].includes(id) ? 1 : 7;
    it(`any flipped bit of the report is refused, in every byte or every ${step}th`, ({ code, evidence }) => {
      const offsets = Array.from(evidence.report, (_, i) => i).filter((i) => i % step === 0);
      const accepted = offsets.filter(
        (i) => !code({ report: changed(evidence.report, i, 1 << (i % 8)) }).startsWith("snp/"),
      );
      expect(accepted).toEqual([]);
    });

    it("any flipped bit of the certificates is refused", ({ code, evidence }) => {
      const flipped = (bytes: Uint8Array, i: number) => changed(bytes, i, 1 << (i % 8));
      for (let i = 0; i < evidence.vek.length; i += 7)
        expect(code({ vek: flipped(evidence.vek, i) })).not.toBe("accepted");
      evidence.chain.forEach((certificate, n) => {
        for (let i = n; i < certificate.length; i += 31)
          expect(code({ chain: evidence.chain.with(n, flipped(certificate, i)) }), `${n} ${i}`).not.toBe(
            "accepted",
          );
      });
    });

    it("is refused before and after its key's certificate is valid", ({ one, evidence }) => {
      const [from, until] = one.vekValidity.map((date: string) => Date.parse(date)) as [number, number];
      const codeAt = (ms: number) => codeOf(() => verifySnp(crypto, amdRoots, ms, evidence));
      expect([codeAt(from - 1), codeAt(from), codeAt(until), codeAt(until + 1000)]).toEqual([
        "x509/not-yet-valid",
        "accepted",
        "accepted",
        "x509/expired",
      ]);
    });
  });

  withCases("snp-neg-wrong-vcek is refused", ({ cases }) => {
    const at = Date.parse(cases.named("snp-neg-wrong-vcek").at);
    const evidence = evidenceOf(cases, "snp-neg-wrong-vcek");
    expect(codeOf(() => verifySnp(crypto, amdRoots, at, evidence))).toMatch(/^(snp|x509)\//);
  });

  withCases.for(["milan", "genoa"] as const)(
    "the pinned root of %s is the root in the recorded chain, and signed it",
    (product, { cases }) => {
      const ark = decodeCertificate(cases.pem(`snp/${product}_ask_ark_asvk.pem`)[1] as Uint8Array);
      const { subject, publicKey } = amdRoots[product];
      expect({ subject: toHex(ark.subject), publicKey: ark.publicKey }).toEqual({
        subject: toHex(subject),
        publicKey,
      });
    },
  );
});
