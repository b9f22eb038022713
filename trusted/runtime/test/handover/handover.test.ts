/** A new worker gets the keys of a running worker: the conditions, and how each false message is refused. */
import { ed25519 } from "@noble/curves/ed25519.js";
import {
  type Holder,
  handoverCommitment,
  type Lineage,
  makeSimulated,
  maxLineage,
} from "@pruntime/core/attestation";
import { concat, toHex, utf8 } from "@pruntime/core/bytes";
import { setupBaseRecipient, setupBaseSender } from "@pruntime/core/channel";
import { portableCrypto as crypto } from "@pruntime/core/crypto";
import { grandpaDigestItem } from "@pruntime/core/grandpa";
import { canonicalJson } from "@pruntime/core/json";
import {
  encodeRecovery,
  HeaderRun,
  KnownBlocks,
  type Recovery,
  recoveryHash,
} from "@pruntime/core/light-client";
import { encode } from "@pruntime/core/scale";
import { rulesNumber } from "@pruntime/core/version";
import { type AnswerTo, type Event, type Judged, maxHandoverBlocks, type Runtime } from "@pruntime/runtime";
import { describe, expect, it } from "vitest";
import { authoritySet } from "../../../core/test/grandpa/chain.ts";
import { codeOf } from "../../../core/test/support/code.ts";
import { adoptedMark } from "../../src/handover/adopted-mark.ts";
import { sealingInfo } from "../../src/handover/transcript.ts";
import { dataRecord } from "../../src/keep/data.ts";
import { identityRecord } from "../../src/keep/identity.ts";
import { markRecord, writeMark } from "../../src/keep/mark.ts";
import { recordOf } from "../../src/keep/record.ts";
import { alice } from "../support/devchain.ts";
import {
  allowed,
  chainOf,
  effectsOf,
  exchange,
  grow,
  identity,
  lastSteps,
  metadata,
  policyOf,
  restartFrom,
  sideOf,
  start,
  worker,
} from "../support/handover.ts";
import { seal } from "../support/sealed-file.ts";
import { type BlockContent, milliseconds, type TinyChain } from "../support/tiny-chain.ts";
import { keyPair, refusal, runtimeOf, take } from "../support/worker.ts";

/**
 * Worker 1 as the source and worker 2 as the receiver, with the messages of a handover between them. The
 * commitment is in block 3, which both workers know to be final but have not executed.
 */
function scene(
  content: BlockContent = {},
  measurements = [allowed, allowed],
  lineage: Lineage = [],
  shownLineage = lineage,
) {
  const chain = chainOf();
  const [source, receiver] = [worker(1, chain, lineage), worker(2, chain)];
  const exchanged = exchange(source, receiver, measurements, shownLineage);
  grow(chain, { extrinsics: [concat(utf8("remark"), exchanged.commitment)], ...content });
  for (const runtime of [source, receiver]) take(runtime, chain.headers(3, 3));
  const block = chain.committed(3);
  return { chain, source, receiver, ...exchanged, block, ...lastSteps(exchanged, [block]) };
}
type Scene = ReturnType<typeof scene>;

