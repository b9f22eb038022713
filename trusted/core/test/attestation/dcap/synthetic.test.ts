import { createNativeCrypto } from "@pruntime/crypto-native";
import { beforeAll, describe, expect, it } from "vitest";
import {
  type AuthenticSgx,
  type AuthenticTdx,
  type EndorsedDcap,
  intelRoot,
  verifyDcap,
} from "../../../src/attestation/index.ts";
import { concat, fromUtf8, utf8 } from "../../../src/bytes/index.ts";
import { type Crypto, portableCrypto } from "../../../src/crypto/index.ts";
import { codeOf } from "../../support/code.ts";
import { sequence } from "../../support/der.ts";
import { caExtensions, certificate, crl, leafExtensions, named, pem } from "../../support/pki.ts";
import { remembering } from "./remembering.ts";
import {
  at,
  evidence,
  iso,
  keys,
  level,
  moduleIdentity,
  pckExtension,
  qeIdentityOf,
  root,
  serials,
  svnLevel,
  tcbInfoOf,
  type World,
} from "./synthetic.ts";

let crypto: Crypto;
beforeAll(async () => {
  crypto = remembering(await createNativeCrypto());
});

const verify = (change: Partial<World> = {}, atMs = at) => verifyDcap(crypto, root, atMs, evidence(change));
const code = (change: Partial<World>, atMs = at) => codeOf(() => verify(change, atMs));
const judged = (change: Partial<World>) => {
  const { tcbStatus, qeTcbStatus, advisories } = verify(change);
  return { tcbStatus, qeTcbStatus, advisories: advisories.join(" ") };
};
const signedText =
  (part: "tcb_info" | "qe_identity", change: (text: string) => string) =>
  (collateral: Record<string, string>) => ({
    ...collateral,
    [part]: change(collateral[part] as string),
  });

describe("verifyDcap", () => {
  it("returns all facts about an enclave, with both crypto providers", () => {
    const expected: AuthenticSgx = {
      kind: "sgx",
      tcbStatus: "UpToDate",
      qeTcbStatus: "UpToDate",
      advisories: [],
      measurements: { mrenclave: "e1".repeat(32), mrsigner: "51".repeat(32) },
      reportData: Uint8Array.from({ length: 64 }, (_, i) => i + 1),
      debug: false,
      isvProdId: 258,
      isvSvn: 772,
      attributes: 5n,
      xfrm: 0xe7n,
      miscSelect: 0x0403_0201,
      fmspc: "00906ed50000",
      ppid: "77".repeat(16),
      tcbEvaluationDataNumber: 20,
      collateralIssuedMs: at - 86_400_000,
      tcbDateMs: Date.UTC(2025, 5, 1),
      validUntilMs: at + 29 * 86_400_000,
    };
    expect(verify()).toEqual(expected);
    expect(verifyDcap(portableCrypto, root, at, evidence())).toEqual(expected);
  });

  it("returns all facts about a TD of either version", () => {
    const hash = (byte: string) => byte.repeat(48);
    const expected = (mrServiceTd: string | undefined): Partial<AuthenticTdx> => ({
      kind: "tdx",
      measurements: {
        mrseam: hash("01"),
        mrsignerseam: hash("00"),
        mrtd: hash("02"),
        mrconfigid: hash("03"),
        mrowner: hash("04"),
        mrownerconfig: hash("05"),
        rtmr0: hash("06"),
        rtmr1: hash("07"),
        rtmr2: hash("08"),
        rtmr3: hash("09"),
      },
      debug: false,
      tdAttributes: 0x1000_0000n,
      xfam: 0x602e7n,
      mrServiceTd,
    });
    expect(verify({ body: "td10" })).toMatchObject(expected(undefined));
    expect(verify({ body: "td10", version: 5 })).toMatchObject(expected(undefined));
    expect(verify({ body: "td15" })).toMatchObject(expected(hash("0a")));
  });

  it("reports debug mode: a policy, not the verifier, decides whether to accept it", () => {
    expect(verify({ sgxAttributes: 0x07 }).debug).toBe(true);
    for (const bit of [0, 1, 4, 5, 6, 7])
      expect(
        verify({ body: "td15", tdAttributes: Uint8Array.of(1 << bit, 0, 0, 0x10, 0, 0, 0, 0) }).debug,
        `bit ${bit}`,
      ).toBe(true);
    expect(
      verify({ body: "td15", tdAttributes: Uint8Array.of(0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff) })
        .debug,
    ).toBe(false);
  });

  it("refuses the synthetic evidence under the real root", () => {
    expect(codeOf(() => verifyDcap(crypto, intelRoot, at, evidence()))).toBe("x509/untrusted-root");
  });

  it("refuses evidence whose kind is not that of its quote", () => {
    const { quote, collateral } = evidence();
    expect(codeOf(() => verifyDcap(crypto, root, at, { kind: "tdx", quote, collateral }))).toBe(
      "dcap/wrong-kind",
    );
  });

  it("refuses a time that is not a number", () => {
    expect(code({}, Number.NaN)).toBe("x509/not-yet-valid");
  });
});

