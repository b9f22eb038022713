import { createNativeCrypto } from "@pruntime/crypto-native";
import { describe, expect } from "vitest";
import {
  type Authentic,
  type AuthenticSnp,
  type AuthenticTdx,
  appraise,
  decodePolicy,
  hardwareRoots,
  verifyEvidence,
} from "../../../src/attestation/index.ts";
import { type Cases, evidenceOf, withCases } from "../cases.ts";

const crypto = await createNativeCrypto();

/** The verified facts of a case's evidence, and the time at which the case says to verify them. */
function authenticIn(cases: Cases, id: string): { readonly authentic: Authentic; readonly at: number } {
  const at = Date.parse(cases.named(id).at);
  return { authentic: verifyEvidence(crypto, hardwareRoots, evidenceOf(cases, id), at), at };
}

/**
 * The rules that refuse a case. The policy accepts the measurement of the case and only the status UpToDate.
 * `change` replaces fields of the policy.
 */
function rulesIn(cases: Cases, id: string, change: object = {}): string[] {
  const { authentic, at } = authenticIn(cases, id);
  const { mrenclave, mrtd } = authentic.measurements;
  const policy = {
    version: 1,
    tcb: { accept: ["UpToDate"] },
    ...(mrenclave === undefined
      ? { tdx: { images: [{ mrtd }] } }
      : { sgx: { measurements: [{ mrenclave }] } }),
    ...change,
  };
  return appraise(decodePolicy(JSON.stringify(policy)), authentic, at).reasons.map(({ rule }) => rule);
}

const it = withCases
  .extend(
    "authenticOf",
    ({ cases }) =>
      (id: string) =>
        authenticIn(cases, id),
  )
  .extend(
    "rules",
    ({ cases }) =>
      (id: string, change?: object) =>
        rulesIn(cases, id, change),
  )
  .extend("snp", ({ authenticOf, rules }) => (id: string, change: object = {}): string[] => {
    const { measurements, reportedTcb, product } = authenticOf(id).authentic as AuthenticSnp;
    const section = {
      measurements: [measurements["measurement"]],
      minTcb: { [product]: reportedTcb },
      guestPolicy: { allow: ["SMT"] },
      ...change,
    };
    return rules(id, { tdx: undefined, snp: section });
  });

