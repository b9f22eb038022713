import { createNativeCrypto } from "@pruntime/crypto-native";
import { describe, expect, it } from "vitest";
import {
  amdRoots,
  type EndorsedSnp,
  hardwareRoots,
  verifyEvidence,
  verifySnp,
} from "../../../src/attestation/index.ts";
import { toHex } from "../../../src/bytes/index.ts";
import { codeOf } from "../../support/code.ts";
import { changed } from "../cases.ts";
import {
  at,
  certificatesOf,
  chipId,
  evidenceOf,
  type Machine,
  milan,
  otherVek,
  type ReportFields,
  reportOf,
  rootsOf,
} from "./machine.ts";

const crypto = await createNativeCrypto();
const genoa: Machine = { ...milan, product: "genoa", firmware: [10, 0, 23, 84, 0] };
const turin: Machine = { ...milan, product: "turin", firmware: [1, 2, 3, 72, 5], hwid: chipId.slice(0, 8) };
const turinChip = new Uint8Array(64);
turinChip.set(chipId.subarray(0, 8));
const vlek: Machine = { ...milan, signedBy: "vlek", hwid: undefined, leafName: "SEV-VLEK" };

const verify = (machine: Machine, evidence: EndorsedSnp) =>
  verifySnp(crypto, rootsOf(machine.product), at, evidence);
const code = (machine: Machine, fields: Partial<ReportFields> = {}) =>
  codeOf(() => verify(machine, evidenceOf(machine, fields)));