describe("TCB levels", () => {
  it.each([
    "UpToDate",
    "SWHardeningNeeded",
    "ConfigurationNeeded",
    "ConfigurationAndSWHardeningNeeded",
    "OutOfDate",
    "OutOfDateConfigurationNeeded",
    "Revoked",
  ])("%s is returned if the matching level has that status", (status) => {
    const advisoryIDs = ["INTEL-SA-00002", "INTEL-SA-00001"];
    expect(
      judged({
        tcbInfo: tcbInfoOf("SGX", {
          tcbLevels: [level("UpToDate", [3]), level(status, [2, 2], undefined, { advisoryIDs })],
        }),
      }),
    ).toEqual({
      tcbStatus: status,
      qeTcbStatus: "UpToDate",
      advisories: "INTEL-SA-00001 INTEL-SA-00002",
    });
  });

  it("chooses the first level that all components and the PCE reach", () => {
    const tcbLevels = [
      level("UpToDate", [2, 3]),
      level("SWHardeningNeeded", [0, 0, 1]),
      level("ConfigurationNeeded", [1, 1]),
      level("OutOfDate", []),
    ];
    expect(verify({ tcbInfo: tcbInfoOf("SGX", { tcbLevels }) }).tcbStatus).toBe("ConfigurationNeeded");
    expect(code({ pceSvn: 9 })).toBe("dcap/no-tcb-level");
  });

  it("unmatched level returned as usable: refuses a platform that matches no level", () => {
    expect(code({ components: [2, 1] })).toBe("dcap/no-tcb-level");
    expect(code({ tcbInfo: tcbInfoOf("SGX", { tcbLevels: [] }) })).toBe("dcap/no-tcb-level");
    expect(code({ body: "td10", teeTcbSvn: [3, 0, 3] })).toBe("dcap/no-tcb-level");
    expect(
      code({ body: "td10", tcbInfo: tcbInfoOf("TDX", { tcbLevels: [level("UpToDate", [2, 2])] }) }),
    ).toBe("dcap/no-tcb-level");
    expect(code({ qeIdentity: qeIdentityOf("SGX", { tcbLevels: [] }) })).toBe("dcap/no-tcb-level");
  });

  it.each([
    ["UpToDate", "OutOfDate"],
    ["SWHardeningNeeded", "OutOfDate"],
    ["ConfigurationNeeded", "OutOfDateConfigurationNeeded"],
    ["ConfigurationAndSWHardeningNeeded", "OutOfDateConfigurationNeeded"],
    ["OutOfDate", "OutOfDate"],
    ["OutOfDateConfigurationNeeded", "OutOfDateConfigurationNeeded"],
    ["Revoked", "Revoked"],
  ])("QE identity skipped (CVE-2026-22696): an out-of-date QE turns %s into %s", (status, expected) => {
    const tcbInfo = tcbInfoOf("SGX", { tcbLevels: [level(status, [2, 2])] });
    const old = evidence({
      tcbInfo,
      qe: {
        isvSvn: 7,
        isvProdId: 1,
        mrsigner: new Uint8Array(32).fill(0xab),
        attributes: Uint8Array.of(0x15, ...new Uint8Array(15)),
        miscSelect: new Uint8Array(4),
      },
    });
    const verdict = verifyDcap(crypto, root, at, old);
    expect([verdict.tcbStatus, verdict.qeTcbStatus, verdict.advisories.join()]).toEqual([
      expected,
      "OutOfDate",
      "INTEL-SA-00006",
    ]);
  });

  it("a revoked QE makes the whole platform Revoked", () => {
    const qeIdentity = qeIdentityOf("SGX", { tcbLevels: [svnLevel("Revoked", 1)] });
    expect(judged({ qeIdentity })).toMatchObject({ tcbStatus: "Revoked", qeTcbStatus: "Revoked" });
  });
});

