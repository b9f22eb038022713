/** A new worker gets the keys of a running worker: the conditions, and how each false message is refused. */
import { developmentRoots, makeSimulated } from "@pruntime/core/attestation";
import { concat, toHex } from "@pruntime/core/bytes";
import { setupBaseRecipient } from "@pruntime/core/channel";
import { portableCrypto as crypto } from "@pruntime/core/crypto";
import { canonicalJson } from "@pruntime/core/json";
import { HeaderRun, KnownBlocks } from "@pruntime/core/light-client";
import { rulesNumber } from "@pruntime/core/version";
import { createDevchain } from "@pruntime/devchain";
import {
  type Event,
  type Identity,
  identityOf,
  maxHandoverBlocks,
  type Runtime,
  type Shown,
  startRuntime,
} from "@pruntime/runtime";
import { afterAll, describe, expect, it } from "vitest";
import { codeOf } from "../../../core/test/support/code.ts";
import { adoptedMark } from "../../src/handover/adopted-mark.ts";
import { sealingAad, sealingInfo, transcriptHash } from "../../src/handover/transcript.ts";
import { identityRecord } from "../../src/keep/identity.ts";
import { markRecord } from "../../src/keep/mark.ts";
import { recordOf } from "../../src/keep/record.ts";
import { milliseconds, TinyChain } from "../support/tiny-chain.ts";
import { countingRandom, keyPair, refusal, runtimeCode, runtimeOf, take } from "../support/worker.ts";

const devchain = await createDevchain({ mode: { kind: "manual" } });
afterAll(() => devchain.close());
const metadata = devchain.metadata(14);
const noEvents = Uint8Array.of(0);

const allowed = new Uint8Array(32).fill(0x4d);
const policyOf = (measurement: Uint8Array): string =>
  canonicalJson({ version: 1, simulated: { measurements: [toHex(measurement)] } });

function identity(fill: number): Identity {
  const [signing, ecdhSecret, stateKey] = [fill + 100, fill, fill + 50].map((byte) =>
    new Uint8Array(32).fill(byte),
  ) as [Uint8Array, Uint8Array, Uint8Array];
  return identityOf(crypto, { signing, ecdhSecret, stateKey });
}

/** Makes a chain with two blocks after genesis. The states of both blocks have a time and a policy. */
function chainOf(content: { readonly policy?: string; readonly now?: Uint8Array } = {}): TinyChain {
  const chain = new TinyChain();
  for (let i = 0; i < 2; i++)
    chain.grow({
      events: noEvents,
      now: milliseconds(1_700_000_000_000n),
      policy: policyOf(allowed),
      ...content,
    });
  return chain;
}

/** A worker at a block of the chain. */
function worker(fill: number, chain: TinyChain, at = 2): Runtime {
  const runtime = runtimeOf(identity(fill));
  take(runtime, chain.init(metadata));
  take(runtime, chain.headers(1, at));
  take(runtime, chain.dispatch(1, at));
  return runtime;
}

/** @param at the block of the chain at which the other worker appraises the evidence */
function shown(fill: number, chain: TinyChain, reportData: Uint8Array, measurement = allowed, at = 2): Shown {
  const { signer, keyPair } = identity(fill);
  const evidence = makeSimulated(crypto, measurement, reportData);
  return {
    publicKey: signer.publicKey,
    ecdhPublicKey: keyPair.publicKey,
    evidence,
    rules: rulesNumber,
    policyProof: chain.policyProof(at),
  };
}

/** Worker 1 as the source and worker 2 as the receiver, with the messages of a handover between them. */
function scene(chain = chainOf()) {
  const [source, receiver] = [worker(1, chain), worker(2, chain)];
  const { challenge } = take(receiver, { kind: "handover-begin" });
  const { nonce, reportData } = take(source, { kind: "handover-offer", challenge });
  const accept = { kind: "handover-accept", nonce, source: shown(1, chain, reportData) } as const;
  const accepted = () => {
    const { ecdhPublicKey, reportData } = take(receiver, accept);
    return {
      kind: "handover-release",
      nonces: { challenge, nonce },
      receiver: { ...shown(2, chain, reportData), ecdhPublicKey },
    } as const;
  };
  const complete = (sealed: Uint8Array) => ({ kind: "handover-complete", sealed }) as const;
  return { chain, source, receiver, challenge, nonce, accept, accepted, complete };
}

