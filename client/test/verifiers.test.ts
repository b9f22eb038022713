/** Verifies evidence with the verifiers that are loaded by kind, and compares with the enclave's table. */
import {
  type EndorsedEvidence,
  type EvidenceKind,
  hardwareRoots,
  verifyEvidence,
} from "@pruntime/core/attestation";
import { ProtocolError } from "@pruntime/core/errors";
import { createNativeCrypto } from "@pruntime/crypto-native";
import { describe, expect, it, vi } from "vitest";
import { evidenceOf, withCases } from "../../trusted/core/test/attestation/cases.ts";
import { verifyByKind } from "../src/attested/verifiers.ts";

const crypto = await createNativeCrypto();
const no = new Uint8Array();
const snp = { kind: "snp", report: no, vek: no, chain: [] } as const;

/** Evidence of each kind without content. */
const empty: { readonly [K in EvidenceKind]: Extract<EndorsedEvidence, { kind: K }> } = {
  sgx: { kind: "sgx", quote: no, collateral: no },
  tdx: { kind: "tdx", quote: no, collateral: no },
  snp,
  ias: { kind: "ias", report: no, signature: no, certificate: no },
  azure: {
    kind: "azure",
    hclReport: no,
    tpmMessage: no,
    tpmSignature: no,
    pcrs: [],
    akChain: [],
    hardware: { kind: "sgx", quote: no, collateral: no },
  },
  dstack: { kind: "dstack", quote: no, collateral: no, eventLog: no },
  simulated: { kind: "simulated", document: no, signature: no },
};

async function codeOf(attempt: () => unknown): Promise<string> {
  try {
    await attempt();
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
  return "accepted";
}

describe("verifyByKind", () => {
  it.each(Object.values(empty))(
    "refuses empty evidence of kind $kind as the enclave does",
    async (evidence) => {
      const want = await codeOf(() => verifyEvidence(crypto, hardwareRoots, evidence, 0));
      expect(want).not.toBe("accepted");
      expect(await codeOf(() => verifyByKind(crypto, evidence, 0, false))).toBe(want);
    },
  );

  it("reads simulated evidence only if the simulation's key is trusted", async () => {
    expect(await codeOf(() => verifyByKind(crypto, empty.simulated, 0, false))).toBe(
      "evidence/kind-not-trusted",
    );
    expect(await codeOf(() => verifyByKind(crypto, empty.simulated, 0, true))).toBe("codec/truncated");
  });

  withCases("verifies recorded evidence of each kind to the same facts", async ({ cases }) => {
    const kinds = new Set<EvidenceKind>();
    for (const { id, at } of ["dcap", "sgx-epid-ias", "sev-snp"].flatMap((kind) => cases.of(kind))) {
      const [evidence, atMs] = [evidenceOf(cases, id), Date.parse(at)];
      let want: unknown;
      try {
        want = verifyEvidence(crypto, hardwareRoots, evidence, atMs);
      } catch {
        continue; // a case that a verifier must refuse
      }
      kinds.add(evidence.kind);
      expect(await verifyByKind(crypto, evidence, atMs, false)).toEqual(want);
    }
    expect([...kinds].sort()).toEqual(["ias", "sgx", "snp", "tdx"]);
  });

  it("client/no-verifier: refuses evidence whose verifier cannot be loaded", async () => {
    vi.resetModules();
    vi.doMock("@pruntime/core/attestation/snp", () => {
      throw new TypeError("Failed to fetch dynamically imported module");
    });
    const { verifyByKind: fresh } = await import("../src/attested/verifiers.ts");
    await expect(fresh(crypto, snp, 0, false)).rejects.toMatchObject({
      detail: { code: "client/no-verifier", kind: "snp" },
    });
    vi.doUnmock("@pruntime/core/attestation/snp");
  });
});