describe("status computed wrongly for TDX 1.5", () => {
  const levels = (...more: readonly Record<string, unknown>[]) => [
    level("UpToDate", [2, 2], [5, 0, 4]),
    ...more,
  ];
  const identity = (...newest: readonly Record<string, unknown>[]) =>
    moduleIdentity("01", ...newest, svnLevel("OutOfDate", 4, { advisoryIDs: ["INTEL-SA-00004"] }));
  const info = (more: Record<string, unknown> = {}) =>
    tcbInfoOf("TDX", {
      tcbLevels: levels(),
      tdxModuleIdentities: [identity(svnLevel("UpToDate", 6))],
      ...more,
    });
  /** A TDX module with SVN 4 launched the TD, and a module with SVN 6 runs now. */
  const relaunch = {
    body: "td15",
    teeTcbSvn: [4, 1, 4],
    teeTcbSvn2: [6, 1, 4],
    tcbInfo: info(),
  } as const satisfies Partial<World>;

  it("does not compare a separately versioned module with the platform's levels", () => {
    expect(judged({ body: "td10", teeTcbSvn: [6, 1, 4], tcbInfo: info() })).toMatchObject({
      tcbStatus: "UpToDate",
      advisories: "",
    });
    expect(code({ body: "td10", teeTcbSvn: [4, 0, 4], tcbInfo: info() })).toBe("dcap/no-tcb-level");
    expect(code({ body: "td10", teeTcbSvn: [6, 1, 3], tcbInfo: info() })).toBe("dcap/no-tcb-level");
  });

  it("an out-of-date module makes the whole platform out of date", () => {
    expect(judged({ body: "td10", teeTcbSvn: [4, 1, 4], tcbInfo: info() })).toMatchObject({
      tcbStatus: "OutOfDate",
      advisories: "INTEL-SA-00004",
    });
    const tcbLevels = [level("ConfigurationNeeded", [2, 2], [5, 0, 4])];
    expect(judged({ body: "td10", teeTcbSvn: [4, 1, 4], tcbInfo: info({ tcbLevels }) }).tcbStatus).toBe(
      "OutOfDateConfigurationNeeded",
    );
  });

  it("a revoked module makes the platform Revoked, and a module older than all levels is refused", () => {
    const tdxModuleIdentities = [identity(svnLevel("UpToDate", 6), svnLevel("Revoked", 5))];
    expect(
      judged({ body: "td10", teeTcbSvn: [5, 1, 4], tcbInfo: info({ tdxModuleIdentities }) }).tcbStatus,
    ).toBe("Revoked");
    expect(code({ body: "td10", teeTcbSvn: [3, 1, 4], tcbInfo: info() })).toBe("dcap/no-tcb-level");
  });

  it("advises a relaunch if a newer module runs now", () => {
    expect(judged(relaunch)).toMatchObject({ tcbStatus: "TDRelaunchAdvised", advisories: "INTEL-SA-00004" });
    expect(judged({ ...relaunch, body: "td10" }).tcbStatus).toBe("OutOfDate");
    expect(judged({ ...relaunch, teeTcbSvn2: [5, 1, 4] }).tcbStatus).toBe("OutOfDate");
    expect(judged({ ...relaunch, teeTcbSvn2: [6, 1, 3] }).tcbStatus).toBe("OutOfDate");
    expect(judged({ ...relaunch, teeTcbSvn2: [5, 0, 4] }).tcbStatus).toBe("TDRelaunchAdvised");
    expect(judged({ ...relaunch, teeTcbSvn2: [4, 0, 4] }).tcbStatus).toBe("OutOfDate");
    expect(code({ ...relaunch, teeTcbSvn2: [6, 2, 4] })).toBe("dcap/tdx-module-mismatch");
  });

  it("also advises configuration if the platform needs it: TDRelaunchAdvisedConfigurationNeeded", () => {
    for (const status of ["ConfigurationNeeded", "ConfigurationAndSWHardeningNeeded"])
      expect(
        judged({ ...relaunch, tcbInfo: info({ tcbLevels: [level(status, [2, 2], [5, 0, 4])] }) }).tcbStatus,
      ).toBe("TDRelaunchAdvisedConfigurationNeeded");
    const tcbLevels = [level("ConfigurationNeeded", [2, 2], [5, 0, 4]), level("UpToDate", [2, 2], [1, 0, 1])];
    expect(judged({ ...relaunch, teeTcbSvn: [4, 1, 2], tcbInfo: info({ tcbLevels }) }).tcbStatus).toBe(
      "TDRelaunchAdvisedConfigurationNeeded",
    );
  });

  it("does not advise a relaunch if platform or QE are out of date too, or the module is not", () => {
    const old = [level("UpToDate", [3, 3], [5, 0, 4]), level("OutOfDate", [2, 2], [5, 0, 4])];
    expect(judged({ ...relaunch, tcbInfo: info({ tcbLevels: old }) }).tcbStatus).toBe("OutOfDate");
    const qeIdentity = qeIdentityOf("TDX", {
      tcbLevels: [svnLevel("UpToDate", 9), svnLevel("OutOfDate", 8)],
    });
    expect(judged({ ...relaunch, qeIdentity }).tcbStatus).toBe("OutOfDate");
    const platformOnly = [level("UpToDate", [2, 2], [5, 0, 4]), level("OutOfDate", [2, 2], [1, 0, 1])];
    expect(
      judged({
        body: "td15",
        teeTcbSvn: [6, 1, 2],
        teeTcbSvn2: [6, 1, 4],
        tcbInfo: info({ tcbLevels: platformOnly }),
      }).tcbStatus,
    ).toBe("OutOfDate");
  });

  it("refuses a module that is not Intel's", () => {
    const foreign = new Uint8Array(48).fill(1);
    const attributes = Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0);
    for (const teeTcbSvn of [
      [5, 0, 4],
      [6, 1, 4],
    ]) {
      expect(code({ body: "td10", teeTcbSvn, tcbInfo: info(), mrSignerSeam: foreign })).toBe(
        "dcap/tdx-module-mismatch",
      );
      expect(code({ body: "td10", teeTcbSvn, tcbInfo: info(), seamAttributes: attributes })).toBe(
        "dcap/tdx-module-mismatch",
      );
    }
    const allowed = {
      mrsigner: "00".repeat(48),
      attributes: `01${"00".repeat(7)}`,
      attributesMask: "ff".repeat(8),
    };
    expect(
      code({ body: "td10", seamAttributes: attributes, tcbInfo: tcbInfoOf("TDX", { tdxModule: allowed }) }),
    ).toBe("dcap/tdx-module-mismatch");
    expect(code({ body: "td10", tcbInfo: tcbInfoOf("TDX", { tdxModule: undefined }) })).toBe(
      "dcap/tdx-module-mismatch",
    );
    expect(code({ body: "td10", teeTcbSvn: [6, 2, 4], tcbInfo: info() })).toBe("dcap/tdx-module-mismatch");
  });
});