describe("a handover", () => {
  it("gives the receiver the key agreement key and the state key of the source", () => {
    const { source, receiver, accepted, complete } = scene();
    const { sealed } = take(source, accepted());
    const outcome = receiver.accept(complete(sealed));
    if (!outcome.ok) throw new Error(outcome.error.code);
    expect(outcome.value).toEqual({ ecdhPublicKey: identity(1).keyPair.publicKey });
    const { ecdhSecret, stateKey } = identity(1).secrets;
    const { signing } = identity(2).secrets;
    const { anchor, mark } = receiver.status()!.chain;
    const owner = { publicKey: identity(2).signer.publicKey, ...outcome.value, anchor };
    expect(outcome.effects).toEqual({
      puts: [
        recordOf(identityRecord, { secrets: { signing, ecdhSecret, stateKey }, anchor, rules: rulesNumber }),
        recordOf(markRecord, { mark, ...owner }),
      ],
      drops: [],
    });
    expect(toHex(sealed)).not.toContain(toHex(ecdhSecret));
  });

  it("cannot be repeated: each message is accepted once", () => {
    const { source, receiver, accepted, complete } = scene();
    const release = accepted();
    const { sealed } = take(source, release);
    expect(refusal(source, release)).toBe("handover/not-begun");
    take(receiver, complete(sealed));
    expect(refusal(receiver, complete(sealed))).toBe("handover/not-begun");
  });

  it("handover/not-begun: keys before an accepted source are refused", () => {
    const { receiver, complete } = scene();
    expect(refusal(receiver, complete(new Uint8Array(206)))).toBe("handover/not-begun");
  });

  it("replaces an earlier one when it begins", () => {
    const { source, receiver, accept, accepted, complete } = scene();
    const release = accepted();
    const { sealed } = take(source, release);
    const { challenge } = take(receiver, { kind: "handover-begin" });
    expect(refusal(receiver, accept)).toBe("binding/wrong-report-data");
    expect(refusal(receiver, complete(sealed))).toBe("handover/not-begun");
    take(source, { kind: "handover-offer", challenge });
    expect(refusal(source, release)).toBe("handover/wrong-nonce");
  });

  it("handover/other-rules: is refused between programs with other rules, on both sides", () => {
    const { source, receiver, accept, accepted } = scene();
    const other = { ...accept, source: { ...accept.source, rules: rulesNumber + 1 } };
    expect(refusal(receiver, other)).toBe("handover/other-rules");
    const release = accepted();
    const otherToo = { ...release, receiver: { ...release.receiver, rules: rulesNumber + 1 } };
    expect(refusal(source, otherToo)).toBe("handover/other-rules");
    take(source, release);
  });

  it("is forgotten by both sides after maxHandoverBlocks blocks", () => {
    const { chain, source, receiver, accept, accepted, complete } = scene();
    const release = accepted();
    for (let i = 0; i <= maxHandoverBlocks; i++)
      chain.grow({ events: noEvents, now: milliseconds(1_700_000_000_000n), policy: policyOf(allowed) });
    const last = 2 + maxHandoverBlocks;
    const goTo = (runtime: Runtime, number: number): void => {
      const from = runtime.status()!.chain.dispatched.number + 1;
      take(runtime, chain.headers(from, number));
      take(runtime, chain.dispatch(from, number));
    };
    const late = { ...release, receiver: { ...release.receiver, policyProof: chain.policyProof(last) } };
    for (const runtime of [source, receiver]) goTo(runtime, last);
    const { sealed } = take(source, late);
    take(receiver, chain.headers(last + 1, last + 1));
    expect(refusal(receiver, complete(sealed))).toBe("handover/not-begun");
    expect(refusal(receiver, accept)).toBe("handover/not-begun");
    const second = scene(chain);
    const tooLate = second.accepted();
    take(second.source, chain.headers(3, last + 1));
    expect(refusal(second.source, tooLate)).toBe("handover/not-begun");
  });

  it("cannot be opened later with the receiver's key agreement key", () => {
    const { chain, source, accepted, challenge, nonce } = scene();
    const { receiver, ...release } = accepted();
    const { sealed } = take(source, { ...release, receiver });
    const { anchor } = source.status()!.chain;
    const [enc, cipher] = [sealed.subarray(0, 65), sealed.subarray(65)];
    const leaked = identity(2).keyPair;
    const info = sealingInfo(chain.at(0).hash, anchor, { ...receiver, ecdhPublicKey: leaked.publicKey });
    const { aead, baseNonce } = setupBaseRecipient(crypto, leaked, info, enc);
    const transcript = transcriptHash(crypto, { challenge, nonce });
    const from = shown(1, chain, new Uint8Array(64));
    expect(aead.open(baseNonce, cipher, sealingAad(transcript, from, receiver))).toBeUndefined();
  });

  it("draws the receiver's key for each handover, and forgets it with refused keys", () => {
    const { source, receiver, accept, accepted, complete } = scene();
    const release = accepted();
    const { sealed } = take(source, release);
    expect(refusal(receiver, complete(sealed.with(144, sealed[144]! ^ 1)))).toBe("handover/bad-keys");
    expect(refusal(receiver, complete(sealed))).toBe("handover/not-begun");
    const { challenge } = take(receiver, { kind: "handover-begin" });
    const { nonce, reportData } = take(source, { kind: "handover-offer", challenge });
    const again = take(receiver, { ...accept, nonce, source: shown(1, scene().chain, reportData) });
    expect(again.ecdhPublicKey).not.toEqual(release.receiver.ecdhPublicKey);
    expect(release.receiver.ecdhPublicKey).not.toEqual(identity(2).keyPair.publicKey);
  });

  it.each<[string, string, (s: ReturnType<typeof scene>) => Event]>([
    [
      "handover/wrong-nonce",
      "a nonce of another length",
      ({ accept }) => ({ ...accept, nonce: new Uint8Array(31) }),
    ],
    [
      "binding/wrong-report-data",
      "another nonce",
      ({ accept }) => ({ ...accept, nonce: new Uint8Array(32) }),
    ],
    [
      "binding/wrong-report-data",
      "another identity key",
      ({ accept }) => withSource(accept, { publicKey: identity(3).signer.publicKey }),
    ],
    [
      "binding/wrong-report-data",
      "another key agreement key",
      ({ accept }) => withSource(accept, { ecdhPublicKey: keyPair(3).publicKey }),
    ],
    [
      "handover/own-evidence",
      "its own evidence",
      ({ accept }) => withSource(accept, { publicKey: identity(2).signer.publicKey }),
    ],
    [
      "simulated/bad-signature",
      "evidence with a forged signature",
      ({ accept }) =>
        withSource(accept, {
          evidence: { ...makeSimulated(crypto, allowed, new Uint8Array(64)), signature: new Uint8Array(64) },
        }),
    ],
    [
      "trie/root-missing",
      "a policy of another state",
      ({ accept }) => withSource(accept, { policyProof: chainOf({ policy: "{}" }).policyProof(2) }),
    ],
    ["trie/root-missing", "no proof of the policy", ({ accept }) => withSource(accept, { policyProof: [] })],
  ])("refuses, at the receiver, %s: %s", (code, _, message) => {
    const s = scene();
    expect(refusal(s.receiver, message(s))).toBe(code);
    take(s.receiver, s.accept);
  });

  it.each<
    [
      string,
      string,
      (s: ReturnType<typeof scene>, release: Extract<Event, { kind: "handover-release" }>) => Event,
    ]
  >([
    [
      "handover/wrong-nonce",
      "another challenge",
      (_, r) => ({ ...r, nonces: { ...r.nonces, challenge: new Uint8Array(32) } }),
    ],
    [
      "handover/wrong-nonce",
      "another nonce",
      (_, r) => ({ ...r, nonces: { ...r.nonces, nonce: new Uint8Array(32) } }),
    ],
    ["handover/own-evidence", "its own evidence", ({ accept }, r) => ({ ...r, receiver: accept.source })],
    [
      "binding/wrong-report-data",
      "its own evidence with another worker's keys",
      ({ accept }, r) => ({ ...r, receiver: { ...r.receiver, evidence: accept.source.evidence } }),
    ],
    [
      "binding/wrong-report-data",
      "a key that the evidence does not vouch for",
      (_, r) => ({ ...r, receiver: { ...r.receiver, ecdhPublicKey: keyPair(77).publicKey } }),
    ],
    [
      "handover/wrong-nonce",
      "an offer with a challenge of another length",
      () => ({ kind: "handover-offer", challenge: new Uint8Array(31) }),
    ],
  ])("refuses, at the source, %s: %s", (code, _, message) => {
    const s = scene();
    const release = s.accepted();
    expect(refusal(s.source, message(s, release))).toBe(code);
    take(s.source, release);
  });

  it("handover/not-accepted: refuses a receiver whose code the chain's policy does not allow", () => {
    const { source, receiver, accept, challenge, nonce, chain } = scene();
    const { ecdhPublicKey, reportData } = take(receiver, accept);
    const other = { ...shown(2, chain, reportData, new Uint8Array(32).fill(0x66)), ecdhPublicKey };
    expect(refusal(source, { kind: "handover-release", nonces: { challenge, nonce }, receiver: other })).toBe(
      "handover/not-accepted",
    );
  });

  it("handover/not-accepted: refuses a source whose code the chain's policy does not allow", () => {
    const { receiver } = scene(chainOf({ policy: policyOf(new Uint8Array(32).fill(1)) }));
    const { challenge } = take(receiver, { kind: "handover-begin" });
    const chain = chainOf({ policy: policyOf(new Uint8Array(32).fill(1)) });
    const { nonce, reportData } = take(worker(1, chain), { kind: "handover-offer", challenge });
    expect(refusal(receiver, { kind: "handover-accept", nonce, source: shown(1, chain, reportData) })).toBe(
      "handover/not-accepted",
    );
  });
});

