/** Which workers `connect` accepts, and which it refuses. */
import { ed25519 } from "@noble/curves/ed25519.js";
import {
  AttestationResultCache,
  type ConnectOptions,
  connect,
  keyPairSigner,
  type WorkerClient,
} from "@pruntime/client";
import { policyHash, readEndorsedEvidence } from "@pruntime/core/attestation";
import { toHex, utf8 } from "@pruntime/core/bytes";
import { decodePayload, openCommand } from "@pruntime/core/channel";
import { portableCrypto as crypto } from "@pruntime/core/crypto";
import { canonicalJson, type JsonObject } from "@pruntime/core/json";
import { describe, expect, it } from "vitest";
import { trustPolicy } from "../src/attested/policy.ts";
import {
  anchor,
  type Bend,
  chainTimeMs,
  fakeWorker,
  genesisHash,
  keyPair,
  measurement,
  past,
  shownEvidence,
  signer,
} from "./fake-worker.ts";

const policy = { version: 1, maxAgeSec: 600, simulated: { measurements: [toHex(measurement)] } } as const;
const start = Number(chainTimeMs) + 1000;
const secret = new Uint8Array(32).fill(5);
const account = ed25519.getPublicKey(secret);
const asker = keyPairSigner("ed25519", account, (message) => ed25519.sign(message, secret));
const other = new Uint8Array(32).fill(0x0e);

/** A clock that stands still until the test moves it. */
class Clock {
  ms = start;
  readonly now = (): number => this.ms;
}

function connected(bend: Bend = {}, options: Partial<ConnectOptions> = {}): Promise<WorkerClient> {
  return connect(fakeWorker(bend), { policy, anchor, now: () => start, ...options });
}