describe("QE identity skipped (CVE-2026-22696)", () => {
  const qe = (change: Partial<World["qe"]>) =>
    code({
      qe: {
        isvSvn: 8,
        isvProdId: 1,
        mrsigner: new Uint8Array(32).fill(0xab),
        attributes: Uint8Array.of(0x15, ...new Uint8Array(15)),
        miscSelect: new Uint8Array(4),
        ...change,
      },
    });

  it("refuses a QE with another signer, product, attributes or miscselect, after applying the masks", () => {
    expect(qe({})).toBe("accepted");
    expect(qe({ mrsigner: new Uint8Array(32) })).toBe("dcap/qe-mismatch");
    expect(qe({ isvProdId: 2 })).toBe("dcap/qe-mismatch");
    expect(qe({ attributes: Uint8Array.of(0x17, ...new Uint8Array(15)) })).toBe("dcap/qe-mismatch");
    expect(qe({ attributes: Uint8Array.of(0x11, ...new Uint8Array(15)) })).toBe("accepted");
    expect(qe({ miscSelect: Uint8Array.of(1, 0, 0, 0) })).toBe("dcap/qe-mismatch");
  });

  it("refuses an identity for the other TEE, or altered by one byte", () => {
    expect(code({ qeIdentity: qeIdentityOf("TDX") })).toBe("dcap/collateral-mismatch");
    expect(code({ body: "td10", qeIdentity: qeIdentityOf("SGX") })).toBe("dcap/collateral-mismatch");
    expect(
      code({ finish: signedText("qe_identity", (text) => text.replace('"isvsvn":8', '"isvsvn":7')) }),
    ).toBe("dcap/bad-collateral-signature");
  });
});

