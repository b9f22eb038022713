import { createNativeCrypto } from "@pruntime/crypto-native";
import { describe, expect, it } from "vitest";
import { describeRecorded } from "../../../../../test/support/fixtures.ts";
import { amdRoots, type EndorsedSnp, verifySnp } from "../../../src/attestation/index.ts";
import { toHex } from "../../../src/bytes/index.ts";
import { portableCrypto } from "../../../src/crypto/index.ts";
import { decodeCertificate } from "../../../src/x509/index.ts";
import { codeOf } from "../../support/code.ts";
import { casesOf, changed, recorded, recordedPem, type Tamper } from "../cases.ts";

const crypto = await createNativeCrypto();
const all = casesOf("sev-snp");
const genuine = all.filter(({ expect: { mustFail } }) => mustFail !== true);

function evidenceOf({ report, vek, caChain }: (typeof all)[number]): EndorsedSnp {
  const [ask, ark, asvk] = recordedPem(caChain) as [Uint8Array, Uint8Array, Uint8Array];
  const [leaf] = recordedPem(vek) as [Uint8Array];
  const chain = [
    toHex(decodeCertificate(leaf).issuer) === toHex(decodeCertificate(asvk).subject) ? asvk : ask,
    ark,
  ];
  return { kind: "snp", report: recorded(report), vek: leaf, chain };
}

describeRecorded("recorded SEV-SNP reports", () => {
  it("are six", () => expect(all.length).toBe(6));

  describe.each(genuine)("$id", (one) => {
    const evidence = evidenceOf(one);
    const at = Date.parse(one.at);
    const code = (change: Partial<EndorsedSnp>) =>
      codeOf(() => verifySnp(crypto, amdRoots, at, { ...evidence, ...change }));

    it("is authentic, and says what was recorded", () => {
      const found = verifySnp(crypto, amdRoots, at, evidence);
      expect({
        product: found.product,
        vekType: `SEV-${found.signedBy.toUpperCase()}`,
        guestSvn: found.guestSvn,
        policy: `0x${found.guestPolicy.toString(16)}`,
        debugAllowed: found.debug,
        migrateMaAllowed: found.migrationAgent,
        smtAllowed: found.smt,
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

    it("is the same to the portable provider", () =>
      expect(verifySnp(portableCrypto, amdRoots, at, evidence)).toEqual(
        verifySnp(crypto, amdRoots, at, evidence),
      ));

    it.each(one.tampers as readonly Tamper[])("tamper $name is refused", ({ offset, xor }) =>
      expect(code({ report: changed(evidence.report, offset, xor) })).toMatch(/^snp\//),
    );

    const step = ["snp-milan-v5-gcp", "snp-milan-vlek"].includes(one.id) ? 1 : 7;
    it(`any flipped bit of the report is refused, in every byte or every ${step}th`, () => {
      const offsets = Array.from(evidence.report, (_, i) => i).filter((i) => i % step === 0);
      const accepted = offsets.filter(
        (i) => !code({ report: changed(evidence.report, i, 1 << (i % 8)) }).startsWith("snp/"),
      );
      expect(accepted).toEqual([]);
    });

    it("any flipped bit of the certificates is refused", () => {
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

    it("is refused before and after its key's certificate is valid", () => {
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

  it("snp-neg-wrong-vcek is refused", () => {
    const one = all.find(({ id }) => id === "snp-neg-wrong-vcek");
    expect(codeOf(() => verifySnp(crypto, amdRoots, Date.parse(one.at), evidenceOf(one)))).toMatch(
      /^(snp|x509)\//,
    );
  });

  it.each(["milan", "genoa"] as const)(
    "the pinned root of %s is the one in its recorded chain, which it signed",
    (product) => {
      const ark = decodeCertificate(recordedPem(`snp/${product}_ask_ark_asvk.pem`)[1] as Uint8Array);
      const { subject, publicKey } = amdRoots[product];
      expect({ subject: toHex(ark.subject), publicKey: ark.publicKey }).toEqual({
        subject: toHex(subject),
        publicKey,
      });
    },
  );
});