describe("connect", () => {
  it("accepts and shows a lineage that the policy accepts", async () => {
    const bend: Bend = {
      evidence: (honest) => shownEvidence({ nonce: nonceOf(honest), lineage: [past] }),
    };
    const lineage = [{ kind: "simulated", code: past.code }];
    const client = await connected(bend, { policy: { ...policy, lineage } });
    expect(client.attested?.lineage).toEqual([past]);
    expect(client.attested?.operator).toBeUndefined();
  });

  it("shows the operator to which the evidence is bound", async () => {
    const client = await connected({
      evidence: (honest) => shownEvidence({ nonce: nonceOf(honest), operator: other }),
    });
    expect(client.attested?.operator).toEqual(other);
  });

  it("accepts the keys in verified evidence, seals commands and queries the worker", async () => {
    const client = await connected();
    expect(client.worker).toEqual({
      publicKey: signer.publicKey,
      ecdhPublicKey: keyPair.publicKey,
      genesisHash,
      anchor,
    });
    expect(client.attested?.authentic).toMatchObject({
      kind: "simulated",
      measurements: { measurement: toHex(measurement) },
    });
    const payload = client.sealCommand(account, 2, "x");
    expect(
      openCommand(
        crypto,
        { genesisHash, keyPair },
        { sender: account, contractId: 2 },
        decodePayload(payload),
      ),
    ).toBe('"x"');
    expect((await client.query(2, "TotalIssuance", { signer: asker })).value).toMatchObject({ answer: 42 });
  });

  it("also accepts the anchor and the policy as text", async () => {
    const client = await connected({}, { anchor: toHex(anchor), policy: canonicalJson(policy) });
    expect(client.attested?.policyHash).toEqual(policyHash(crypto, policy));
  });

  it("accepts a delivered policy that is pinned or signed by a known key", async () => {
    const text = canonicalJson(policy);
    const hash = policyHash(crypto, policy);
    expect(
      (await connected({}, { policy: { text, trusted: { kind: "pinned", hash } } })).attested?.policyHash,
    ).toEqual(hash);
    const signed = canonicalJson({ policy, signature: toHex(ed25519.sign(hash, secret)) });
    await connected({}, { policy: { text: signed, trusted: { kind: "signed", publicKey: account } } });
    const foreign = { text: signed, trusted: { kind: "signed", publicKey: other } } as const;
    await expect(connected({}, { policy: foreign })).rejects.toMatchObject({ code: "policy/bad-signature" });
    const wrong = { text, trusted: { kind: "pinned", hash: other } } as const;
    await expect(connected({}, { policy: wrong })).rejects.toMatchObject({ code: "policy/wrong-hash" });
  });

  const nonceOf = (honest: JsonObject): Uint8Array =>
    Uint8Array.from(Buffer.from(honest["nonce"] as string, "hex"));
  const foreignKey = crypto.p256.keyPair(other)?.publicKey ?? other;
  const bent: [title: string, code: string, bend: Bend, options?: Partial<ConnectOptions>][] = [
    [
      "an ECDH key other than the one its evidence is bound to",
      "binding/wrong-report-data",
      { evidence: (honest) => ({ ...honest, ecdh_public_key: toHex(foreignKey) }) },
    ],
    [
      "another identity key",
      "client/bad-signature",
      {
        evidence: (honest) => ({
          ...honest,
          public_key: toHex(crypto.secp256k1.signer(other)?.publicKey ?? other),
        }),
      },
    ],
    [
      "code that the policy does not name",
      "client/policy-refused",
      { evidence: (honest) => shownEvidence({ nonce: nonceOf(honest), code: other }) },
    ],
    [
      "keys that code held before which the policy does not name",
      "client/policy-refused",
      { evidence: (honest) => shownEvidence({ nonce: nonceOf(honest), lineage: [past] }) },
    ],
    [
      "evidence whose lineage is left out",
      "binding/wrong-report-data",
      {
        evidence: (honest) => ({
          ...shownEvidence({ nonce: nonceOf(honest), lineage: [past] }),
          lineage: [],
        }),
      },
    ],
    [
      "an operator to which the evidence is not bound",
      "binding/wrong-report-data",
      {
        evidence: (honest) => ({ ...shownEvidence({ nonce: nonceOf(honest) }), operator: toHex(other) }),
      },
    ],
    [
      "evidence over another nonce",
      "binding/wrong-report-data",
      { evidence: () => shownEvidence({ nonce: other }) },
    ],
    [
      "evidence over another nonce that claims this nonce",
      "binding/wrong-report-data",
      { evidence: ({ nonce }) => ({ ...shownEvidence({ nonce: other }), nonce: nonce ?? null }) },
    ],
    [
      "evidence for another purpose",
      "binding/wrong-report-data",
      { evidence: (honest) => shownEvidence({ nonce: nonceOf(honest), purpose: "registration" }) },
    ],
    [
      "another chain or another start point",
      "client/wrong-chain",
      { evidence: (honest) => shownEvidence({ nonce: nonceOf(honest), start: other }) },
    ],
    [
      "another chain with the expected anchor",
      "binding/wrong-report-data",
      {
        evidence: (honest) => ({
          ...shownEvidence({ nonce: nonceOf(honest), start: other }),
          anchor: toHex(anchor),
        }),
      },
    ],
    [
      "a genesis other than the one its evidence is bound to",
      "binding/wrong-report-data",
      { evidence: (honest) => ({ ...honest, genesis_hash: toHex(other) }) },
    ],
    [
      "evidence of a kind that the policy does not accept",
      "evidence/kind-not-trusted",
      {},
      { policy: { version: 1 } },
    ],
    [
      "evidence that not even the simulation signed",
      "simulated/bad-signature",
      {
        evidence: (honest) => ({
          ...honest,
          evidence: {
            ...(honest["evidence"] as JsonObject),
            signature_b64: Buffer.alloc(64, 1).toString("base64"),
          },
        }),
      },
    ],
    ["no evidence", "json/missing-key", { evidence: ({ evidence: _, ...rest }) => rest }],
    ["an expired policy", "client/policy-refused", {}, { policy: { ...policy, notAfter: "2020-01-01" } }],
    [
      "a worker without a chain",
      "client/not-initialized",
      {
        raw: (raw) => ({
          ...raw,
          status: 409,
          body: utf8('{"code":"runtime/not-initialized","message":"","payload":"{}","status":"error"}'),
        }),
      },
    ],
    ["an anchor of the wrong length", "client/wrong-chain", {}, { anchor: "00" }],
    [
      "a policy with a field that the client does not know",
      "json/unknown-key",
      {},
      { policy: { ...policy, skip: true } },
    ],
  ];
  it.each(bent)("refuses %s: %s", async (_, code, bend, options = {}) => {
    await expect(connected(bend, options)).rejects.toMatchObject({ code });
  });

  it("reports every policy rule that failed", async () => {
    const bend: Bend = { evidence: (honest) => shownEvidence({ nonce: nonceOf(honest), code: other }) };
    const reasons = [expect.stringMatching(/^policy-expired: /), expect.stringMatching(/^measurement: /)];
    await expect(connected(bend, { policy: { ...policy, notAfter: "2020-01-01" } })).rejects.toMatchObject({
      detail: { reasons },
    });
  });

  it("refuses evidence that is no longer fresh", async () => {
    let first: JsonObject | undefined;
    const bend: Bend = { evidence: (honest) => (first ??= honest) };
    await connected(bend);
    await expect(connected(bend)).rejects.toMatchObject({ code: "binding/wrong-report-data" });
  });

  it("accepts collateral from the worker's host or its own source, but no replaced evidence", async () => {
    const seen: JsonObject[] = [];
    const collateral = (evidence: JsonObject): Promise<JsonObject> => {
      seen.push(evidence);
      return Promise.resolve({ kind: "sgx" });
    };
    const client = await connected({}, { collateral });
    expect([seen.length, client.attested?.evidence.kind]).toEqual([1, "simulated"]);
    const beside: Bend = {
      raw: (raw) => ({
        ...raw,
        body: utf8(`{"collateral":{"x":"y"},${Buffer.from(raw.body).toString().slice(1)}`),
      }),
    };
    await expect(connected(beside)).rejects.toMatchObject({ code: "json/unknown-key" });
  });

  it("still checks every answer of a verified worker", async () => {
    const stale: Bend = { statement: (honest) => ({ ...honest, chainTimeMs: chainTimeMs - 120_001n }) };
    await expect((await connected(stale)).query(2, "TotalIssuance")).rejects.toMatchObject({
      code: "client/stale",
    });
    const elsewhere: Bend = { statement: (honest) => ({ ...honest, requestHash: other }) };
    await expect(connected(elsewhere)).rejects.toMatchObject({ code: "statement/wrong-request" });
  });
});

