import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decAnyMetadata, unifyMetadata } from "@polkadot-api/substrate-bindings";
import {
  type Binding,
  decodeEndorsedEvidence,
  type EndorsedSnp,
  encodeLineage,
  endorsedEvidenceToJson,
  type Holder,
  hardwareRoots,
  type Lineage,
  policyHash,
  reportData,
} from "@pruntime/core/attestation";
import { concat, fromHex, fromUtf8, indexOf, toHex, utf8 } from "@pruntime/core/bytes";
import { portableCrypto } from "@pruntime/core/crypto";
import { canonicalJson, parseJson } from "@pruntime/core/json";
import type { EventRecord } from "@pruntime/core/metadata";
import { decodeWorkerRecord, type WorkerRecord } from "@pruntime/core/registry";
import { decodeAll, encode } from "@pruntime/core/scale";
import {
  registryEvidenceKey,
  registryPolicyKey,
  registryWorkerKey,
  registryWorkersPrefix,
  storagePrefix,
} from "@pruntime/core/storage-key";
import { openStateProof } from "@pruntime/core/trie";
import type { Devchain, DevchainOptions, RegistryOptions } from "@pruntime/devchain";
import { createDevchain } from "@pruntime/devchain";
import { describe, expect, it } from "vitest";
import {
  at as atDate,
  certificatesOf,
  evidenceOf,
  milan,
  rootsOf,
} from "../../../trusted/core/test/attestation/snp/machine.ts";
import { eventsOf, growTo, manualChain } from "./support/chain.ts";
import {
  batch,
  deregisterWorker,
  type RegisterWorker,
  registerWorker,
  setPolicy,
  signed,
} from "./support/extrinsic.ts";
import { type Signer, signer } from "./support/keys.ts";
import { bindingAt, measurement, registrationOf, simulatedEvidence, workerKeys } from "./support/worker.ts";

const [alice, bob, charlie] = [signer("Alice"), signer("Bob"), signer("Charlie")];
const [one, two] = [workerKeys(1), workerKeys(2)];
const anySimulated = '{"simulated":{"measurements":null},"version":1}';
const nothingAccepted = '{"version":1}';

/** Makes a block with the call in one signed extrinsic, and returns the events of that extrinsic. */
function run(chain: Devchain, who: Signer, call: Uint8Array): readonly EventRecord[] {
  chain.submit(signed(chain, who, call));
  return eventsOf(chain, chain.produceBlock()).filter(
    ({ phase }) => phase.kind === "apply-extrinsic" && phase.index === 1,
  );
}

/** Returns the names of the events. The name of the dispatch error stands in place of `ExtrinsicFailed`. */
function outcome(chain: Devchain, events: readonly EventRecord[]): string[] {
  return events.map(({ pallet, name, fields }) => {
    if (name !== "ExtrinsicFailed") return `${pallet}.${name}`;
    const { dispatch_error } = fields as unknown as {
      readonly dispatch_error: {
        readonly kind: string;
        readonly value?: { readonly index: number; readonly error: Uint8Array };
      };
    };
    return dispatch_error.kind === "Module" ? errorName(chain, dispatch_error.value!) : dispatch_error.kind;
  });
}

function errorName(
  chain: Devchain,
  { index, error }: { readonly index: number; readonly error: Uint8Array },
): string {
  const { pallets, lookup } = unifyMetadata(decAnyMetadata(chain.metadata(16)));
  const def = lookup[pallets.find((pallet) => pallet.index === index)!.errors!.type]!.def;
  return def.tag === "variant" ? def.value.find((variant) => variant.index === error[0])!.name : "";
}

/** Makes a block with the call, and returns the call's outcome. */
function becomes(chain: Devchain, who: Signer, call: Uint8Array): string[] {
  return outcome(chain, run(chain, who, call));
}

/** Makes a chain with a few blocks, so that evidence can refer to a recent block. */
async function registryChain(registry: RegistryOptions = {}, more: DevchainOptions = {}): Promise<Devchain> {
  const chain = await manualChain({ registry, ...more });
  growTo(chain, 3);
  return chain;
}