describe("policies about recorded evidence", () => {
  it("accepts a guest that is up to date", ({ rules }) => expect(rules("tdx-qvl-uptodate-2025")).toEqual([]));

  it("refuses the same quote with newer collateral that lists an advisory", ({ rules }) =>
    expect(rules("tdx-qvl-later-outofdate-2026")).toEqual(["advisories", "tcb-status"]));

  it("debug accepted: names all rules that refuse a debug enclave of the sample signer", ({ rules }) =>
    expect(rules("sgx-debug-occlum")).toEqual(["debug", "advisories", "tcb-status", "sample-signer"]));

  it("debug accepted: a debug guest that is otherwise up to date", ({ rules }) => {
    expect(rules("tdx-debug")).toEqual(["debug"]);
    expect(rules("tdx-debug", { allowDebug: true })).toEqual([]);
  });

  it("TCB downgrade: minTcbEvaluationDataNumber 19 refuses the older collateral", ({ rules }) => {
    const lenient = {
      tcb: { accept: ["SWHardeningNeeded"], advisoriesAllowed: ["INTEL-SA-00334", "INTEL-SA-00615"] },
    };
    expect(rules("sgx-tlsn-eval17-swhardening", lenient)).toEqual([]);
    expect(rules("sgx-tlsn-eval17-swhardening", { ...lenient, minTcbEvaluationDataNumber: 19 })).toEqual([
      "tcb-evaluation-data-number",
    ]);
    expect(rules("sgx-tlsn-eval19-outofdate", { ...lenient, minTcbEvaluationDataNumber: 19 })).toEqual([
      "advisories",
      "tcb-status",
    ]);
  });

  it("all-zero report data: a quote that is bound to nothing", ({ rules }) =>
    expect(rules("tdx-gcp-2026", { tcb: { accept: ["UpToDate"] } })).toEqual(["report-data"]));

  it("SEPT_VE_DISABLE clear, as on Azure", ({ authenticOf, rules }) => {
    const { mrtd } = authenticOf("tdx-azure-no-septvedisable").authentic.measurements;
    expect(rules("tdx-azure-no-septvedisable")).toEqual(["td-attributes"]);
    const tdx = { images: [{ mrtd }], attributes: { require: [] } };
    expect(rules("tdx-azure-no-septvedisable", { tdx })).toEqual([]);
  });

  it("XFAM: a guest with AMX, if the policy does not list AMX", ({ authenticOf, rules }) => {
    const { mrtd } = authenticOf("tdx-qvl-uptodate-2025").authentic.measurements;
    const plain = ["x87", "SSE", "AVX", "opmask", "ZMM_Hi256", "Hi16_ZMM", "PKRU"];
    const allowing = (...allow: string[]) =>
      rules("tdx-qvl-uptodate-2025", { tdx: { images: [{ mrtd }], xfam: { allow } } });
    expect(allowing(...plain, "TILECFG", "TILEDATA")).toEqual([]);
    expect(allowing(...plain, "TILECFG")).toEqual(["xfam"]);
  });

  it("ALIAS_CHECK_COMPLETE required: accepts a machine of 2026, and refuses one of 2023", ({ snp }) => {
    const platformInfo = { require: ["ALIAS_CHECK_COMPLETE"] };
    expect(snp("snp-milan-v5-gcp", { platformInfo })).toEqual(["report-data"]);
    expect(snp("snp-milan-2023", { platformInfo })).toEqual(["platform-info"]);
  });

  it("ciphertext hiding required: refuses a guest and a machine without it", ({ snp }) => {
    const platformInfo = { require: ["CIPHERTEXT_HIDING_DRAM_EN"] };
    const guestPolicy = { require: ["CIPHERTEXT_HIDING_DRAM"], allow: ["SMT"] };
    expect(snp("snp-milan-2023", { platformInfo, guestPolicy })).toEqual(["guest-policy", "platform-info"]);
  });

  it("TDRelaunchAdvised is a status of its own", ({ rules }) =>
    expect(rules("tdx5-relaunch-advised")).toEqual(expect.arrayContaining(["tcb-status"])));

  it("the grace period starts at the oldest date of the parts that are out of date", ({ authenticOf }) => {
    const dateOf = (id: string) =>
      new Date((authenticOf(id).authentic as AuthenticTdx).tcbDateMs).toISOString();
    expect(dateOf("tdx-qvl-uptodate-2025")).toBe("2024-03-13T00:00:00.000Z");
    // The platform reaches the level of 2024-11-13, but the TDX module only that of 2024-03-13.
    expect(dateOf("tdx5-relaunch-advised")).toBe("2024-03-13T00:00:00.000Z");
  });

  it("a service TD of all zeros means that there is none", ({ rules }) =>
    expect(rules("tdx5-google-uptodate")).toEqual([]));

  it("SEV-SNP: accepts the named guest, and refuses shared cores unless they are allowed", ({ snp }) => {
    expect(snp("snp-milan-2023")).toEqual([]);
    expect(snp("snp-milan-2023", { guestPolicy: {} })).toEqual(["guest-policy"]);
  });

  it("SEV-SNP: refuses debug mode, firmware below the minimum, and report data of zeros", ({ snp }) => {
    expect(snp("snp-milan-debug")).toEqual(["debug"]);
    expect(snp("snp-milan-debug", { minTcb: { milan: "0300000000000873" } })).toEqual(["debug", "min-tcb"]);
    expect(snp("snp-milan-v5-gcp")).toEqual(["report-data"]);
  });

  it("VMPL > 0, VLEK: a cloud provider's key and a report from privilege level 1", ({ snp }) => {
    expect(snp("snp-milan-vlek")).toEqual(["vmpl", "vlek"]);
    expect(snp("snp-milan-vlek", { vmpl: [1], allowVlek: true })).toEqual([]);
  });

  it("IAS: only by a section of its own, fresh, and never from the sample signer", ({
    authenticOf,
    rules,
  }) => {
    const { mrenclave } = authenticOf("ias-phala-2021-swhardening").authentic.measurements;
    const { advisories } = authenticOf("ias-phala-2021-swhardening").authentic;
    const policy = {
      tcb: { accept: ["SWHardeningNeeded"], advisoriesAllowed: advisories },
      ias: { measurements: [{ mrenclave }] },
    };
    expect(rules("ias-phala-2021-swhardening", { ...policy, ias: undefined })).toEqual(["kind"]);
    expect(rules("ias-phala-2021-swhardening", policy)).toEqual([]);
    expect(rules("ias-phala-2021-swhardening", { ...policy, maxAgeSec: 59 })).toEqual(["report-age"]);
    expect(rules("ias-integritee-test4-debug", policy)).toEqual(
      expect.arrayContaining(["debug", "tcb-status", "sample-signer", "measurement"]),
    );
  });
});