describe("verifySnp", () => {
  it.each([
    ["milan", milan, {}],
    ["genoa", genoa, {}],
    ["genoa (Siena)", genoa, { cpu: [0x19, 0xa0] }],
    ["turin", turin, { chipId: turinChip }],
    ["turin with a whole id", { ...turin, hwid: turinChip }, { chipId: turinChip }],
    ["milan by VLEK", vlek, {}],
    ["version 2, which does not name the processor", milan, { version: 2 }],
    ["version 4", milan, { version: 4 }],
    ["version 5, with vectors of mitigations", milan, { version: 5, patch: { 504: 1, 519: 1 } }],
  ] as const)("accepts %s", (_, machine, fields) => {
    const { product, signedBy } = machine;
    expect(verify(machine, evidenceOf(machine, fields))).toMatchObject({
      kind: "snp",
      product,
      signedBy,
      guestSvn: 6,
    });
  });

  it("returns all bits of the guest's policy and of the platform information", () => {
    const patch = Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8].map((byte, i) => [0x40 + i, byte]));
    expect(verify(milan, evidenceOf(milan, { policy: 0x8000_0000_0003_ab01n, patch }))).toMatchObject({
      guestPolicy: 0x8000_0000_0003_ab01n,
      platformInfo: 0x0807_0605_0403_0201n,
    });
  });

  it("reports debug mode: a policy, not the verifier, decides whether to accept it", () => {
    expect(verify(milan, evidenceOf(milan, { policy: 0xa0000n })).debug).toBe(true);
    expect(verify(milan, evidenceOf(milan, { policy: ~(1n << 19n) & 0xffff_ffff_ffff_ffffn })).debug).toBe(
      false,
    );
  });

  it("returns level, TCB and chip as they are in the report", () =>
    expect(verify(milan, evidenceOf(milan, { vmpl: 3 }))).toMatchObject({
      vmpl: 3,
      reportedTcb: "04000000000018db",
      chipId: toHex(chipId),
      measurements: { measurement: "3e".repeat(48), hostData: "00".repeat(32) },
    }));

  it.each([
    ["nothing", 0],
    ["a byte short", 1183],
    ["a byte long", 1185],
  ])("refuses a report that is %s", (_, length) => {
    const report = new Uint8Array(length);
    report.set(reportOf(milan).subarray(0, length));
    expect(codeOf(() => verify(milan, { ...evidenceOf(milan), report }))).toBe("snp/bad-length");
  });

  it.each([0, 1, 6])("refuses version %d", (version) =>
    expect(code(milan, { version })).toBe("snp/unsupported-version"),
  );

  it.each([0, 2])("refuses signature algorithm %d", (algorithm) =>
    expect(code(milan, { patch: { 52: algorithm } })).toBe("snp/unsupported-signature"),
  );

  it.each([0x49, 0x4c, 0x4f, 0x18b, 0x19f, 0x1eb, 0x1ef, 0x1f8, 0x207, 0x208, 0x29f])(
    "refuses a nonzero byte that version 3 reserves: %d",
    (offset) => expect(code(milan, { patch: { [offset]: 1 } })).toBe("snp/reserved-not-zero"),
  );

  it.each([0x188, 0x18a, 0x19f])("refuses a nonzero byte that version 2 reserves: %d", (offset) =>
    expect(code(milan, { version: 2, patch: { [offset]: 1 } })).toBe("snp/reserved-not-zero"),
  );

  it("refuses a nonzero byte after the vectors of version 5", () =>
    expect(code(milan, { version: 5, patch: { 520: 1 } })).toBe("snp/reserved-not-zero"));

  it.each([672 + 48, 672 + 71, 672 + 72 + 48, 672 + 143, 672 + 144, 1183])(
    "refuses a nonzero byte beside the signature: %d",
    (offset) => expect(code(milan, { patch: { [offset]: 1 } })).toBe("snp/reserved-not-zero"),
  );

  it("refuses a guest policy without the bit that is set in every policy", () =>
    expect(code(milan, { policy: 0x10000n })).toBe("snp/bad-guest-policy"));

  it("refuses a chain that does not lead to one of AMD's roots", () => {
    const strange = { ...certificatesOf(milan), chain: [] };
    expect(codeOf(() => verify(milan, { ...evidenceOf(milan), ...strange }))).toBe("snp/unknown-product");
  });

  it("root not pinned: refuses another root of the same name", () =>
    expect(codeOf(() => verifySnp(crypto, amdRoots, at, evidenceOf(milan)))).toBe("x509/untrusted-root"));

  it.each([
    ["a Genoa under Milan's root", milan, [0x19, 0x11]],
    ["a Milan under Genoa's root", genoa, [0x19, 0x01]],
    ["a Turin under Genoa's root", genoa, [0x1a, 0x11]],
    ["a Genoa under Turin's root", { ...turin, hwid: chipId }, [0x19, 0x02]],
    ["an unknown model", milan, [0x19, 0x30]],
  ] as const)("refuses %s", (_, machine, cpu) => expect(code(machine, { cpu })).toBe("snp/wrong-product"));

  it("refuses a report and a certificate for different kinds of key", () => {
    expect(code(milan, { flags: 4 })).toBe("snp/wrong-vek");
    expect(code(vlek, { flags: 0 })).toBe("snp/wrong-vek");
    expect(code(milan, { flags: 7 << 2 })).toBe("snp/wrong-vek");
    expect(code(vlek, { flags: 7 << 2 })).toBe("snp/wrong-vek");
  });

  it("accepts the flags for an author key and a masked chip key", () =>
    expect(code(milan, { flags: 3 })).toBe("accepted"));

  it("refuses a certificate for anything but a VCEK or VLEK", () => {
    expect(code({ ...milan, leafName: "SEV-CEK" })).toBe("snp/wrong-vek");
    expect(code({ ...vlek, leafName: "SEV-CEK" })).toBe("snp/wrong-vek");
  });

  const tcbs: readonly (readonly [Machine, Partial<ReportFields>, readonly number[]])[] = [
    [milan, {}, [4, 0, 0, 0, 0, 0, 24, 219]],
    [genoa, {}, [10, 0, 0, 0, 0, 0, 23, 84]],
    [turin, { chipId: turinChip }, [5, 1, 2, 3, 0, 0, 0, 72]],
  ];
  it.each(tcbs)(
    "TCB extensions: every byte of the TCB must equal the certificate's ($product)",
    (machine, fields, tcb) => {
      expect(code(machine, { ...fields, tcb })).toBe("accepted");
      tcb.forEach((byte, i) => {
        expect(code(machine, { ...fields, tcb: tcb.with(i, byte + 1) }), `byte ${i}`).toBe(
          "snp/tcb-mismatch",
        );
      });
    },
  );

  it.each(["1", "2", "3", "8"])("refuses a certificate without its TCB extension 3.%s", (n) =>
    expect(code({ ...milan, without: [`1.3.6.1.4.1.3704.1.3.${n}`] })).toBe("snp/bad-vek"),
  );

  it("refuses Turin's certificate without FMC", () =>
    expect(code({ ...turin, without: ["1.3.6.1.4.1.3704.1.3.9"] }, { chipId: turinChip })).toBe(
      "snp/bad-vek",
    ));

  it("refuses another chip's certificate", () => {
    expect(code(milan, { chipId: changed(chipId, 0, 1) })).toBe("snp/wrong-chip");
    expect(code(milan, { chipId: changed(chipId, 63, 1) })).toBe("snp/wrong-chip");
    expect(code({ ...milan, hwid: undefined })).toBe("snp/bad-vek");
  });

  it("compares the whole id of a chip, and accepts short ids for Turin only", () => {
    expect(code(turin, { chipId: changed(turinChip, 7, 1) })).toBe("snp/wrong-chip");
    expect(code(turin, { chipId: changed(turinChip, 8, 1) })).toBe("snp/wrong-chip");
    expect(code(turin, { chipId: changed(turinChip, 63, 1) })).toBe("snp/wrong-chip");
    expect(code({ ...milan, hwid: chipId.slice(0, 8) }, { chipId: turinChip })).toBe("snp/wrong-chip");
  });

  it("returns the chip's id from its certificate if the host masks it in the report", () => {
    const masked = { chipId: new Uint8Array(64) };
    expect(verify(milan, evidenceOf(milan, masked))).toMatchObject({
      chipId: toHex(chipId),
      chipIdMasked: true,
    });
    expect(verify(turin, evidenceOf(turin, masked))).toMatchObject({
      chipId: toHex(turinChip),
      chipIdMasked: true,
    });
    expect(verify(milan, evidenceOf(milan, { chipId }))).toMatchObject({
      chipId: toHex(chipId),
      chipIdMasked: false,
    });
    expect(code({ ...milan, hwid: chipId.slice(0, 8) }, masked)).toBe("snp/wrong-chip");
    expect(verify(vlek, evidenceOf(vlek, masked))).toMatchObject({
      chipId: "00".repeat(64),
      chipIdMasked: false,
    });
  });

  it("VLEK: compares no chip id, because many chips share the key", () =>
    expect(code(vlek, { chipId })).toBe("accepted"));

  it("refuses another key's signature", () =>
    expect(code(milan, { key: otherVek })).toBe("snp/bad-signature"));

  it("is used by verifyEvidence", () =>
    expect(
      verifyEvidence(crypto, { ...hardwareRoots, amd: rootsOf("milan") }, evidenceOf(milan), at).kind,
    ).toBe("snp"));
});