describe("a handover", () => {
  it("gives the receiver the key agreement key and the state key of the source", () => {
    const { chain, source, receiver, release, complete } = scene();
    const { sealed } = take(source, release);
    const outcome = receiver.accept(complete(sealed));
    if (!outcome.ok) throw new Error(outcome.error.code);
    expect(outcome.value).toEqual({ ecdhPublicKey: identity(1).keyPair.publicKey });
    const { ecdhSecret, stateKey } = identity(1).secrets;
    const { signing } = identity(2).secrets;
    const { anchor, mark } = receiver.status()!.chain;
    const owner = { publicKey: identity(2).signer.publicKey, ...outcome.value, anchor };
    expect(outcome.effects).toEqual({
      puts: [
        recordOf(identityRecord, {
          secrets: { signing, ecdhSecret, stateKey },
          anchor,
          rules: rulesNumber,
          measurement: allowed,
          lineage: [holder(allowed, { number: 3, hash: chain.at(3).hash })],
        }),
        recordOf(markRecord, { mark, ...owner }),
      ],
      drops: [],
    });
    expect(toHex(sealed)).not.toContain(toHex(ecdhSecret));
  });

  it("cannot be repeated: each message is accepted once", () => {
    const { source, receiver, release, complete } = scene();
    const { sealed } = take(source, release);
    expect(refusal(source, release)).toBe("handover/not-begun");
    take(receiver, complete(sealed));
    expect(refusal(receiver, complete(sealed))).toBe("handover/not-begun");
  });

  it("handover/not-begun: keys are refused before the receiver has presented its evidence", () => {
    const { source, receiver, release, complete } = scene();
    const { sealed } = take(source, release);
    take(receiver, { kind: "handover-begin" });
    expect(refusal(receiver, complete(sealed))).toBe("handover/not-begun");
  });

  it("replaces an earlier one when it begins", () => {
    const { source, receiver, nonces, release, complete } = scene();
    const { challenge } = take(receiver, { kind: "handover-begin" });
    const { nonce } = take(source, { kind: "handover-offer", challenge });
    expect(refusal(source, release)).toBe("handover/wrong-nonce");
    expect(refusal(source, { ...release, nonces: { challenge, nonce } })).toBe("handover/not-committed");
    take(receiver, { kind: "handover-accept", nonce: nonces.nonce });
    expect(refusal(receiver, complete(new Uint8Array(0)))).toBe("handover/not-committed");
  });

  it("is forgotten by both sides after maxHandoverBlocks blocks", () => {
    const { chain, source, receiver, release, complete } = scene();
    for (let i = 0; i <= maxHandoverBlocks; i++) grow(chain);
    const last = 2 + maxHandoverBlocks;
    for (const runtime of [source, receiver]) take(runtime, chain.headers(4, last));
    const { sealed } = take(source, release);
    take(receiver, chain.headers(last + 1, last + 1));
    expect(refusal(receiver, complete(sealed))).toBe("handover/not-begun");
    const second = scene();
    for (let i = 0; i <= maxHandoverBlocks; i++) grow(second.chain);
    take(second.source, second.chain.headers(4, last + 1));
    expect(refusal(second.source, second.release)).toBe("handover/not-begun");
  });

  it("cannot be opened later with the receiver's key agreement key", () => {
    const { chain, source, release, commitment } = scene();
    const { sealed } = take(source, release);
    const { anchor } = source.status()!.chain;
    const leaked = identity(2).keyPair;
    const info = sealingInfo(chain.at(0).hash, anchor, { ...release.other, ecdhPublicKey: leaked.publicKey });
    const { aead, baseNonce } = setupBaseRecipient(crypto, leaked, info, sealed.subarray(0, 65));
    expect(aead.open(baseNonce, sealed.subarray(65), commitment)).toBeUndefined();
  });

  it("draws the receiver's key for each handover, and forgets it with refused keys", () => {
    const { source, receiver, taker, release, complete } = scene();
    const { sealed } = take(source, release);
    expect(refusal(receiver, complete(sealed.with(144, sealed[144]! ^ 1)))).toBe("handover/bad-keys");
    expect(refusal(receiver, complete(sealed))).toBe("handover/not-begun");
    const again = exchange(source, receiver);
    expect(again.taker.ecdhPublicKey).not.toEqual(taker.ecdhPublicKey);
    expect(taker.ecdhPublicKey).not.toEqual(identity(2).keyPair.publicKey);
  });

  it("handover/wrong-nonce: refuses a challenge or a nonce of another length", () => {
    const { source, receiver } = scene();
    const short = new Uint8Array(31);
    expect(refusal(source, { kind: "handover-offer", challenge: short })).toBe("handover/wrong-nonce");
    expect(refusal(receiver, { kind: "handover-accept", nonce: short })).toBe("handover/wrong-nonce");
  });

  it.each<[code: string, what: string, change: (s: Scene) => Partial<Scene["release"]>]>([
    [
      "handover/wrong-nonce",
      "another challenge",
      ({ nonces }) => ({ nonces: { ...nonces, challenge: new Uint8Array(32) } }),
    ],
    [
      "handover/wrong-nonce",
      "another nonce",
      ({ nonces }) => ({ nonces: { ...nonces, nonce: new Uint8Array(32) } }),
    ],
    ["handover/own-evidence", "its own evidence", ({ giver }) => ({ other: giver })],
    ["handover/other-rules", "other rules", ({ taker }) => ({ other: { ...taker, rules: rulesNumber + 1 } })],
    [
      "handover/not-committed",
      "another key of the receiver",
      ({ taker }) => ({ other: { ...taker, ecdhPublicKey: keyPair(77).publicKey } }),
    ],
    [
      "handover/not-committed",
      "evidence other than the committed one",
      ({ taker }) => ({ other: { ...taker, evidence: makeSimulated(crypto, allowed, new Uint8Array(64)) } }),
    ],
    ["handover/not-committed", "another evidence of its own", () => ({ ownEvidence: new Uint8Array(32) })],
    [
      "handover/not-committed",
      "an extrinsic that is not there",
      ({ block }) => ({ block: { ...block, extrinsic: 1 } }),
    ],
    [
      "trie/root-missing",
      "no proof of the extrinsic",
      ({ block }) => ({ block: { ...block, extrinsicProof: [] } }),
    ],
    [
      "trie/root-missing",
      "a proof of another state",
      ({ block, chain }) => ({ block: { ...block, stateProof: chain.committed(0).stateProof } }),
    ],
  ])("refuses, at the source, %s: %s", (code, _, change) => {
    const s = scene();
    expect(refusal(s.source, { ...s.release, ...change(s) })).toBe(code);
    take(s.source, s.release);
  });

  it.each<[code: string, what: string, change: (s: Scene) => Partial<Judged>]>([
    ["handover/own-evidence", "its own evidence", ({ taker }) => ({ other: taker })],
    ["handover/other-rules", "other rules", ({ giver }) => ({ other: { ...giver, rules: rulesNumber + 1 } })],
    [
      "handover/not-committed",
      "another identity key",
      ({ giver }) => ({ other: { ...giver, publicKey: identity(3).signer.publicKey } }),
    ],
    ["handover/not-committed", "another evidence of its own", () => ({ ownEvidence: new Uint8Array(32) })],
    ["trie/root-missing", "no proof of the policy", ({ block }) => ({ block: { ...block, stateProof: [] } })],
  ])("refuses, at the receiver, %s: %s", (code, _, change) => {
    const s = scene();
    const { sealed } = take(s.source, s.release);
    expect(refusal(s.receiver, { ...s.complete(sealed), ...change(s) })).toBe(code);
  });

  it.each(["source", "receiver"] as const)(
    "binding/wrong-report-data: refuses a %s whose evidence is bound to other keys",
    (role) => {
      const chain = chainOf();
      const [source, receiver] = [worker(1, chain), worker(2, chain)];
      const honest = exchange(source, receiver);
      const { nonces } = honest;
      const other = { ecdhPublicKey: keyPair(78).publicKey };
      const giver = role === "source" ? { ...honest.giver, ...other } : honest.giver;
      const taker = role === "receiver" ? { ...honest.taker, ...other } : honest.taker;
      const commitment = handoverCommitment(crypto, nonces, sideOf(giver), sideOf(taker));
      grow(chain, { extrinsics: [commitment] });
      for (const runtime of [source, receiver]) take(runtime, chain.headers(3, 3));
      const { release, complete } = lastSteps({ nonces, giver, taker, commitment }, [chain.committed(3)]);
      const step = role === "source" ? complete(new Uint8Array(0)) : release;
      expect(refusal(role === "source" ? receiver : source, step)).toBe("binding/wrong-report-data");
    },
  );

  it("binding/wrong-report-data: refuses a worker with another anchor", () => {
    const chain = chainOf();
    const [source, receiver] = [runtimeOf(identity(1)), worker(2, chain)];
    take(source, chain.init());
    const exchanged = exchange(source, receiver);
    grow(chain, { extrinsics: [exchanged.commitment] });
    take(receiver, chain.headers(3, 3));
    const { complete } = lastSteps(exchanged, [chain.committed(3)]);
    expect(refusal(receiver, complete(new Uint8Array(0)))).toBe("binding/wrong-report-data");
  });

  it("simulated/bad-signature: refuses forged evidence", () => {
    const chain = chainOf();
    const [source, receiver] = [worker(1, chain), worker(2, chain)];
    const { nonces, giver, taker } = exchange(source, receiver);
    const evidence = { ...makeSimulated(crypto, allowed, new Uint8Array(64)), signature: new Uint8Array(64) };
    const forged = { ...taker, evidence };
    const commitment = handoverCommitment(crypto, nonces, sideOf(giver), sideOf(forged));
    grow(chain, { extrinsics: [commitment] });
    take(source, chain.headers(3, 3));
    const { release } = lastSteps({ nonces, giver, taker: forged, commitment }, [chain.committed(3)]);
    expect(refusal(source, release)).toBe("simulated/bad-signature");
  });

  it("runtime/not-initialized", () => {
    expect(refusal(runtimeOf(identity(2)), { kind: "handover-begin" })).toBe("runtime/not-initialized");
  });
});