function recordOf(chain: Devchain, publicKey: Uint8Array): WorkerRecord | undefined {
  const raw = chain.stateOf(chain.best()).get(registryWorkerKey(portableCrypto, publicKey));
  return raw === undefined ? undefined : decodeWorkerRecord(raw);
}

function policyOf(chain: Devchain): string {
  return fromUtf8(
    decodeAll(chain.stateOf(chain.best()).get(registryPolicyKey(portableCrypto))!, (r) => r.vecU8()),
  );
}

function hashOf(policy: string): Uint8Array {
  return policyHash(portableCrypto, parseJson(policy));
}

const p384Order =
  0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n;
const registered = ["Registry.WorkerRegistered", "System.ExtrinsicSuccess"];

describe("register_worker", () => {
  it("records the facts in the evidence, and the policy that accepted it", async () => {
    const chain = await registryChain();
    const registration = registrationOf(chain, one);
    const events = run(chain, alice, registerWorker(registration));
    expect(outcome(chain, events)).toEqual(registered);
    const evidenceHash = portableCrypto.blake2b256(registration.evidence);
    expect(events[0]!.fields).toMatchObject({
      public_key: one.publicKey,
      operator: alice.id,
      kind: { kind: "Simulated" },
      evidence_hash: evidenceHash,
    });
    expect(recordOf(chain, one.publicKey)).toEqual({
      operator: alice.id,
      kind: "simulated",
      measurements: { measurement: toHex(measurement) },
      tcbStatus: "Unversioned",
      advisories: [],
      ecdhPublicKey: one.ecdhPublicKey,
      genesisHash: chain.genesisHash,
      anchor: registration.anchor,
      registeredAt: 4,
      registeredMs: 1_600_000_000_003n,
      evidenceBlock: 3,
      evidenceHash,
      policyHash: hashOf(anySimulated),
      lineage: [],
    });
    const stored = chain.stateOf(chain.best()).get(registryEvidenceKey(portableCrypto, one.publicKey))!;
    expect(decodeAll(stored, (r) => r.vecU8())).toEqual(registration.evidence);
  });

  it("registers several workers, and one of them again with evidence for a later block", async () => {
    const chain = await registryChain();
    expect(becomes(chain, alice, registerWorker(registrationOf(chain, one)))).toEqual(registered);
    expect(becomes(chain, bob, registerWorker(registrationOf(chain, two, chain.best(), bob.id)))).toEqual(
      registered,
    );
    expect(
      becomes(chain, charlie, registerWorker(registrationOf(chain, one, chain.best(), charlie.id))),
    ).toEqual(registered);
    expect([recordOf(chain, one.publicKey)?.operator, recordOf(chain, one.publicKey)?.registeredAt]).toEqual([
      charlie.id,
      6,
    ]);
    expect([recordOf(chain, two.publicKey)?.operator, recordOf(chain, two.publicKey)?.registeredAt]).toEqual([
      bob.id,
      5,
    ]);
  });

  it("works in the first block, with evidence for the genesis", async () => {
    const chain = await manualChain();
    expect(becomes(chain, alice, registerWorker(registrationOf(chain, one)))).toEqual(registered);
  });

  it("records the true sender inside a batch, and records nothing if the batch is undone", async () => {
    const chain = await registryChain();
    const call = registerWorker(registrationOf(chain, one, chain.best(), bob.id));
    expect(becomes(chain, bob, batch("batch_all", [call, deregisterWorker(two.publicKey)]))).toEqual([
      "NotRegistered",
    ]);
    expect(recordOf(chain, one.publicKey)).toBeUndefined();
    expect(becomes(chain, bob, batch("batch_all", [call]))).toContain("Registry.WorkerRegistered");
    expect(recordOf(chain, one.publicKey)?.operator).toEqual(bob.id);
  });

  it("is rebuilt from the chain's log", async () => {
    const dataDir = mkdtempSync(join(tmpdir(), "registry-"));
    try {
      const options = { dataDir, mode: { kind: "manual" }, now: () => 1_600_000_000_000 } as const;
      const first = await createDevchain(options);
      growTo(first, 3);
      run(first, alice, registerWorker(registrationOf(first, one)));
      const [hash, record] = [first.best().hash, recordOf(first, one.publicKey)];
      first.close();
      const again = await createDevchain(options);
      expect([again.best().hash, recordOf(again, one.publicKey)]).toEqual([hash, record]);
      again.close();
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  });

  const over = (change: (chain: Devchain) => Partial<Binding>): ((chain: Devchain) => RegisterWorker) => {
    return (chain) => ({
      ...registrationOf(chain, one),
      evidence: simulatedEvidence({ ...bindingAt(chain, one), ...change(chain) }),
    });
  };
  const claimed = (
    change: (chain: Devchain) => Partial<RegisterWorker>,
  ): ((chain: Devchain) => RegisterWorker) => {
    return (chain) => ({ ...registrationOf(chain, one), ...change(chain) });
  };
  const flipped = (bytes: Uint8Array, at: number): Uint8Array =>
    bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
  const json = (evidence: Uint8Array): Record<string, string> =>
    JSON.parse(fromUtf8(evidence)) as Record<string, string>;

  it.each<[error: string, what: string, registration: (chain: Devchain) => RegisterWorker]>([
    ["WrongReportData", "evidence made for a client", over(() => ({ purpose: "worker" }))],
    ["WrongReportData", "evidence made for a handover", over(() => ({ purpose: "handover-receiver" }))],
    ["WrongReportData", "evidence of another identity", over(() => ({ publicKey: two.publicKey }))],
    [
      "WrongReportData",
      "evidence of another key agreement key",
      over(() => ({ ecdhPublicKey: two.ecdhPublicKey })),
    ],
    [
      "WrongReportData",
      "evidence of another chain",
      over(() => ({ genesisHash: new Uint8Array(32).fill(9) })),
    ],
    ["WrongReportData", "evidence of another anchor", over(() => ({ anchor: new Uint8Array(32).fill(9) }))],
    [
      "WrongReportData",
      "evidence with a nonce that is not a block hash",
      over(() => ({ nonce: new Uint8Array(32).fill(9) })),
    ],
    ["WrongReportData", "evidence for another block", over((chain) => ({ nonce: chain.blockAt(2)!.hash }))],
    ["WrongReportData", "a claim of another key", claimed(() => ({ publicKey: two.publicKey }))],
    [
      "WrongReportData",
      "a claim of another key agreement key",
      claimed(() => ({ ecdhPublicKey: two.ecdhPublicKey })),
    ],
    ["WrongReportData", "a claim of another anchor", claimed(() => ({ anchor: new Uint8Array(32) }))],
    ["WrongReportData", "a claim of another block", claimed(() => ({ blockNumber: 2 }))],
    ["StaleBlock", "the block that is being made", claimed(() => ({ blockNumber: 4 }))],
    ["StaleBlock", "a future block", claimed(() => ({ blockNumber: 0xffff_ffff }))],
    ["BadEvidence", "no evidence", claimed(() => ({ evidence: new Uint8Array() }))],
    ["BadEvidence", "bytes that are not text", claimed(() => ({ evidence: Uint8Array.of(0xff) }))],
    ["BadEvidence", "an unknown kind", claimed(() => ({ evidence: utf8('{"kind":"trusted"}') }))],
    [
      "BadEvidence",
      "evidence with an additional field",
      claimed((chain) => ({
        evidence: utf8(JSON.stringify({ ...json(registrationOf(chain, one).evidence), more: 1 })),
      })),
    ],
    [
      "EvidenceTooLarge",
      "evidence of more than 512 KiB",
      claimed((chain) => ({
        evidence: concat(registrationOf(chain, one).evidence, new Uint8Array(512 * 1024).fill(0x20)),
      })),
    ],
    [
      "NotAuthentic",
      "evidence with another worker's signature",
      claimed((chain) => {
        const [mine, other] = [
          json(registrationOf(chain, one).evidence),
          json(registrationOf(chain, two).evidence),
        ];
        return { evidence: utf8(JSON.stringify({ ...mine, signature_b64: other["signature_b64"] })) };
      }),
    ],
    [
      "NotAuthentic",
      "malformed hardware evidence",
      claimed(() => ({ evidence: utf8('{"kind":"sgx","quote_b64":"AAAA","collateral":"{}"}') })),
    ],
  ])("refuses as %s %s", async (error, _, registration) => {
    const chain = await registryChain();
    expect(becomes(chain, alice, registerWorker(registration(chain)))).toEqual([error]);
    expect(recordOf(chain, one.publicKey)).toBeUndefined();
    expect(becomes(chain, alice, registerWorker(registrationOf(chain, one)))).toEqual(registered);
  });

  it("refuses evidence if any bit of the document is changed", async () => {
    const chain = await registryChain();
    const { document_b64 = "" } = json(registrationOf(chain, one).evidence);
    const document = Uint8Array.from(Buffer.from(document_b64, "base64"));
    for (const at of [0, 31, 32, 63, 95]) {
      const registration = registrationOf(chain, one);
      const altered = {
        ...json(registration.evidence),
        document_b64: Buffer.from(flipped(document, at)).toString("base64"),
      };
      const evidence = utf8(JSON.stringify(altered));
      expect(becomes(chain, alice, registerWorker({ ...registration, evidence }))).toEqual(["NotAuthentic"]);
    }
  });

  it("accepts evidence for one of the latest 150 blocks, but not for an older block", async () => {
    const chain = await registryChain();
    const [second, third] = [2, 3].map((number) => registrationOf(chain, one, chain.blockAt(number)));
    growTo(chain, 152);
    expect(becomes(chain, alice, registerWorker(second!))).toEqual(["StaleBlock"]);
    expect(chain.best().header.number).toBe(153);
    expect(becomes(chain, alice, registerWorker(third!))).toEqual(["StaleBlock"]);
    const oldest = registrationOf(chain, one, chain.blockAt(155 - 150));
    expect(becomes(chain, alice, registerWorker(oldest))).toEqual(registered);
  });

  it("refuses the same evidence as Replayed, but accepts other evidence for an older block", async () => {
    const chain = await registryChain();
    const [older, shown] = [registrationOf(chain, one, chain.blockAt(2)), registrationOf(chain, one)];
    expect(becomes(chain, alice, registerWorker(shown))).toEqual(registered);
    const before = recordOf(chain, one.publicKey);
    expect(becomes(chain, alice, registerWorker(shown))).toEqual(["Replayed"]);
    const respelled = { ...shown, evidence: concat(shown.evidence, utf8(" ")) };
    expect(becomes(chain, alice, registerWorker(respelled))).toEqual(["Replayed"]);
    expect(recordOf(chain, one.publicKey)).toEqual(before);
    expect(becomes(chain, alice, registerWorker(older))).toEqual(registered);
    expect(becomes(chain, alice, registerWorker(registrationOf(chain, two)))).toEqual(registered);
  });

  it("forgets spent evidence when its block has left the window", async () => {
    const chain = await registryChain();
    const spentAt = (block: number) =>
      chain.stateOf(chain.best()).get(
        concat(
          storagePrefix(portableCrypto, "Registry", "SpentEvidence"),
          encode(block, (w, value) => w.u32(value)),
        ),
      );
    const block = chain.best().header.number;
    expect(becomes(chain, alice, registerWorker(registrationOf(chain, one)))).toEqual(registered);
    expect(spentAt(block)).toHaveLength(33);
    growTo(chain, block + 151);
    expect(becomes(chain, alice, registerWorker(registrationOf(chain, one)))).toEqual(registered);
    expect(spentAt(block)).toBeUndefined();
  });

  it("refuses the evidence of a removed worker as Replayed", async () => {
    const chain = await registryChain();
    const shown = registrationOf(chain, one);
    run(chain, alice, registerWorker(shown));
    run(chain, alice, deregisterWorker(one.publicKey));
    expect(becomes(chain, alice, registerWorker(shown))).toEqual(["Replayed"]);
    expect(becomes(chain, alice, registerWorker(registrationOf(chain, one)))).toEqual(registered);
  });

  it("refuses evidence for a block of another branch", async () => {
    const chain = await registryChain({}, { finalityLag: 10 });
    const fork = chain.produceBlock(chain.blockAt(2));
    chain.produceBlock();
    expect(fork.header.number).toBe(3);
    expect(becomes(chain, alice, registerWorker(registrationOf(chain, one, fork)))).toEqual([
      "WrongReportData",
    ]);
  });

  it("refuses simulated evidence in production, whatever the policy and the roots are", async () => {
    const chain = await registryChain({ mode: "production", policy: anySimulated });
    expect(becomes(chain, alice, registerWorker(registrationOf(chain, one)))).toEqual([
      "SimulatedInProduction",
    ]);
  });

  it("refuses simulated evidence if the roots do not include the simulation's", async () => {
    const chain = await registryChain({ roots: hardwareRoots });
    expect(becomes(chain, alice, registerWorker(registrationOf(chain, one)))).toEqual(["NotAuthentic"]);
  });

  it.each<[what: string, policy: string]>([
    ["has no section for the evidence's kind", nothingAccepted],
    [
      "does not list the worker's measurement",
      `{"simulated":{"measurements":["${"00".repeat(32)}"]},"version":1}`,
    ],
    [
      "has expired at the block's time",
      '{"notAfter":"2020-09-13T12:26:39Z","simulated":{"measurements":null},"version":1}',
    ],
  ])("refuses as NotAccepted with a policy that %s", async (_, policy) => {
    const chain = await registryChain({ policy });
    expect(becomes(chain, alice, registerWorker(registrationOf(chain, one)))).toEqual(["NotAccepted"]);
  });

  it("accepts a measurement that the policy lists", async () => {
    const chain = await registryChain({
      policy: `{"simulated":{"measurements":["${toHex(measurement)}"]},"version":1}`,
    });
    expect(becomes(chain, alice, registerWorker(registrationOf(chain, one)))).toEqual(registered);
  });
});

describe("hardware evidence, here from a made-up AMD root", () => {
  const snpPolicy = (more: object = {}): string =>
    canonicalJson({
      version: 1,
      snp: {
        measurements: ["3e".repeat(48)],
        minTcb: { milan: "00".repeat(8) },
        guestPolicy: { allow: ["SMT"] },
      },
      ...more,
    });
  const roots = { ...hardwareRoots, amd: rootsOf("milan") };
  const production = (policy: string): Promise<Devchain> =>
    registryChain({ mode: "production", policy, roots }, { now: () => atDate });
  /** A registration with an SEV-SNP report that contains the correct report data and this guest policy. */
  function snpRegistration(chain: Devchain, policy: bigint): RegisterWorker {
    const bound = reportData(portableCrypto, bindingAt(chain, one));
    const patch = Object.fromEntries([...bound].map((byte, i) => [0x50 + i, byte]));
    const evidence = utf8(canonicalJson(endorsedEvidenceToJson(evidenceOf(milan, { policy, patch }))));
    return { ...registrationOf(chain, one), evidence };
  }
  const [usual, debug] = [0x30000n, 0xb0000n];

  it("is accepted in production", async () => {
    const chain = await production(snpPolicy());
    expect(becomes(chain, alice, registerWorker(snpRegistration(chain, usual)))).toEqual(registered);
    expect(recordOf(chain, one.publicKey)).toMatchObject({
      kind: "snp",
      measurements: { measurement: "3e".repeat(48) },
    });
  });

  it("is refused as Replayed with another signature or other endorsements", async () => {
    const chain = await production(snpPolicy());
    const shown = snpRegistration(chain, usual);
    run(chain, alice, registerWorker(shown));
    run(chain, alice, deregisterWorker(one.publicKey));
    const { vek, chain: above, report } = decodeEndorsedEvidence(fromUtf8(shown.evidence)) as EndorsedSnp;
    const [otherSignature, otherEndorsements] = [
      { report: withOtherS(report), vek, chain: above },
      { report, ...certificatesOf(milan) },
    ].map((changed) => utf8(canonicalJson(endorsedEvidenceToJson({ kind: "snp", ...changed }))));
    for (const evidence of [otherSignature!, otherEndorsements!]) {
      expect(evidence).not.toEqual(shown.evidence);
      expect(becomes(chain, alice, registerWorker({ ...shown, evidence }))).toEqual(["Replayed"]);
    }
    expect(recordOf(chain, one.publicKey)).toBeUndefined();
    expect(becomes(chain, alice, registerWorker(snpRegistration(chain, usual)))).toEqual(registered);
  });

  /** Replaces `s` of a report's signature by `n - s`, which makes another valid signature. */
  function withOtherS(report: Uint8Array): Uint8Array {
    const sAt = 0x2a0 + 72; // little endian
    const s = BigInt(`0x${toHex(report.slice(sAt, sAt + 48).reverse())}`);
    const other = fromHex((p384Order - s).toString(16).padStart(96, "0")).reverse();
    return concat(report.subarray(0, sAt), other, report.subarray(sAt + 48));
  }

  it("is refused as Debug if the machine's owner can read the guest, whatever the policy is", async () => {
    const chain = await production(snpPolicy({ allowDebug: true }));
    expect(becomes(chain, alice, registerWorker(snpRegistration(chain, debug)))).toEqual(["Debug"]);
    expect(becomes(chain, alice, registerWorker(snpRegistration(chain, usual)))).toEqual(registered);
  });

  it("is refused as NotAuthentic on a chain with the real AMD root", async () => {
    const chain = await registryChain({ mode: "production", policy: snpPolicy() }, { now: () => atDate });
    expect(becomes(chain, alice, registerWorker(snpRegistration(chain, usual)))).toEqual(["NotAuthentic"]);
  });

  it("is verified at the block's time", async () => {
    const chain = await registryChain(
      { mode: "production", policy: snpPolicy(), roots },
      { now: () => atDate + 100 * 365 * 86_400_000 },
    );
    expect(becomes(chain, alice, registerWorker(snpRegistration(chain, usual)))).toEqual(["NotAuthentic"]);
  });
});

describe("set_policy", () => {
  it("stores the policy in its canonical form, and does not change records", async () => {
    const chain = await registryChain();
    run(chain, alice, registerWorker(registrationOf(chain, one)));
    const events = run(chain, alice, setPolicy(utf8(' { "version" : 1, "maxAgeSec": 60 } ')));
    expect(outcome(chain, events)).toEqual(["Registry.PolicyChanged", "System.ExtrinsicSuccess"]);
    expect(policyOf(chain)).toBe('{"maxAgeSec":60,"version":1}');
    expect(events[0]!.fields).toEqual({ hash: hashOf(policyOf(chain)) });
    expect(recordOf(chain, one.publicKey)?.policyHash).toEqual(hashOf(anySimulated));
    expect(becomes(chain, alice, registerWorker(registrationOf(chain, one)))).toEqual(["NotAccepted"]);
    run(chain, alice, setPolicy(utf8(anySimulated)));
    expect(becomes(chain, alice, registerWorker(registrationOf(chain, one)))).toEqual(registered);
  });

  it.each<[what: string, text: string]>([
    ["text that is not JSON", "{"],
    ["a field that no policy has", '{"version":1,"allowEverything":true}'],
    ["another version", '{"version":2}'],
    ["a signed document", `{"policy":{"version":1},"signature":"${"00".repeat(64)}"}`],
    ["more than 256 KiB", `{"version":1${" ".repeat(256 * 1024)}}`],
  ])("refuses as BadPolicy %s", async (_, text) => {
    const chain = await registryChain();
    expect(becomes(chain, alice, setPolicy(utf8(text)))).toEqual(["BadPolicy"]);
    expect(policyOf(chain)).toBe(anySimulated);
  });

  it("refuses bytes that are not text", async () => {
    const chain = await registryChain();
    expect(becomes(chain, alice, setPolicy(Uint8Array.of(0xff)))).toEqual(["BadPolicy"]);
  });

  it("can be called only by the admin", async () => {
    const chain = await registryChain();
    expect(becomes(chain, bob, setPolicy(utf8(nothingAccepted)))).toEqual(["NotAdmin"]);
    expect(policyOf(chain)).toBe(anySimulated);
    const bobs = await registryChain({ admin: bob.id });
    expect(becomes(bobs, alice, setPolicy(utf8(nothingAccepted)))).toEqual(["NotAdmin"]);
    expect(becomes(bobs, bob, setPolicy(utf8(nothingAccepted)))).toContain("Registry.PolicyChanged");
  });
});

describe("the operator of a worker", () => {
  it("WrongReportData: only the account to which the evidence is bound registers the worker", async () => {
    const chain = await registryChain();
    const shown = registerWorker(registrationOf(chain, one));
    expect(becomes(chain, bob, shown)).toEqual(["WrongReportData"]);
    const unbound = simulatedEvidence({ ...bindingAt(chain, one), operator: undefined });
    const registration = { ...registrationOf(chain, one), evidence: unbound };
    expect(becomes(chain, alice, registerWorker(registration))).toEqual(["WrongReportData"]);
    expect(becomes(chain, alice, shown)).toEqual(registered);
  });

  it("OlderEvidence: only evidence for a later block changes it", async () => {
    const chain = await registryChain();
    const [before, at] = [chain.blockAt(2)!, chain.best()];
    expect(becomes(chain, alice, registerWorker(registrationOf(chain, one, at)))).toEqual(registered);
    for (const block of [before, at]) {
      const earlier = registerWorker(registrationOf(chain, one, block, bob.id));
      expect(becomes(chain, bob, earlier)).toEqual(["OlderEvidence"]);
    }
    expect(becomes(chain, alice, registerWorker(registrationOf(chain, one, before)))).toEqual(registered);
    const later = registerWorker(registrationOf(chain, one, chain.best(), bob.id));
    expect(becomes(chain, bob, later)).toEqual(registered);
    expect(recordOf(chain, one.publicKey)?.operator).toEqual(bob.id);
  });
});

describe("the lineage of a worker's keys", () => {
  const past: Holder = {
    kind: "simulated",
    code: { measurement: toHex(new Uint8Array(32).fill(0x0f)) },
    block: { number: 1, hash: new Uint8Array(32) },
  };
  const anyLineage = '{"lineage":null,"simulated":{"measurements":null},"version":1}';
  const presenting = (chain: Devchain, lineage: Lineage): RegisterWorker => ({
    ...registrationOf(chain, one),
    evidence: simulatedEvidence({ ...bindingAt(chain, one), lineage }),
    lineage: encodeLineage(lineage),
  });

  it("is in the record, in canonical form", async () => {
    const chain = await registryChain({ policy: anyLineage });
    const spaced = utf8(` ${fromUtf8(encodeLineage([past]))}`);
    const shown = { ...presenting(chain, [past]), lineage: spaced };
    expect(becomes(chain, alice, registerWorker(shown))).toEqual(registered);
    expect(recordOf(chain, one.publicKey)?.lineage).toEqual([past]);
    const raw = chain.stateOf(chain.best()).get(registryWorkerKey(portableCrypto, one.publicKey))!;
    expect(indexOf(raw, encodeLineage([past]))).toBeDefined();
    expect(indexOf(raw, spaced)).toBeUndefined();
  });

  it("NotAccepted: the policy judges every entry", async () => {
    const policy = JSON.stringify({ version: 1, simulated: { measurements: [toHex(measurement)] } });
    const chain = await registryChain({ policy });
    expect(becomes(chain, alice, registerWorker(presenting(chain, [past])))).toEqual(["NotAccepted"]);
    const accepted = { ...past, code: { measurement: toHex(measurement) } };
    expect(becomes(chain, alice, registerWorker(presenting(chain, [accepted])))).toEqual(registered);
  });

  it("WrongReportData, BadLineage: it must be the one to which the evidence is bound", async () => {
    const chain = await registryChain({ policy: anyLineage });
    const without = { ...presenting(chain, [past]), lineage: utf8("[]") };
    expect(becomes(chain, alice, registerWorker(without))).toEqual(["WrongReportData"]);
    const unread = { ...presenting(chain, [past]), lineage: utf8("[{}]") };
    expect(becomes(chain, alice, registerWorker(unread))).toEqual(["BadLineage"]);
  });
});

describe("deregister_worker", () => {
  it.each<[who: string, by: Signer]>([
    ["its operator", bob],
    ["the admin", alice],
  ])("lets %s remove a worker", async (_, by) => {
    const chain = await registryChain();
    run(chain, bob, registerWorker(registrationOf(chain, one, chain.best(), bob.id)));
    const events = run(chain, by, deregisterWorker(one.publicKey));
    expect(outcome(chain, events)).toEqual(["Registry.WorkerRemoved", "System.ExtrinsicSuccess"]);
    expect(events[0]!.fields).toEqual({ public_key: one.publicKey });
    expect(recordOf(chain, one.publicKey)).toBeUndefined();
    expect(
      chain.stateOf(chain.best()).get(registryEvidenceKey(portableCrypto, one.publicKey)),
    ).toBeUndefined();
  });

  it("refuses other accounts, including a former operator", async () => {
    const chain = await registryChain();
    run(chain, charlie, registerWorker(registrationOf(chain, one, chain.best(), charlie.id)));
    run(chain, bob, registerWorker(registrationOf(chain, one, chain.best(), bob.id)));
    expect(becomes(chain, charlie, deregisterWorker(one.publicKey))).toEqual(["NotOperator"]);
    expect(recordOf(chain, one.publicKey)?.operator).toEqual(bob.id);
  });

  it("refuses workers that are not registered", async () => {
    const chain = await registryChain();
    expect(becomes(chain, alice, deregisterWorker(one.publicKey))).toEqual(["NotRegistered"]);
  });
});

describe("the registry at genesis", () => {
  it("accepts no evidence in production until a policy is set", async () => {
    const chain = await registryChain({ mode: "production" });
    expect(policyOf(chain)).toBe(nothingAccepted);
  });

  it("refuses a policy that is malformed", async () => {
    await expect(
      createDevchain({ mode: { kind: "manual" }, registry: { policy: '{"version":2}' } }),
    ).rejects.toMatchObject({
      code: "policy/unknown-version",
    });
  });

  it("is part of the chain's identity", async () => {
    const hashes = await Promise.all(
      [
        {},
        { mode: "production", policy: anySimulated } as const,
        { policy: nothingAccepted },
        { admin: bob.id },
      ].map(async (registry) => toHex((await manualChain({ registry })).genesisHash)),
    );
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});

it("proves its policy and its workers with read proofs", async () => {
  const chain = await registryChain();
  run(chain, alice, registerWorker(registrationOf(chain, one)));
  const block = chain.best();
  const keys = [registryPolicyKey(portableCrypto), registryWorkerKey(portableCrypto, one.publicKey)];
  const proof = openStateProof(
    portableCrypto.blake2b256,
    block.header.stateRoot,
    chain.readProof(block, keys),
  );
  expect(decodeAll(proof.read(keys[0]!)!, (r) => r.vecU8())).toEqual(
    utf8(canonicalJson(parseJson(anySimulated))),
  );
  expect(decodeWorkerRecord(proof.read(keys[1]!)!)).toEqual(recordOf(chain, one.publicKey));
  expect(keys[1]).toEqual(concat(keys[1]!.subarray(0, 48), one.publicKey));
  expect(keys[1]!.subarray(0, 32)).toEqual(registryWorkersPrefix(portableCrypto));
});
