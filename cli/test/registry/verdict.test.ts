import {
  type Binding,
  decodePolicy,
  endorsedEvidenceToJson,
  type Holder,
  makeSimulated,
  policyHash,
  reportData,
} from "@pruntime/core/attestation";
import { toHex, utf8 } from "@pruntime/core/bytes";
import { portableCrypto as crypto } from "@pruntime/core/crypto";
import { canonicalJson, parseJson } from "@pruntime/core/json";
import { describe, expect, it } from "vitest";
import { anchor, measurement, workerKeys } from "../../../host/devchain/test/support/worker.ts";
import type { RegisteredWorker, RegistryState } from "../../src/registry/state.ts";
import { type Looked, verdictByChain, verdictByEvidence } from "../../src/registry/verdict.ts";

const keys = workerKeys(1);
const filled = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const [genesisHash, nonce] = [filled(1), filled(2)];
const anySimulated = '{"simulated":{"measurements":null},"version":1}';
const registeredMs = 1_700_000_000_000n;

function evidenceOver(binding: Partial<Binding> = {}): Uint8Array {
  const bound = reportData(crypto, {
    purpose: "registration",
    ...keys,
    genesisHash,
    anchor,
    nonce,
    operator: filled(3),
    ...binding,
  });
  return utf8(canonicalJson(endorsedEvidenceToJson(makeSimulated(crypto, measurement, bound))));
}

function stateOf(policy = anySimulated, more: Partial<RegistryState> = {}): RegistryState {
  return {
    at: { number: 9, hash: filled(9) },
    timeMs: Number(registeredMs) + 60_000,
    mode: "development",
    policy: decodePolicy(policy),
    policyHash: policyHash(crypto, parseJson(policy)),
    workers: [],
    ...more,
  };
}

function workerOf(evidence: Uint8Array, more: Partial<RegisteredWorker> = {}): RegisteredWorker {
  return {
    ...keys,
    operator: filled(3),
    kind: "simulated",
    measurements: { measurement: toHex(measurement) },
    tcbStatus: "Unversioned",
    advisories: [],
    genesisHash,
    anchor,
    registeredAt: 5,
    registeredMs,
    evidenceBlock: 4,
    evidenceHash: crypto.blake2b256(evidence),
    policyHash: stateOf().policyHash,
    lineage: [],
    ...more,
  };
}

const past: Holder = {
  kind: "simulated",
  code: { measurement: "0f".repeat(32) },
  block: { number: 1, hash: filled(1) },
};

interface Case {
  readonly state?: RegistryState;
  readonly evidence?: Uint8Array;
  readonly worker?: Partial<RegisteredWorker>;
  readonly looked?: Partial<Looked>;
}

it("stale: an accepted record is too old for the policy, or the policy has ended", () => {
  const verdictAt = (policy: string, timeMs: number) => {
    const state = stateOf(policy, { timeMs });
    return verdictByChain(state, workerOf(evidenceOver(), { policyHash: state.policyHash })).verdict;
  };
  const [hourly, ends] = [
    anySimulated,
    '{"notAfter":"2023-11-14T22:30:00Z","simulated":{"measurements":null},"version":1}',
  ];
  const start = Number(registeredMs);
  expect([3_600_000, 3_600_001].map((ms) => verdictAt(hourly, start + ms))).toEqual(["accepted", "stale"]);
  const end = Date.parse("2023-11-14T22:30:00Z");
  expect([end, end + 1].map((ms) => verdictAt(ends, ms))).toEqual(["accepted", "stale"]);
});

function rulesOf({ state = stateOf(), evidence = evidenceOver(), worker, looked }: Case): readonly string[] {
  const facts = { evidence, genesisHash, nonce, ...looked };
  const { verdict, verified, reasons } = verdictByEvidence(
    crypto,
    state.policy,
    state,
    workerOf(evidence, worker),
    facts,
  );
  expect([verdict, verified]).toEqual([reasons.length === 0 ? "accepted" : "refused", true]);
  return reasons.map(({ rule }) => rule);
}