function holder(
  measurement: Uint8Array,
  block: Holder["block"] = { number: 1, hash: new Uint8Array(32) },
): Holder {
  return { kind: "simulated", code: { measurement: toHex(measurement) }, block };
}

describe("the lineage of the keys", () => {
  const past = new Uint8Array(32).fill(0x77);
  const accepted = [holder(past)];
  const policy = canonicalJson({
    version: 1,
    lineage: [{ kind: "simulated", code: { measurement: toHex(past) } }],
    simulated: { measurements: [toHex(allowed)] },
  });
  const lineageAfter = ({ source, receiver, release, complete }: Scene) => {
    const { puts } = effectsOf(receiver.accept(complete(take(source, release).sealed)));
    return identityRecord.read(puts.find(({ kind }) => kind === "identity")!).lineage;
  };

  it("grows by the source's code and the committed block, and is there after a restart", () => {
    const s = scene({ policy }, [allowed, allowed], accepted);
    const own = holder(allowed, { number: 3, hash: s.chain.at(3).hash });
    expect(lineageAfter(s)).toEqual([...accepted, own]);
    const again = scene({}, [allowed, allowed], [holder(allowed)]);
    expect(lineageAfter(again)).toEqual([holder(allowed, { number: 3, hash: again.chain.at(3).hash })]);
  });

  it("handover/not-accepted: the receiver refuses keys that refused code has held", () => {
    const { receiver, complete } = scene({}, [allowed, allowed], accepted);
    const outcome = receiver.accept(complete(new Uint8Array(0)));
    expect(outcome).toMatchObject({ error: { code: "handover/not-accepted", rules: ["lineage"] } });
  });

  it.each([
    ["leaves out an entry", accepted, []],
    ["adds an entry", [], accepted],
    ["changes a block", accepted, [holder(past, { number: 2, hash: new Uint8Array(32) })]],
  ])("binding/wrong-report-data: the host %s", (_, lineage, shownLineage) => {
    const { receiver, complete } = scene({ policy }, [allowed, allowed], lineage, shownLineage);
    expect(refusal(receiver, complete(new Uint8Array(0)))).toBe("binding/wrong-report-data");
  });

  it("binding/wrong-report-data: the source refuses a lineage of the receiver, whose key is new", () => {
    const { source, release, taker } = scene({ policy });
    expect(refusal(source, { ...release, other: { ...taker, lineage: accepted } })).toBe(
      "binding/wrong-report-data",
    );
  });

  describe("at the source", () => {
    const other = new Uint8Array(32).fill(0x66);
    const both = canonicalJson({ version: 1, simulated: { measurements: [allowed, other].map(toHex) } });

    /** A source that has given its keys to the other code, and what the host stored then. */
    function released() {
      const s = scene({ policy: both }, [allowed, other]);
      const stored = effectsOf(s.source.accept(s.release));
      return { ...s, stored, receiver: holder(other, { number: 3, hash: s.chain.at(3).hash }) };
    }

    it("grows by the receiver's code when the keys leave, and is there after a restart", () => {
      const { chain, source, stored, receiver } = released();
      expect(source.lineage).toEqual([receiver]);
      const { secrets } = identity(1);
      const { anchor } = source.status()!.chain;
      const kept = { secrets, anchor, rules: rulesNumber, measurement: allowed, lineage: [receiver] };
      expect(stored).toEqual({ puts: [recordOf(identityRecord, kept)], drops: [] });
      const begun = effectsOf(runtimeOf(identity(1)).accept(chain.init(metadata)));
      expect(restartFrom(begun, stored).runtime.lineage).toEqual([receiver]);
    });

    it("is what its later evidence is bound to", () => {
      const { chain, source, receiver } = released();
      const third = worker(2, chain);
      take(third, chain.headers(3, 3));
      const codes = [[], [receiver]].map((lineage) => {
        const exchanged = exchange(source, third, [allowed, allowed], lineage);
        grow(chain, { policy: both, extrinsics: [exchanged.commitment] });
        const at = chain.blocks.length - 1;
        take(third, chain.headers(at, at));
        const { complete } = lastSteps(exchanged, [chain.committed(at)]);
        return refusal(third, complete(new Uint8Array(0)));
      });
      expect(codes).toEqual(["binding/wrong-report-data", "handover/bad-keys"]);
    });

    it("does not grow by code that gets no keys", () => {
      const { source, release } = scene({}, [allowed, other]);
      expect(refusal(source, release)).toBe("handover/not-accepted");
      expect(source.lineage).toEqual([]);
    });
  });

  describe("of 64 programs", () => {
    const full = Array.from({ length: maxLineage }, (_, i) => new Uint8Array(32).fill(i));
    const [first] = full as [Uint8Array];
    const policy = canonicalJson({
      version: 1,
      lineage: null,
      simulated: { measurements: [allowed, first].map(toHex) },
    });
    const lineage = full.map((code) => holder(code));

    it("lineage/full: no source gives keys to another program, and no receiver takes them from one", () => {
      const atSource = scene({ policy }, [allowed, allowed], lineage);
      expect(refusal(atSource.source, atSource.release)).toBe("lineage/full");
      const { source, receiver, release, complete } = scene({ policy }, [allowed, first], lineage);
      expect(refusal(receiver, complete(take(source, release).sealed))).toBe("lineage/full");
    });

    it("has room for a program that is named already", () =>
      expect(lineageAfter(scene({ policy }, [first, first], lineage))).toHaveLength(maxLineage));
  });
});

