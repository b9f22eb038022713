/**
 * Handovers under a policy key by a worker that cannot read its chain's runtime, with the key's consent.
 */
import { ed25519 } from "@noble/curves/ed25519.js";
import { consentHash, signedPolicyHash } from "@pruntime/core/attestation";
import { concat, utf8 } from "@pruntime/core/bytes";
import { portableCrypto as crypto } from "@pruntime/core/crypto";
import type { Runtime, RuntimeCode } from "@pruntime/runtime";
import { describe, expect, it } from "vitest";
import { revokingSerial } from "../../src/policies.ts";
import { allowed, exchange, identity, lastSteps, metadata, policyOf } from "../support/handover.ts";
import {
  authority,
  delayMs,
  foreign,
  other,
  policyOfBoth,
  pushedBy,
  secret,
  signed,
} from "../support/signed-policy.ts";
import { milliseconds, runtimeUpdated, TinyChain } from "../support/tiny-chain.ts";
import { refusal, runtimeCode, runtimeOf, take } from "../support/worker.ts";

/** Code that only the newer program runs. */
const newCode = utf8("new code");
const newerProgram: RuntimeCode = {
  *metadataOf(code) {
    return Buffer.compare(code, newCode) === 0 ? metadata : yield* runtimeCode.metadataOf(code);
  },
};
const startMs = 1_700_000_000_000;

interface Setting {
  /** The program of the source. */
  readonly source?: RuntimeCode;
  readonly receiver?: RuntimeCode;
  /** The text of policy 1. */
  readonly policy?: string;
  /** The texts of the policies in the last block that both workers can read, by serial. */
  readonly last?: Readonly<Record<number, string>>;
  /** The chain time between the block with policy 1 and that block. */
  readonly passedMs?: number;
}

/**
 * A chain whose block 1 has policy 1, and whose block 2 changes the runtime to the new code. Both workers
 * have executed block 2.
 */
class World {
  readonly chain = new TinyChain(0, metadata);
  readonly source: Runtime;
  readonly receiver: Runtime;

  constructor(setting: Setting = {}) {
    const { policy = policyOf(allowed), last = {}, passedMs = delayMs } = setting;
    const now = (ms: number) => milliseconds(BigInt(startMs + ms));
    const payload = ([serial, text]: [string, string]) => signed(this.chain, Number(serial), text);
    this.chain.grow({ events: pushedBy([payload(["1", policy])]), now: now(0), code: metadata });
    this.chain.grow({
      events: pushedBy(Object.entries(last).map(payload)),
      now: now(passedMs),
      code: newCode,
      digest: [runtimeUpdated],
    });
    this.source = this.#worker(1, setting.source ?? runtimeCode);
    this.receiver = this.#worker(2, setting.receiver ?? newerProgram);
  }

  #worker(fill: number, program: RuntimeCode): Runtime {
    const runtime = runtimeOf(identity(fill), crypto, program);
    const meaning = { kind: "proven", codeProof: this.chain.codeProof(0) } as const;
    take(runtime, { ...this.chain.init(), meaning, policyAuthority: authority });
    take(runtime, this.chain.headers(1, 2));
    take(runtime, this.chain.dispatch(1, 2));
    return runtime;
  }

  /** Tells both workers the new code. A worker that cannot read it executes no more blocks. */
  learn(): this {
    for (const runtime of [this.source, this.receiver])
      take(runtime, { kind: "code", proof: this.chain.codeProof(2) });
    return this;
  }

  /**
   * The messages of a handover to code, long after the last readable block. The next block has their
   * commitment. Both workers know that it is final, and those that can read it have executed it.
   */
  steps(code = allowed) {
    const exchanged = exchange(this.source, this.receiver, [allowed, code]);
    const { number } = this.chain.grow({
      events: pushedBy([]),
      now: milliseconds(BigInt(startMs + 10 * delayMs)),
      code: newCode,
      extrinsics: [concat(utf8("remark"), exchanged.commitment)],
    });
    for (const runtime of [this.source, this.receiver]) {
      const { client, dispatched, unreadable, runtimeChangedAt } = runtime.status()!.chain;
      take(runtime, this.chain.headers(client.finalized.number + 1, number));
      if (unreadable === undefined && runtimeChangedAt === undefined)
        take(runtime, this.chain.dispatch(dispatched.number + 1, number));
    }
    const { release, complete } = lastSteps(exchanged, [this.chain.committed(number)]);
    return {
      release,
      complete,
      commitment: exchanged.commitment,
      consent: this.consent(exchanged.commitment),
    };
  }

  consent(commitment: Uint8Array, { by = secret, genesisHash = this.chain.at(0).hash } = {}): Uint8Array {
    return ed25519.sign(consentHash(crypto, genesisHash, commitment), by);
  }

  /** Makes a handover with a consent, and returns how the source answers. */
  handOver(code = allowed): string {
    const { release, consent } = this.steps(code);
    return refusal(this.source, { ...release, consent });
  }
}