type Accept = ReturnType<typeof scene>["accept"];
function withSource(accept: Accept, source: Partial<Shown>): Accept {
  return { ...accept, source: { ...accept.source, ...source } };
}

describe("a worker does not hand over its keys", () => {
  it.each<[string, TinyChain]>([
    ["handover/not-synced", new TinyChain()],
    ["handover/no-policy", chainWithoutPolicy()],
  ])("%s", (code, chain) => {
    const last = chain.blocks.length - 1;
    const receiver = runtimeOf(identity(2));
    take(receiver, chain.init(metadata));
    if (last > 0) {
      take(receiver, chain.headers(1, last));
      take(receiver, chain.dispatch(1, last));
    }
    take(receiver, { kind: "handover-begin" });
    const source = { ...shown(1, chainOf(), new Uint8Array(64)), policyProof: chain.policyProof(last) };
    expect(refusal(receiver, { kind: "handover-accept", nonce: new Uint8Array(32), source })).toBe(code);
  });

  it("runtime/not-initialized", () => {
    expect(refusal(runtimeOf(identity(2)), { kind: "handover-begin" })).toBe("runtime/not-initialized");
  });

  it("binding/wrong-report-data: to a worker of another chain", () => {
    const { accept } = scene();
    const fork = new TinyChain(1);
    for (let i = 0; i < 2; i++)
      fork.grow({ events: noEvents, now: milliseconds(1_700_000_000_000n), policy: policyOf(allowed) });
    const stranger = worker(2, fork);
    take(stranger, { kind: "handover-begin" });
    expect(refusal(stranger, withSource(accept, { policyProof: fork.policyProof(2) }))).toBe(
      "binding/wrong-report-data",
    );
  });

  it("binding/wrong-report-data: to a worker with another anchor", () => {
    const { chain, receiver, challenge } = scene();
    const other = runtimeOf(identity(1));
    take(other, chain.init());
    const { nonce, reportData } = take(other, { kind: "handover-offer", challenge });
    const source = shown(1, chain, reportData);
    expect(refusal(receiver, { kind: "handover-accept", nonce, source })).toBe("binding/wrong-report-data");
  });
});