describe("certificates", () => {
  it("revoked: a PCK, an intermediate, a TCB signer", () => {
    expect(code({ revokedByCa: [serials.pck] })).toBe("dcap/revoked");
    expect(code({ revokedByRoot: [serials.ca] })).toBe("dcap/revoked");
    expect(code({ revokedByRoot: [serials.tcb] })).toBe("dcap/revoked");
    expect(code({ revokedByCa: [99], revokedByRoot: [serials.pck] })).toBe("accepted");
  });

  it("CRL not authenticated, garbage CRL ignored, expired CRL", () => {
    for (const part of ["root_ca_crl", "pck_crl"] as const) {
      expect(code({ finish: (all) => ({ ...all, [part]: "deadbeef" }) })).toMatch(/^asn1\//);
      expect(code({ finish: (all) => ({ ...all, [part]: "" }) })).toBe("asn1/truncated");
      expect(code({ finish: (all) => ({ ...all, [part]: `${all[part]}00` }) })).toBe("asn1/trailing");
    }
    const list = (issuer: string, change: Partial<Parameters<typeof crl>[0]>) =>
      Buffer.from(crl({ issuer: named(issuer), by: keys.stranger, ...change })).toString("hex");
    const [rootIssuer, caIssuer] = ["Intel SGX Root CA", "Intel SGX PCK Platform CA"];
    expect(code({ finish: (all) => ({ ...all, root_ca_crl: list(rootIssuer, {}) }) })).toBe(
      "x509/crl-bad-signature",
    );
    expect(code({ finish: (all) => ({ ...all, pck_crl: list(caIssuer, {}) }) })).toBe(
      "x509/crl-bad-signature",
    );
    expect(code({ crlDates: { thisUpdateMs: at - 2000, nextUpdateMs: at - 1000 } })).toBe("x509/crl-expired");
    expect(
      code({
        finish: (all) => ({ ...all, pck_crl: list(caIssuer, { by: keys.ca, nextUpdateMs: at - 1000 }) }),
      }),
    ).toBe("x509/crl-expired");
    expect(code({ crlDates: { thisUpdateMs: at + 1000, nextUpdateMs: at + 2000 } })).toBe(
      "x509/crl-not-yet-valid",
    );
    expect(
      code({ finish: (all) => ({ ...all, pck_crl: list(caIssuer, { by: keys.ca, nextUpdateMs: null }) }) }),
    ).toBe("x509/no-next-update");
  });

  it("wrong CA's CRL", () => {
    const other = Buffer.from(crl({ issuer: named("Intel SGX PCK Processor CA"), by: keys.ca })).toString(
      "hex",
    );
    expect(code({ finish: (all) => ({ ...all, pck_crl: other }) })).toBe("x509/crl-wrong-issuer");
    expect(code({ finish: (all) => ({ ...all, pck_crl: all["root_ca_crl"] }) })).toBe(
      "x509/crl-wrong-issuer",
    );
    expect(code({ finish: (all) => ({ ...all, root_ca_crl: all["pck_crl"] }) })).toBe(
      "x509/crl-wrong-issuer",
    );
    expect(code({ caName: "Intel SGX PCK Processor CA" })).toBe("accepted");
  });

  it("out-of-order or extra certificates", () => {
    expect(code({ arrange: (pck, ca, top) => [pck, top, ca] })).toBe("accepted");
    expect(code({ arrange: (pck, ca) => [pck, ca] })).toBe("accepted");
    expect(code({ arrange: (pck, ca, top) => [ca, pck, top] })).toBe("x509/stray-certificate");
    expect(code({ arrange: (pck, ca, top) => [pck, ca, ca, top] })).toBe("x509/stray-certificate");
    expect(code({ arrange: (pck) => [pck] })).toBe("x509/issuer-missing");
  });

  it("have the roles that their names allow: a PCK cannot sign TCB info, nor a TCB signer a quote", () => {
    expect(code({ tcbInfoSigner: keys.pck, qeIdentitySigner: keys.pck, tcbChain: (...chain) => chain })).toBe(
      "dcap/wrong-role",
    );
    expect(code({ tcbSigningName: "Intel SGX PCK Certificate" })).toBe("dcap/wrong-role");
    expect(code({ pckName: "Intel SGX TCB Signing" })).toBe("dcap/wrong-role");
    expect(code({ caName: "Intel SGX Another CA" })).toBe("dcap/wrong-role");
    expect(
      code({
        arrange: (_, __, top) => [
          certificate({
            subject: named("Intel SGX PCK Certificate"),
            issuer: named("Intel SGX Root CA"),
            key: keys.pck,
            by: keys.root,
            extensions: leafExtensions,
          }),
          top,
        ],
      }),
    ).toBe("dcap/wrong-role");
  });

  it("refuse a revoked CA as a TCB signer, and an additional CA in between", () => {
    const rootName = named("Intel SGX Root CA");
    const name = named("Intel SGX PCK Processor CA");
    const [key, between] = [keys.stranger, keys.stranger];
    const lost = certificate({
      subject: name,
      issuer: rootName,
      key,
      by: keys.root,
      serial: 99,
      extensions: caExtensions,
    });
    const signer = certificate({
      subject: named("Intel SGX TCB Signing"),
      issuer: name,
      key: keys.tcb,
      by: key,
    });
    for (const revokedByRoot of [[], [99]])
      expect(code({ revokedByRoot, tcbChain: (_, __, top) => [signer, lost, top] })).toBe("dcap/wrong-role");
    const ca = named("Intel SGX PCK Platform CA");
    const below = certificate({
      subject: ca,
      issuer: name,
      key: keys.ca,
      by: between,
      serial: serials.ca,
      extensions: caExtensions,
    });
    expect(code({ arrange: (pck, _, top) => [pck, below, lost, top] })).toBe("dcap/wrong-role");
    expect(code({ arrange: (pck) => [pck, below, lost] })).toBe("dcap/wrong-role");
  });

  it("CAs do not sign TCB info either", () => {
    expect(
      code({ tcbInfoSigner: keys.ca, qeIdentitySigner: keys.ca, tcbChain: (_, ca, top) => [ca, top] }),
    ).toBe("x509/bad-leaf");
  });

  it("of PCKs must contain Intel's extension about the platform", () => {
    const platform = { components: [2, 2], pceSvn: 10, fmspc: "00906ed50000", pceId: "0000" };
    for (const item of ["1", "2", "2.1", "2.16", "2.17", "3", "4"])
      expect(code({ pckExtension: pckExtension(platform, item) })).toBe("dcap/bad-pck-extension");
    expect(code({ pckExtension: pckExtension(platform, "2.18") })).toBe("accepted");
    expect(code({ pckExtension: pckExtension({ ...platform, components: [256] }) })).toBe(
      "dcap/bad-pck-extension",
    );
    expect(code({ pckExtension: pckExtension({ ...platform, fmspc: "00906ed5" }) })).toBe(
      "dcap/bad-pck-extension",
    );
    expect(code({ pckExtension: concat(pckExtension(platform), Uint8Array.of(0)) })).toBe(
      "dcap/bad-pck-extension",
    );
    expect(code({ pckExtension: sequence() })).toBe("dcap/bad-pck-extension");
  });
});

describe("collateral", () => {
  it("FMSPC or TEE mismatch", () => {
    expect(code({ fmspc: "00906ed50001" })).toBe("dcap/collateral-mismatch");
    expect(code({ pceId: "0001" })).toBe("dcap/collateral-mismatch");
    expect(code({ tcbInfo: tcbInfoOf("TDX") })).toBe("dcap/collateral-mismatch");
    expect(code({ body: "td10", tcbInfo: tcbInfoOf("SGX") })).toBe("dcap/collateral-mismatch");
  });

  it("must be signed by the TCB signing key in each part", () => {
    expect(code({ tcbInfoSigner: keys.stranger })).toBe("dcap/bad-collateral-signature");
    expect(code({ qeIdentitySigner: keys.stranger })).toBe("dcap/bad-collateral-signature");
  });

  it("JSON re-serialisation: refuses TCB info with reordered keys, or with one more space", () => {
    const reordered = (text: string) =>
      JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(text)).reverse()));
    for (const part of ["tcb_info", "qe_identity"] as const) {
      expect(code({ finish: signedText(part, reordered) })).toBe("dcap/bad-collateral-signature");
      expect(code({ finish: signedText(part, (text) => `${text} `) })).toBe("dcap/bad-collateral-signature");
      expect(code({ finish: signedText(part, (text) => text) })).toBe("accepted");
    }
  });

  it.each(["tcbInfo", "qeIdentity"] as const)("expired / not yet valid collateral, NaN dates: %s", (part) => {
    const of = part === "tcbInfo" ? tcbInfoOf : qeIdentityOf;
    const withDates = (more: Record<string, unknown>) => code({ [part]: of("SGX", more) });
    expect(withDates({ issueDate: iso(at), nextUpdate: iso(at) })).toBe("accepted");
    expect(withDates({ issueDate: iso(at + 1000) })).toBe("dcap/collateral-not-yet-valid");
    expect(withDates({ nextUpdate: iso(at - 1000) })).toBe("dcap/collateral-expired");
    for (const bad of [
      "",
      "never",
      "2026-02-30T00:00:00Z",
      "2026-01-15",
      "2026-01-15T00:00:00+00:00",
      "2026-01-15T00:00:00.000Z",
      "2026-01-15 00:00:00Z",
      0,
      null,
    ]) {
      expect(withDates({ issueDate: bad })).toBe("dcap/bad-date");
      expect(withDates({ nextUpdate: bad })).toBe("dcap/bad-date");
    }
    expect(withDates({ issueDate: undefined })).toBe("json/missing-key");
    expect(withDates({ nextUpdate: undefined })).toBe("json/missing-key");
  });

  it("is valid until its first part expires", () => {
    const until = (change: Partial<World>) => verify(change).validUntilMs;
    const soon = at + 5000;
    expect(until({ tcbInfo: tcbInfoOf("SGX", { nextUpdate: iso(soon) }) })).toBe(soon);
    expect(until({ qeIdentity: qeIdentityOf("SGX", { nextUpdate: iso(soon) }) })).toBe(soon);
    expect(until({ crlDates: { thisUpdateMs: at, nextUpdateMs: soon } })).toBe(soon);
  });

  it("TCB downgrade through old collateral: returns the number and the oldest date for a policy", () => {
    const old = verify({
      tcbInfo: tcbInfoOf("SGX", { tcbEvaluationDataNumber: 17, issueDate: iso(at - 20_000) }),
    });
    expect([old.tcbEvaluationDataNumber, old.collateralIssuedMs]).toEqual([17, at - 86_400_000]);
    const older = verify({ tcbInfo: tcbInfoOf("SGX", { issueDate: iso(at - 2 * 86_400_000) }) });
    expect(older.collateralIssuedMs).toBe(at - 2 * 86_400_000);
    const dates = (days: number) => ({ thisUpdateMs: at - days * 86_400_000, nextUpdateMs: at + 86_400_000 });
    expect(verify({ crlDates: dates(20) }).collateralIssuedMs, "an old list lacks later revocations").toBe(
      at - 20 * 86_400_000,
    );
    expect(verify({ rootCrlDates: dates(300) }).collateralIssuedMs, "the root's is for a year").toBe(
      at - 86_400_000,
    );
  });

  it("refuses unknown versions and words", () => {
    const info = (more: Record<string, unknown>) => code({ tcbInfo: tcbInfoOf("SGX", more) });
    expect(info({ version: 4 })).toBe("dcap/unsupported-collateral");
    expect(info({ version: 1 })).toBe("dcap/unsupported-collateral");
    expect(info({ id: "TSX" })).toBe("dcap/unsupported-collateral");
    expect(info({ tcbLevels: [level("Fine", [2, 2])] })).toBe("dcap/unsupported-collateral");
    expect(code({ qeIdentity: qeIdentityOf("SGX", { version: 1 }) })).toBe("dcap/unsupported-collateral");
    expect(code({ qeIdentity: qeIdentityOf("SGX", { tcbLevels: [svnLevel("SWHardeningNeeded", 1)] }) })).toBe(
      "dcap/unsupported-collateral",
    );
    expect(info({ somethingNew: 1 })).toBe("accepted");
  });

  it("reads version 2 of TCB info, for SGX only", () => {
    const tcb = Object.fromEntries(
      Array.from({ length: 16 }, (_, i) => [`sgxtcbcomp${String(i + 1).padStart(2, "0")}svn`, i < 2 ? 2 : 0]),
    );
    const tcbLevels = [{ tcb: { ...tcb, pcesvn: 10 }, tcbDate: iso(at), tcbStatus: "SWHardeningNeeded" }];
    const { id: _, ...rest } = tcbInfoOf("SGX");
    const tcbInfo = { ...rest, version: 2, tcbLevels };
    expect(judged({ tcbInfo }).tcbStatus).toBe("SWHardeningNeeded");
    expect(code({ body: "td10", tcbInfo })).toBe("dcap/collateral-mismatch");
    expect(code({ tcbInfo, components: [2, 1] })).toBe("dcap/no-tcb-level");
  });

  it("denial of service by big evidence: refuses more than Intel ever publishes", () => {
    const { quote } = evidence();
    const code = (collateral: Uint8Array, bytes = quote) =>
      codeOf(() => verifyDcap(crypto, root, at, { kind: "sgx", quote: bytes, collateral }));
    expect(code(new Uint8Array(262_145))).toBe("dcap/collateral-too-long");
    expect(code(utf8("{}"), new Uint8Array(16_385))).toBe("dcap/quote-too-long");
    expect(code(utf8("[[[[["))).toBe("json/too-deep");
    expect(code(utf8("{}"))).toBe("json/missing-key");
    expect(code(Uint8Array.of(0xff))).toBe("bytes/bad-utf8");
    const { collateral } = evidence();
    expect(code(utf8(fromUtf8(collateral).replace("{", '{"more":1,')))).toBe("json/unknown-key");
    expect(code(utf8(fromUtf8(collateral).replace("{", `{"pck_certificate_chain":"${"x"}",`)))).toBe(
      "accepted",
    );
  });
});