describe("an attestation result", () => {
  /** Counts how often the client requests evidence. */
  function counting(bend: Bend = {}): { readonly bend: Bend; readonly asked: () => number } {
    let asked = 0;
    const evidence = (honest: JsonObject) => {
      asked++;
      return bend.evidence?.(honest) ?? honest;
    };
    return { bend: { ...bend, evidence }, asked: () => asked };
  }

  it("is valid until the policy's maxAgeSec; the next query challenges the worker again", async () => {
    const [clock, { bend, asked }] = [new Clock(), counting()];
    const dated: Bend = { ...bend, statement: (honest) => ({ ...honest, chainTimeMs: BigInt(clock.ms) }) };
    const client = await connected(dated, { now: clock.now });
    clock.ms = start + 599_999;
    await client.query(2, "TotalIssuance");
    expect(asked()).toBe(1);
    clock.ms++;
    await Promise.all([client.query(2, "TotalIssuance"), client.query(2, "TotalIssuance")]);
    expect([asked(), client.attested?.untilMs]).toEqual([2, clock.ms + 600_000]);
  });

  it("does not permit sealing after it has expired", async () => {
    const clock = new Clock();
    const client = await connected({}, { now: clock.now });
    clock.ms += 600_000;
    expect(() => client.sealCommand(account, 2, "x")).toThrow(
      expect.objectContaining({ code: "client/verdict-expired" }),
    );
    await client.challengeAgain();
    client.sealCommand(account, 2, "x");
  });

  it("expires with the policy and stays expired", async () => {
    const [clock, notAfter] = [new Clock(), new Date(start + 5000).toISOString().replace(/\.\d+Z$/, "Z")];
    const client = await connected({}, { now: clock.now, policy: { ...policy, notAfter } });
    clock.ms = Date.parse(notAfter) + 1;
    for (let i = 0; i < 2; i++)
      await expect(client.query(2, "TotalIssuance")).rejects.toMatchObject({ code: "client/policy-refused" });
  });

  it("is not transferred to another worker", async () => {
    const clock = new Clock();
    let moved: Uint8Array | undefined;
    const evidence = (honest: JsonObject): JsonObject =>
      moved === undefined
        ? honest
        : shownEvidence({
            nonce: Uint8Array.from(Buffer.from(honest["nonce"] as string, "hex")),
            key: moved,
          });
    const client = await connected({ evidence }, { now: clock.now });
    moved = crypto.p256.keyPair(other)?.publicKey;
    clock.ms += 600_000;
    await expect(client.query(2, "TotalIssuance")).rejects.toMatchObject({ code: "client/wrong-key" });
  });

  it("is cached by evidence and policy while it is valid", async () => {
    let verified = 0;
    const counted = {
      ...crypto,
      secp256k1: {
        ...crypto.secp256k1,
        verify: (...args: Parameters<typeof crypto.secp256k1.verify>) => {
          verified++;
          return crypto.secp256k1.verify(...args);
        },
      },
    };
    const [cache, evidence] = [
      new AttestationResultCache(),
      readEndorsedEvidence(shownEvidence({ nonce: other })["evidence"] as JsonObject, ""),
    ];
    const trusted = (maxAgeSec: number) => trustPolicy(counted, { ...policy, maxAgeSec });
    const accept = async (maxAgeSec: number, atMs: number) =>
      (await cache.accept(counted, trusted(maxAgeSec), evidence, atMs)).untilMs;
    expect([await accept(600, start), await accept(600, start + 599_999), verified]).toEqual([
      start + 600_000,
      start + 600_000,
      1,
    ]);
    expect([await accept(600, start + 600_000), verified]).toEqual([start + 1_200_000, 2]);
    expect([await accept(601, start + 600_000), verified]).toEqual([start + 1_201_000, 3]);
    await accept(600, start); // the clock was set back, so the later result is not used
    expect(verified).toBe(4);
  });
});