describe("the block by which a handover is judged", () => {
  const revoked = new Uint8Array(32).fill(0x66);

  it("handover/not-accepted: both sides refuse code that the policy of the block does not allow", () => {
    // The policy allowed this code until block 2, the last block that both workers have executed.
    const chain = chainOf({ policy: policyOf(revoked) });
    for (const measurements of [
      [revoked, allowed],
      [allowed, revoked],
    ]) {
      const [source, receiver] = [worker(1, chain), worker(2, chain)];
      const exchanged = exchange(source, receiver, measurements);
      grow(chain, { extrinsics: [exchanged.commitment] });
      const at = chain.blocks.length - 1;
      for (const runtime of [source, receiver]) take(runtime, chain.headers(3, at));
      const { release, complete } = lastSteps(exchanged, [chain.committed(at)]);
      const refused = measurements[0] === revoked ? receiver : source;
      const step = measurements[0] === revoked ? complete(new Uint8Array(0)) : release;
      expect(refusal(refused, step)).toBe("handover/not-accepted");
    }
  });

  it("handover/not-committed, handover/not-final: no block from before the handover counts", () => {
    const { chain, source, receiver, release, complete } = scene();
    expect(refusal(source, { ...release, block: { ...release.block, ...chain.committed(2) } })).toBe(
      "handover/not-committed",
    );
    const { source: held, receiver: heldToo } = workersAt2(chain);
    for (const [runtime, step] of [
      [held, release],
      [heldToo, complete(new Uint8Array(0))],
    ] as const)
      expect(refusal(runtime, step)).toBe("handover/not-begun");
    const fresh = exchange(held, heldToo);
    const steps = lastSteps(fresh, [chain.committed(3)]);
    expect(refusal(held, steps.release)).toBe("handover/not-final");
    expect(refusal(heldToo, steps.complete(new Uint8Array(0)))).toBe("handover/not-final");
    expect(refusal(receiver, complete(new Uint8Array(0)))).toBe("handover/bad-keys");
  });

  it("lets the receiver reach the block, and try again", () => {
    const s = scene();
    const { source, receiver } = workersAt2(s.chain);
    const exchanged = exchange(source, receiver);
    grow(s.chain, { extrinsics: [exchanged.commitment] });
    take(source, s.chain.headers(3, 4));
    const { release, complete } = lastSteps(exchanged, [s.chain.committed(4)]);
    const { sealed } = take(source, release);
    expect(refusal(receiver, complete(sealed))).toBe("handover/not-final");
    take(receiver, s.chain.headers(3, 4));
    take(receiver, complete(sealed));
  });

  it("handover/not-final: refuses a block of another fork", () => {
    const { source, release, commitment } = scene();
    const fork = chainOf({}, start + 1n);
    grow(fork, { extrinsics: [commitment] });
    expect(refusal(source, { ...release, block: fork.committed(3) })).toBe("handover/not-final");
  });

  it.each([
    ["handover/no-policy", { policy: undefined }],
    ["handover/no-time", { now: undefined }],
  ])("%s", (code, content) => {
    const { source, release } = scene(content as unknown as BlockContent);
    expect(refusal(source, release)).toBe(code);
  });

  it("hands over the keys of a worker that can execute no later block, to code allowed since then", () => {
    const policy = canonicalJson({
      version: 1,
      simulated: { measurements: [allowed, revoked].map(toHex) },
    });
    const { source, receiver, release, complete } = scene({ policy }, [allowed, revoked]);
    expect(source.status()!.chain.dispatched.number).toBe(2);
    take(receiver, complete(take(source, release).sealed));
  });
});