describe("a worker that cannot read its chain's runtime", () => {
  it("handover/no-consent: gives its keys to the newer program only with the policy key's consent", () => {
    const world = new World().learn();
    const { release, complete, consent } = world.steps();
    expect(refusal(world.source, release)).toBe("handover/no-consent");
    const { sealed } = take(world.source, { ...release, consent });
    const { ecdhPublicKey } = take(world.receiver, complete(sealed));
    expect(ecdhPublicKey).toEqual(world.source.identity.keyPair.publicKey);
  });

  it("takes keys with the policy key's consent", () => {
    const world = new World({ receiver: runtimeCode }).learn();
    const { release, complete, consent } = world.steps();
    const { sealed } = take(world.source, { ...release, consent });
    take(world.receiver, { ...complete(sealed), consent });
  });

  it("handover/no-consent: takes no keys without it", () => {
    const world = new World({ source: newerProgram, receiver: runtimeCode }).learn();
    const { release, complete } = world.steps();
    const { sealed } = take(world.source, release);
    expect(refusal(world.receiver, complete(sealed))).toBe("handover/no-consent");
  });

  it("handover/not-final: needs the block with the commitment too", () => {
    const world = new World().learn();
    const exchanged = exchange(world.source, world.receiver);
    world.chain.grow({ now: milliseconds(BigInt(startMs)), extrinsics: [exchanged.commitment] });
    const { release } = lastSteps(exchanged, [world.chain.committed(3)]);
    const consent = world.consent(exchanged.commitment);
    expect(refusal(world.source, { ...release, consent })).toBe("handover/not-final");
    take(world.source, world.chain.headers(3, 3));
    expect(refusal(world.source, { ...release, consent })).toBe("accepted");
  });
});

describe("handover/bad-consent: a consent does not count", () => {
  it.each<[string, (consent: Uint8Array, world: World, commitment: Uint8Array) => Uint8Array]>([
    ["of another key", (_, world, commitment) => world.consent(commitment, { by: other })],
    [
      "for another handover",
      (_, world) => {
        world.steps();
        return world.steps().consent;
      },
    ],
    [
      "for another chain",
      (_, world, commitment) => world.consent(commitment, { genesisHash: new Uint8Array(32) }),
    ],
    ["if the key signed the commitment itself", (_, __, commitment) => ed25519.sign(commitment, secret)],
    [
      "if the key signed the commitment as a policy",
      (_, world, text) =>
        ed25519.sign(signedPolicyHash(crypto, world.chain.at(0).hash, { serial: 1, text }), secret),
    ],
    ["whose signature is changed", (consent) => consent.with(0, consent[0]! ^ 1)],
    ["without its last byte", (consent) => consent.subarray(0, 63)],
    ["with one byte more", (consent) => concat(consent, Uint8Array.of(0))],
    ["without a byte", () => new Uint8Array(0)],
  ])("%s", (_, spoil) => {
    const world = new World().learn();
    const { release, consent, commitment } = world.steps();
    const spoilt = spoil(consent, new World().learn(), commitment);
    expect(refusal(world.source, { ...release, consent: spoilt })).toBe("handover/bad-consent");
    expect(refusal(world.source, { ...release, consent })).toBe("accepted");
  });
});

describe("with a consent, the policies that the worker knows still decide", () => {
  it("handover/policy-key-revoked: after the policy with the highest serial", () =>
    expect(new World({ last: { [revokingSerial]: policyOfBoth } }).learn().handOver()).toBe(
      "handover/policy-key-revoked",
    ));

  it("handover/not-accepted: code that no policy accepts", () =>
    expect(new World().learn().handOver(foreign)).toBe("handover/not-accepted"));

  it("handover/not-accepted: code that the last of them removed", () =>
    expect(new World({ last: { 2: policyOf(foreign) } }).learn().handOver()).toBe("handover/not-accepted"));

  it("handover/not-accepted: code that a policy added within the delay before the last block", () => {
    expect(new World({ last: { 2: policyOfBoth } }).learn().handOver(foreign)).toBe("handover/not-accepted");
    expect(new World({ policy: policyOfBoth }).learn().handOver(foreign)).toBe("accepted");
  });

  it("handover/policy-too-new: the first policy came within the delay before the last readable block", () =>
    expect(new World({ passedMs: delayMs - 1 }).learn().handOver()).toBe("handover/policy-too-new"));
});

describe("a worker that can read its chain's runtime", () => {
  it("handover/not-final: takes no consent in place of executing the block with the commitment", () => {
    const world = new World({ source: newerProgram });
    const { release, consent } = world.steps();
    expect(refusal(world.source, { ...release, consent })).toBe("handover/not-final");
    world.learn();
    expect(refusal(world.source, { ...release, consent })).toBe("handover/not-final");
    take(world.source, world.chain.dispatch(3, 3));
    expect(refusal(world.source, release)).toBe("accepted");
  });

  it("handover/not-final: takes no consent while it does not know the new code", () => {
    const world = new World();
    const { release, consent } = world.steps();
    expect(refusal(world.source, { ...release, consent })).toBe("handover/not-final");
  });

  it("sees the policies that the source does not know", () => {
    const world = new World().learn();
    const exchanged = exchange(world.source, world.receiver);
    world.chain.grow({
      events: pushedBy([signed(world.chain, 2, policyOf(foreign))]),
      now: milliseconds(BigInt(startMs + 10 * delayMs)),
      code: newCode,
      extrinsics: [exchanged.commitment],
    });
    for (const runtime of [world.source, world.receiver]) take(runtime, world.chain.headers(3, 3));
    take(world.receiver, world.chain.dispatch(3, 3));
    const { release, complete } = lastSteps(exchanged, [world.chain.committed(3)]);
    const { sealed } = take(world.source, { ...release, consent: world.consent(exchanged.commitment) });
    expect(refusal(world.receiver, complete(sealed))).toBe("handover/not-accepted");
  });
});