describe("quotes", () => {
  it("must be signed by the key that the QE vouches for, with a report that the PCK signed", () => {
    expect(code({ quoteSigner: keys.stranger })).toBe("dcap/bad-quote-signature");
    expect(code({ qeSigner: keys.stranger })).toBe("dcap/bad-qe-report-signature");
    expect(code({ qeReportTail: Uint8Array.of(1, ...new Uint8Array(31)) })).toBe(
      "dcap/attestation-key-not-bound",
    );
    const { quote, collateral } = evidence();
    const exchanged = quote.slice();
    exchanged.set(keys.stranger.point.subarray(1), 436 + 64);
    exchanged.set(keys.stranger.sign(quote.subarray(0, 432)), 436);
    expect(codeOf(() => verifyDcap(crypto, root, at, { kind: "sgx", quote: exchanged, collateral }))).toBe(
      "dcap/attestation-key-not-bound",
    );
  });

  it("without certificates are refused with a code of their own", () => {
    for (const certificationDataType of [1, 2, 3, 4, 6, 7])
      expect(code({ certificationDataType })).toBe("dcap/pck-chain-missing");
  });

  const variants: readonly [string, () => EndorsedDcap][] = [
    ["SGX v3", () => evidence()],
    ["TDX v4", () => evidence({ body: "td10" })],
    ["TDX v5", () => evidence({ body: "td15" })],
    ["SGX v5", () => evidence({ version: 5 })],
  ];

  it.each(variants)("trailing bytes, padded quotes, length overflow: %s", (_, make) => {
    const { kind, quote, collateral } = make();
    const code = (bytes: Uint8Array) =>
      codeOf(() => verifyDcap(crypto, root, at, { kind, quote: bytes, collateral }));
    expect(code(concat(quote, new Uint8Array(8000 - quote.length)))).toBe("accepted");
    expect(code(concat(Uint8Array.of(9), quote).subarray(1))).toBe("accepted");
    expect(code(concat(quote, Uint8Array.of(1)))).toBe("dcap/trailing-bytes");
    expect(code(concat(quote, new Uint8Array(100), Uint8Array.of(1)))).toBe("dcap/trailing-bytes");
    const cut = Array.from({ length: quote.length }, (_, end) => code(quote.subarray(0, end)));
    expect(new Set(cut)).toEqual(new Set(["codec/truncated"]));
    for (let i = 0; i + 4 <= quote.length; i += i < 700 ? 1 : 41) {
      const longer = quote.slice();
      longer.set([0xff, 0xff, 0xff, 0xff], i);
      if (code(longer) === "accepted") expect.unreachable(`four bytes at ${i}`);
    }
  });

  it.each(variants.slice(0, 3))(
    "error swallowed -> accept: no flipped bit of any byte is ever accepted, %s",
    (_, make) => {
      const { kind, quote, collateral } = make();
      const code = (bytes: Uint8Array) =>
        codeOf(() => verifyDcap(crypto, root, at, { kind, quote: bytes, collateral }));
      expect(code(quote)).toBe("accepted");
      for (let i = 0; i < quote.length; i++) {
        const changed = quote.slice();
        changed[i] = (changed[i] as number) ^ (1 << (i & 7));
        if (code(changed) === "accepted") expect.unreachable(`a bit of byte ${i}`);
      }
    },
  );

  it("refuses unknown headers", () => {
    const { quote, collateral } = evidence();
    const code = (offset: number, ...bytes: readonly number[]) => {
      const changed = quote.slice();
      changed.set(bytes, offset);
      return codeOf(() => verifyDcap(crypto, root, at, { kind: "sgx", quote: changed, collateral }));
    };
    for (const version of [0, 1, 2, 6]) expect(code(0, version)).toBe("dcap/unsupported-quote");
    expect(code(2, 3)).toBe("dcap/unsupported-quote");
    expect(code(4, 1)).toBe("dcap/unsupported-quote");
    expect(code(4, 0x81)).toBe("dcap/unsupported-quote"); // TDX in version 3
    expect(code(12, 0)).toBe("dcap/unknown-qe-vendor");
  });

  it("accepts PEM only in its canonical form, followed by at most one NUL", () => {
    const { quote, collateral } = evidence();
    expect(quote[quote.length - 1]).toBe(0);
    const text = fromUtf8(quote.slice(quote.length - 30, quote.length - 1));
    expect(text.endsWith("-----END CERTIFICATE-----\n")).toBe(true);
    const code = (arrange: World["arrange"]) =>
      codeOf(() => verifyDcap(crypto, root, at, evidence({ arrange })));
    expect(code((...chain) => chain)).toBe("accepted");
    for (const [from, to] of [
      ["\n-----BEGIN", " -----BEGIN"],
      ["-----\n\0", "-----\0\0"],
      ["-----\n\0", "-----\n\n"],
    ] as const) {
      const bytes = Buffer.from(quote);
      const at_ = bytes.lastIndexOf(from);
      expect(at_).toBeGreaterThan(0);
      bytes.write(to, at_, "latin1");
      expect(
        codeOf(() =>
          verifyDcap(crypto, root, at, { kind: "sgx", quote: Uint8Array.from(bytes), collateral }),
        ),
      ).toBe("asn1/bad-pem");
    }
    expect(pem(Uint8Array.of(1)).split("\n").length).toBe(4);
  });
});