function workersAt2(chain: TinyChain) {
  return { source: worker(1, chain), receiver: worker(2, chain) };
}

describe("sealed keys", () => {
  it.each<[string, (sealed: Uint8Array) => Uint8Array]>([
    ["that are cut short", (sealed) => sealed.subarray(0, -1)],
    ["with a trailing byte", (sealed) => concat(sealed, Uint8Array.of(0))],
    ["sealed by an invalid point", (sealed) => sealed.with(0, 5)],
    ["that are changed", (sealed) => sealed.with(144, sealed[144]! ^ 1)],
    ["with another ephemeral key", (sealed) => concat(keyPair(9).publicKey, sealed.subarray(65))],
  ])("handover/bad-keys: refuses keys %s", (_, change) => {
    const { source, receiver, release, complete } = scene();
    const { sealed } = take(source, release);
    expect(refusal(receiver, complete(change(sealed)))).toBe("handover/bad-keys");
  });

  it("handover/bad-keys: refuses keys that the source's evidence does not vouch for", () => {
    const { chain, source, receiver, commitment, taker, release, complete } = scene();
    const info = sealingInfo(chain.at(0).hash, source.status()!.chain.anchor, taker);
    const ephemeral = keyPair(9);
    const { aead, baseNonce } = setupBaseSender(crypto, taker.ecdhPublicKey, info, ephemeral);
    const content = (ecdhSecret: Uint8Array) =>
      encode(source.status()!.chain.mark, (w, mark) =>
        writeMark(w.raw(ecdhSecret).raw(new Uint8Array(32)), mark),
      );
    const seal = (fill: number) =>
      concat(ephemeral.publicKey, aead.seal(baseNonce, content(new Uint8Array(32).fill(fill)), commitment));
    expect(refusal(receiver, complete(seal(8)))).toBe("handover/bad-keys");
    expect(take(source, release).sealed).toHaveLength(seal(1).length);
  });
});