describe("by the chain's decision", () => {
  it("a worker is accepted under the policy in force, and stale under any other policy", () => {
    const worker = workerOf(evidenceOver());
    expect(verdictByChain(stateOf(), worker)).toEqual({ verdict: "accepted", verified: false, reasons: [] });
    expect(verdictByChain(stateOf('{"version":1}'), worker)).toEqual({
      verdict: "stale",
      verified: false,
      reasons: [],
    });
  });
});

describe("by its evidence", () => {
  it("a worker is accepted by any policy that accepts its evidence", () => {
    expect(rulesOf({})).toEqual([]);
    expect(
      rulesOf({ state: stateOf(`{"simulated":{"measurements":["${toHex(measurement)}"]},"version":1}`) }),
    ).toEqual([]);
  });

  it.each<[rule: string, what: string, made: Case]>([
    ["kind", "the policy has no section for its kind", { state: stateOf('{"version":1}') }],
    [
      "policy-expired",
      "the policy has expired by the chain's time",
      {
        state: stateOf(anySimulated.replace("{", '{"notAfter":"2023-11-14",'), {
          timeMs: Date.parse("2023-11-15"),
        }),
      },
    ],
    ["evidence-hash", "the state has no evidence", { looked: { evidence: undefined } }],
    [
      "evidence-hash",
      "the state has other evidence",
      { looked: { evidence: evidenceOver({ nonce: filled(7) }) } },
    ],
    ["json/bad-syntax", "its evidence is malformed", { evidence: utf8("none") }],
    ["simulated/bad-signature", "another key has signed its evidence", { evidence: altered(evidenceOver()) }],
    [
      "evidence/kind-not-trusted",
      "its evidence is simulated, in production mode",
      { state: stateOf(anySimulated, { mode: "production" }) },
    ],
    [
      "binding/wrong-report-data",
      "its evidence was made for a client",
      { evidence: evidenceOver({ purpose: "worker" }) },
    ],
    [
      "binding/wrong-report-data",
      "its evidence is for another identity key",
      { worker: { publicKey: workerKeys(2).publicKey } },
    ],
    [
      "binding/wrong-report-data",
      "its evidence is for another ECDH key",
      { worker: { ecdhPublicKey: workerKeys(2).ecdhPublicKey } },
    ],
    [
      "lineage",
      "the policy does not accept code that held its keys before",
      {
        state: stateOf(`{"simulated":{"measurements":["${toHex(measurement)}"]},"version":1}`),
        evidence: evidenceOver({ lineage: [past] }),
        worker: { lineage: [past] },
      },
    ],
    [
      "binding/wrong-report-data",
      "its record leaves out code that held its keys before",
      { evidence: evidenceOver({ lineage: [past] }) },
    ],
    [
      "binding/wrong-report-data",
      "its evidence is for another operator",
      { worker: { operator: filled(9) } },
    ],
    ["binding/wrong-report-data", "its evidence is for another anchor", { worker: { anchor: filled(8) } }],
    [
      "binding/wrong-report-data",
      "its evidence is for another chain",
      { looked: { genesisHash: filled(8) } },
    ],
    ["binding/wrong-report-data", "its evidence is over another block", { looked: { nonce: filled(8) } }],
    ["record", "the record names other code", { worker: { measurements: { measurement: "00".repeat(32) } } }],
    [
      "record",
      "the record names a measurement that its evidence lacks",
      { worker: { measurements: { measurement: toHex(measurement), more: "00" } } },
    ],
    ["record", "the record names another kind", { worker: { kind: "tdx" } }],
    ["record", "the record names another status", { worker: { tcbStatus: "UpToDate" } }],
  ])("a worker is refused by %s when %s", (rule, _, made) => {
    expect(rulesOf(made)).toEqual([rule]);
  });
});

/** Returns the evidence with one bit of its document changed. */
function altered(evidence: Uint8Array): Uint8Array {
  const json = JSON.parse(new TextDecoder().decode(evidence)) as { document_b64: string };
  const document = Buffer.from(json.document_b64, "base64");
  document.writeUInt8(document.readUInt8(0) ^ 1, 0);
  return utf8(JSON.stringify({ ...json, document_b64: document.toString("base64") }));
}