function chainWithoutPolicy(): TinyChain {
  const chain = new TinyChain();
  chain.grow({ events: noEvents, now: milliseconds(1_700_000_000_000n) });
  return chain;
}

describe("sealed keys", () => {
  it.each<[string, (sealed: Uint8Array) => Uint8Array]>([
    ["that are cut short", (sealed) => sealed.subarray(0, -1)],
    ["with a trailing byte", (sealed) => concat(sealed, Uint8Array.of(0))],
    ["sealed by an invalid point", (sealed) => sealed.with(0, 5)],
    ["that are changed", (sealed) => sealed.with(144, sealed[144]! ^ 1)],
    ["with another ephemeral key", (sealed) => concat(keyPair(9).publicKey, sealed.subarray(65))],
  ])("handover/bad-keys: refuses keys %s", (_, change) => {
    const { source, receiver, accepted, complete } = scene();
    const { sealed } = take(source, accepted());
    expect(refusal(receiver, complete(change(sealed)))).toBe("handover/bad-keys");
  });

  it("handover/bad-keys: refuses keys that the source's evidence does not vouch for", () => {
    const s = scene();
    const honest = identity(1);
    const secrets = { ...honest.secrets, ecdhSecret: new Uint8Array(32).fill(8) };
    const liar = runtimeOf({ ...honest, secrets });
    take(liar, s.chain.init(metadata));
    take(liar, s.chain.headers(1, 2));
    take(liar, s.chain.dispatch(1, 2));
    const { nonce, reportData } = take(liar, { kind: "handover-offer", challenge: s.challenge });
    const { ecdhPublicKey, reportData: own } = take(s.receiver, {
      kind: "handover-accept",
      nonce,
      source: shown(1, s.chain, reportData),
    });
    const release = {
      kind: "handover-release",
      nonces: { challenge: s.challenge, nonce },
      receiver: { ...shown(2, s.chain, own), ecdhPublicKey },
    } as const;
    const { sealed } = take(liar, release);
    expect(refusal(s.receiver, s.complete(sealed))).toBe("handover/bad-keys");
  });
});