it("a handover stores the receiver's files again, so that they are there after its restart", () => {
  const { chain, source, receiver, release, complete } = scene();
  const begun = effectsOf(runtimeOf(identity(2)).accept(chain.init(metadata)));
  const file = { path: "/ipfs/a", bytes: utf8("a") };
  const set = effectsOf(receiver.accept({ kind: "set-data", ...file }));
  const done = effectsOf(receiver.accept(complete(take(source, release).sealed)));
  const { runtime, leftOut } = restartFrom(begun, set, done);
  expect(runtime.identity.keyPair.publicKey).toEqual(identity(1).keyPair.publicKey);
  expect(leftOut).toEqual([]);
  take(runtime, chain.headers(1, 3)); // to the mark
  expect(take(runtime, { kind: "get-data", path: file.path })).toEqual({ bytes: file.bytes });
});

it("a handover pauses in its proofs, and after each of the receiver's files", () => {
  const { source, receiver, release, complete } = scene();
  const unused = Array.from({ length: 1_000 }, (_, i) => new Uint8Array(34).fill(i).fill(i >> 8, 17));
  const { block } = release;
  const longer = {
    extrinsicProof: [...block.extrinsicProof, ...unused],
    stateProof: [...block.stateProof, ...unused],
  };
  const sealed = pausesOf(source, { ...release, block: { ...block, ...longer } });
  expect(sealed.pauses).toBeGreaterThanOrEqual(2 * 4 + 3);
  for (let i = 0; i < 20; i++) take(receiver, { kind: "set-data", path: `/ipfs/${i}`, bytes: utf8("a") });
  expect(pausesOf(receiver, complete(sealed.value.sealed)).pauses).toBeGreaterThanOrEqual(3 + 20);
});

