import { expect, it } from "vitest";
import { describeRecorded, fixtureBytes, fixtureJson } from "../../../../../test/support/fixtures.ts";
import {
  type Authentic,
  type AuthenticTdx,
  decodePolicy,
  hardwareRoots,
  judge,
  verifyEvidence,
} from "../../../src/attestation/index.ts";
import { portableCrypto as crypto } from "../../../src/crypto/index.ts";

interface Case {
  readonly id: string;
  readonly quote: string;
  readonly collateral: string;
  readonly at: string;
  readonly expect: { readonly tee: "sgx" | "tdx" };
}

/** What is true of a recorded quote at the moment its case names. */
function recorded(id: string): { readonly authentic: Authentic; readonly at: number } {
  const { quote, collateral, at, expect } = (fixtureJson("attestation/cases.json") as Case[]).find(
    (one) => one.id === id,
  ) as Case;
  const [bytes, json] = [fixtureBytes(`attestation/${quote}`), fixtureBytes(`attestation/${collateral}`)];
  const evidence = { kind: expect.tee, quote: bytes, collateral: json } as const;
  return { authentic: verifyEvidence(crypto, hardwareRoots, evidence, Date.parse(at)), at: Date.parse(at) };
}

/** A policy that names what runs there, and takes UpToDate alone unless it is told otherwise. */
function rules(id: string, change: object = {}): string[] {
  const { authentic, at } = recorded(id);
  const { mrenclave, mrtd } = authentic.measurements;
  const policy = {
    version: 1,
    tcb: { accept: ["UpToDate"] },
    ...(mrenclave === undefined ? { tdx: { images: [{ mrtd }] } } : { sgx: { measurements: [{ mrenclave }] } }),
    ...change,
  };
  return judge(decodePolicy(JSON.stringify(policy)), authentic, at).reasons.map(({ rule }) => rule);
}

describeRecorded("policies about recorded evidence", () => {
  it("accepts a guest that is up to date", () => expect(rules("tdx-qvl-uptodate-2025")).toEqual([]));

  it("refuses the same quote once newer collateral knows better", () =>
    expect(rules("tdx-qvl-later-outofdate-2026")).toEqual(["advisories", "tcb-status"]));

  it("debug accepted: a debug enclave of the sample signer, all rules told", () =>
    expect(rules("sgx-debug-occlum")).toEqual(["debug", "advisories", "tcb-status", "sample-signer"]));

  it("debug accepted: a debug guest that is otherwise up to date", () => {
    expect(rules("tdx-debug")).toEqual(["debug"]);
    expect(rules("tdx-debug", { allowDebug: true })).toEqual([]);
  });

  it("TCB downgrade through old collateral: minTcbEvaluationDataNumber 19 refuses the older of two collaterals", () => {
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

  it("all-zero report data: a quote that is bound to nothing", () =>
    expect(rules("tdx-gcp-2026", { tcb: { accept: ["UpToDate"] } })).toEqual(["report-data"]));

  it("SEPT_VE_DISABLE clear, as on Azure", () => {
    const { mrtd } = recorded("tdx-azure-no-septvedisable").authentic.measurements;
    expect(rules("tdx-azure-no-septvedisable")).toEqual(["sept-ve-disable"]);
    expect(rules("tdx-azure-no-septvedisable", { tdx: { images: [{ mrtd }], requireSeptVeDisable: false } })).toEqual([]);
  });

  it("XFAM beyond a mask: little-endian as in the quote", () => {
    const { mrtd } = recorded("tdx-qvl-uptodate-2025").authentic.measurements;
    const masked = (xfamMask: string) => rules("tdx-qvl-uptodate-2025", { tdx: { images: [{ mrtd }], xfamMask } });
    expect([masked("ffffffffffffffff"), masked("0000000000000000")]).toEqual([[], ["xfam"]]);
  });

  it("relaunch advised is a status of its own", () =>
    expect(rules("tdx5-relaunch-advised")).toEqual(expect.arrayContaining(["tcb-status"])));

  it("grace counts from the oldest of the parts that are behind", () => {
    const dateOf = (id: string) => new Date((recorded(id).authentic as AuthenticTdx).tcbDateMs).toISOString();
    expect(dateOf("tdx-qvl-uptodate-2025")).toBe("2024-03-13T00:00:00.000Z");
    // The platform reaches the level of 2024-11-13, its module only that of 2024-03-13.
    expect(dateOf("tdx5-relaunch-advised")).toBe("2024-03-13T00:00:00.000Z");
  });

  it("a service TD of zeros is none", () => expect(rules("tdx5-google-uptodate")).toEqual([]));
});