describe("the mark that comes with the keys", () => {
  /** A chain of six blocks from the genesis of all chains here. Chains with other times are forks. */
  function fork(ms: bigint): TinyChain {
    const chain = new TinyChain();
    for (let i = 0n; i < 6n; i++)
      chain.grow({ events: noEvents, now: milliseconds(ms + i), policy: policyOf(allowed) });
    return chain;
  }
  const [real, forged] = [fork(1_700_000_000_000n), fork(1_700_000_000_500n)];

  /** Gives the receiver the keys that a source at the block `from` of the real chain has sealed to it. */
  function handOver(from: number, receiver: Runtime, chain: TinyChain, to: number) {
    const source = worker(1, real, from);
    const { challenge } = take(receiver, { kind: "handover-begin" });
    const { nonce, reportData } = take(source, { kind: "handover-offer", challenge });
    const offer = shown(1, chain, reportData, allowed, to);
    const accepted = take(receiver, { kind: "handover-accept", nonce, source: offer });
    const { sealed } = take(source, {
      kind: "handover-release",
      nonces: { challenge, nonce },
      receiver: {
        ...shown(2, real, accepted.reportData, allowed, from),
        ecdhPublicKey: accepted.ecdhPublicKey,
      },
    });
    return receiver.accept({ kind: "handover-complete", sealed });
  }

  /** Starts the receiver again with the records that it had at init and those that the handover stored. */
  function restartAfter(outcome: ReturnType<typeof handOver>): Runtime {
    if (!outcome.ok) throw new Error(outcome.error.code);
    const first = runtimeOf(identity(2)).accept(real.init(metadata));
    if (!first.ok) throw new Error(first.error.code);
    const records = new Map([...first.effects.puts, ...outcome.effects.puts].map((one) => [one.kind, one]));
    const { runtime } = startRuntime(
      {
        crypto,
        random: countingRandom(),
        measurement: allowed,
        runtimeCode,
        roots: developmentRoots(crypto),
        stateBudget: Infinity,
        allowsV1: true,
      },
      [...records.values()].map((record) => ({ kind: record.kind, open: () => record })),
    );
    expect(runtime.identity.keyPair.publicKey).toEqual(identity(1).keyPair.publicKey);
    return runtime;
  }

  it.each([
    ["at the source's block", 4],
    ["above the source's block", 6],
  ])("handover/other-fork: a receiver %s on another fork gets no keys", (_, at) => {
    const outcome = handOver(4, worker(2, forged, at), forged, at);
    expect(outcome).toEqual({ ok: false, error: { code: "handover/other-fork", number: 4 } });
  });

  it("keeps the keys from a fork whose receiver was below the source's block", () => {
    const again = restartAfter(handOver(5, worker(2, forged, 3), forged, 3));
    expect(again.status()!.belowMark).toEqual({ mark: 5, finalized: 0 });
    expect(refusal(again, forged.headers(1, 6))).toBe("runtime/contradicts-mark");
    take(again, forged.headers(1, 3));
    expect(refusal(again, forged.headers(4, 5))).toBe("runtime/contradicts-mark");
  });

  it("keeps the higher one of the two marks on the same fork", () => {
    for (const [from, to] of [
      [3, 5],
      [5, 3],
      [5, 5],
    ] as const) {
      const again = restartAfter(handOver(from, worker(2, real, to), real, to));
      expect(again.status()!.belowMark).toEqual({ mark: 5, finalized: 0 });
      take(again, real.headers(1, 5));
      expect(again.status()!.belowMark).toBeUndefined();
    }
  });

  it("runtime/bad-record: the receiver's mark from before the handover does not belong to the keys", () => {
    const before = runtimeOf(identity(2)).accept(real.init(metadata));
    const outcome = handOver(4, worker(2, real, 4), real, 4);
    if (!before.ok || !outcome.ok) throw new Error("refused");
    const puts = [...outcome.effects.puts, ...before.effects.puts.filter(({ kind }) => kind === "mark")];
    const withOld = { ...outcome, effects: { puts, drops: [] } };
    expect(codeOf(() => restartAfter(withOld))).toBe("runtime/bad-record");
  });

  it("handover/other-fork, handover/too-far-ahead: an earlier set, or a block that is not remembered", () => {
    const { chain } = worker(2, real, 4).status()!;
    expect(adoptedMark(chain, chain.mark)).toEqual(chain.mark);
    expect(codeOf(() => adoptedMark(chain, { ...chain.mark, setId: 1n }))).toBe("handover/other-fork");
    const many = Array.from({ length: 70_000 }, () => ({ hash: new Uint8Array(32) }));
    const far = {
      ...chain,
      known: chain.known.append(many),
      waiting: HeaderRun.after({ ...real.at(4), number: 70_004 }),
    };
    expect(codeOf(() => adoptedMark(far, chain.mark))).toBe("handover/too-far-ahead");
  });

  describe("on a parachain", () => {
    const { chain } = worker(2, real, 4).status()!;
    const relayBlock = (number: number, byte: number) => ({ number, hash: new Uint8Array(32).fill(byte) });
    const relay = KnownBlocks.from(relayBlock(0, 0)).append([1, 2, 3].map((byte) => relayBlock(byte, byte)));
    const { finalized } = chain.client;
    const own = { finalized: relayBlock(3, 3), setId: 0n, para: { number: 4, hash: real.at(4).hash } };
    const para = {
      id: 1,
      genesisHash: real.at(0).hash,
      finalized,
      relay,
      staged: HeaderRun.after(finalized),
    };
    const follower = { ...chain, para, mark: own };
    const above = { finalized: relayBlock(9, 9), setId: 2n, para: relayBlock(9, 8) };
    const below = { number: 2, hash: real.at(2).hash };

    it("is the receiver's mark if the receiver's relay chain contains the source's block", () => {
      expect(adoptedMark(follower, own)).toEqual(own);
      expect(adoptedMark(follower, { ...own, para: below })).toEqual(own);
      expect(adoptedMark(follower, { ...own, para: above.para })).toEqual({ ...own, para: above.para });
    });

    it("is the source's mark, of both chains, if the source's block of the relay chain is ahead", () => {
      for (const para of [above.para, own.para, below])
        expect(adoptedMark(follower, { ...above, para })).toEqual({ ...above, para });
    });

    it.each([
      ["relay chain", { ...own, finalized: relayBlock(3, 4) }],
      ["parachain", { ...own, para: relayBlock(4, 4) }],
      [
        "parachain, while the source's block of the relay chain is ahead",
        { ...above, para: relayBlock(2, 4) },
      ],
    ])("handover/other-fork: refuses another block of the %s", (_, other) =>
      expect(codeOf(() => adoptedMark(follower, other))).toBe("handover/other-fork"),
    );
  });
});