function pausesOf<E extends Event>(
  runtime: Runtime,
  event: E,
): { readonly pauses: number; readonly value: AnswerTo<E> } {
  const work = runtime.begin(event);
  for (let pauses = 0; ; pauses++) {
    const { done, value } = work.next();
    if (done !== true) continue;
    if (!value.ok) throw new Error(value.error.code);
    return { pauses, value: value.value };
  }
}

it("a handover stores the receiver's sealed files again with their owners", () => {
  const { receiver, source, release, complete } = scene();
  const sealed = seal(receiver, alice, "query", "/q", utf8("phone\n1\n"));
  effectsOf(receiver.accept({ kind: "set-data", path: "/q", bytes: sealed.bytes }));
  const { puts } = effectsOf(receiver.accept(complete(take(source, release).sealed)));
  const files = puts.filter(({ kind }) => kind === "data").map((record) => dataRecord.read(record));
  expect(files).toEqual([
    {
      path: "/q",
      bytes: utf8("phone\n1\n"),
      seal: { kind: "query", owner: alice.id, resultKey: sealed.resultKey },
      ecdhPublicKey: source.identity.keyPair.publicKey,
    },
  ]);
});

describe("the mark that comes with the keys", () => {
  const real = chainOf();

  /**
   * Makes a source at the block `from` seal its keys to a receiver at the block `to`. Both begin at block 2.
   * If `forked`, the receiver follows a fork from block 1 on. Block 3 of each chain has the commitment.
   */
  function handOver(from: number, to: number, forked = false) {
    const real = chainOf();
    const theirs = forked ? chainOf({}, start + 500n) : real;
    const [source, receiver] = [worker(1, real), worker(2, theirs)];
    const exchanged = exchange(source, receiver);
    for (const chain of new Set([real, theirs])) {
      const now = milliseconds(chain === real ? start : start + 500n);
      grow(chain, { extrinsics: [exchanged.commitment], now });
      for (let i = 4; i <= 6; i++) grow(chain, { now });
    }
    take(source, real.headers(3, from));
    take(receiver, theirs.headers(3, to));
    const { release, complete } = lastSteps(exchanged, [real.committed(3), theirs.committed(3)]);
    const outcome = receiver.accept(complete(take(source, release).sealed));
    return { outcome, real, theirs };
  }

  /** Starts the receiver again with the records that it had at init and those that the handover stored. */
  function restartAfter({ outcome, real }: Pick<ReturnType<typeof handOver>, "outcome" | "real">): Runtime {
    const first = effectsOf(runtimeOf(identity(2)).accept(real.init(metadata)));
    const { runtime } = restartFrom(first, effectsOf(outcome));
    expect(runtime.identity.keyPair.publicKey).toEqual(identity(1).keyPair.publicKey);
    return runtime;
  }

  it.each([
    ["at the source's block", 4],
    ["above the source's block", 6],
  ])("handover/other-fork: a receiver %s on another fork gets no keys", (_, at) => {
    const { outcome } = handOver(4, at, true);
    expect(outcome).toEqual({ ok: false, error: { code: "handover/other-fork", number: 4 } });
  });

  it("keeps the keys from a fork whose receiver was below the source's block", () => {
    const done = handOver(5, 3, true);
    const again = restartAfter(done);
    expect(again.status()!.belowMark).toEqual({ mark: 5, finalized: 0 });
    expect(refusal(again, done.theirs.headers(1, 6))).toBe("runtime/contradicts-mark");
    take(again, done.theirs.headers(1, 3));
    expect(refusal(again, done.theirs.headers(4, 5))).toBe("runtime/contradicts-mark");
  });

  it("keeps the higher one of the two marks on the same fork", () => {
    for (const [from, to] of [
      [3, 5],
      [5, 3],
      [5, 5],
    ] as const) {
      const done = handOver(from, to);
      const again = restartAfter(done);
      expect(again.status()!.belowMark).toEqual({ mark: 5, finalized: 0 });
      take(again, done.real.headers(1, 5));
      expect(again.status()!.belowMark).toBeUndefined();
    }
  });

  it("runtime/bad-record: the receiver's mark from before the handover does not belong to the keys", () => {
    const { outcome, real } = handOver(4, 4);
    const before = runtimeOf(identity(2)).accept(real.init(metadata));
    if (!before.ok || !outcome.ok) throw new Error("refused");
    const puts = [...outcome.effects.puts, ...before.effects.puts.filter(({ kind }) => kind === "mark")];
    const withOld = { ...outcome, effects: { puts, drops: [] } };
    expect(codeOf(() => restartAfter({ outcome: withOld, real }))).toBe("runtime/bad-record");
  });

  it("handover/other-fork: a receiver that a replaced set led past a recovery's block gets no keys", () => {
    const secret = new Uint8Array(32).fill(7);
    const recovery = { threshold: 1, keys: [ed25519.getPublicKey(secret)] };
    const chain = chainOf();
    const [source, receiver] = [1, 2].map((fill) => worker(fill, chain, [], { recovery })) as [
      Runtime,
      Runtime,
    ];
    const exchanged = exchange(source, receiver);
    grow(chain, { extrinsics: [exchanged.commitment] });
    for (const runtime of [source, receiver]) take(runtime, chain.headers(3, 3));
    const { anchor, client } = source.status()!.chain;
    const signed: Recovery = {
      anchor,
      replacedSetId: 0n,
      checkpoint: {
        genesisHash: client.genesisHash,
        encodedHeader: chain.at(3).encoded,
        authorities: authoritySet(4, 1n, 8),
        pending: [],
      },
    };
    const signature = ed25519.sign(recoveryHash(crypto, signed), secret);
    const text = encodeRecovery({ ...signed, signatures: [{ key: recovery.keys[0]!, signature }] });
    take(source, { kind: "recover", recovery: text, headers: [] });

    const own = {
      kind: "scheduled-change",
      nextAuthorities: client.authorities.authorities,
      delay: 0,
    } as const;
    grow(chain, { digest: [grandpaDigestItem(own)] });
    take(receiver, chain.headers(4, 4));
    for (const runtime of [source, receiver])
      expect(runtime.status()!.chain.client.authorities.setId).toBe(1n);
    const { release, complete } = lastSteps(exchanged, [chain.committed(3)]);
    const outcome = receiver.accept(complete(take(source, release).sealed));
    expect(outcome).toEqual({ ok: false, error: { code: "handover/other-fork", number: 3 } });
  });

  it("handover/other-fork, handover/too-far-ahead: an earlier set, or a block that is not remembered", () => {
    const { chain } = worker(2, real).status()!;
    expect(adoptedMark(chain, chain.mark)).toEqual(chain.mark);
    for (const { sets } of [chain, { sets: [{ after: 3, setId: 9n }] }])
      expect(codeOf(() => adoptedMark({ ...chain, sets }, { ...chain.mark, setId: 1n }))).toBe(
        "handover/other-fork",
      );
    const many = Array.from({ length: 70_000 }, () => ({ hash: new Uint8Array(32) }));
    const far = {
      ...chain,
      known: chain.known.append(many),
      waiting: HeaderRun.after({ ...real.at(2), number: 70_002 }),
    };
    expect(codeOf(() => adoptedMark(far, chain.mark))).toBe("handover/too-far-ahead");
  });

  describe("on a parachain", () => {
    const { chain } = worker(2, real).status()!;
    const relayBlock = (number: number, byte: number) => ({ number, hash: new Uint8Array(32).fill(byte) });
    const relay = KnownBlocks.from(relayBlock(0, 0)).append([1, 2, 3].map((byte) => relayBlock(byte, byte)));
    const { finalized } = chain.client;
    const own = {
      finalized: relayBlock(3, 3),
      setId: 0n,
      para: { number: 2, hash: real.at(2).hash },
      policySerial: 5,
    };
    const para = {
      id: 1,
      genesisHash: real.at(0).hash,
      finalized,
      relay,
      staged: HeaderRun.after(finalized),
    };
    const follower = { ...chain, para, mark: own };
    const above = { finalized: relayBlock(9, 9), setId: 2n, para: relayBlock(9, 8), policySerial: 6 };
    const below = { number: 1, hash: real.at(1).hash };

    it("handover/other-fork: a source that is ahead with an earlier authority set", () => {
      expect(adoptedMark(follower, above).setId).toBe(2n);
      const later = { ...follower, mark: { ...own, setId: 3n } };
      expect(codeOf(() => adoptedMark(later, above))).toBe("handover/other-fork");
    });

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
      ["parachain", { ...own, para: relayBlock(2, 4) }],
      [
        "parachain, while the source's block of the relay chain is ahead",
        { ...above, para: relayBlock(2, 4) },
      ],
    ])("handover/other-fork: refuses another block of the %s", (_, other) =>
      expect(codeOf(() => adoptedMark(follower, other))).toBe("handover/other-fork"),
    );
  });
});
