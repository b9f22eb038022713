/** Handovers that are judged by policies that the anchor's key has signed. */
import { policyContractId } from "@pruntime/core/attestation";
import { concat, utf8 } from "@pruntime/core/bytes";
import { portableCrypto as crypto } from "@pruntime/core/crypto";
import { Writer } from "@pruntime/core/scale";
import type { Outcome, Runtime } from "@pruntime/runtime";
import { describe, expect, it } from "vitest";
import { maxPolicies, revokingSerial } from "../../src/policies.ts";
import { alice } from "../support/devchain.ts";
import { dumpOfParts, partsOf } from "../support/dump.ts";
import {
  allowed,
  effectsOf,
  exchange,
  identity,
  lastSteps,
  metadata,
  policyOf,
  restartFrom,
} from "../support/handover.ts";
import {
  authority,
  delayMs,
  foreign,
  other,
  policyOfBoth,
  pushedBy,
  signed,
} from "../support/signed-policy.ts";
import {
  type BlockContent,
  extrinsic2020,
  milliseconds,
  pushCommand2020,
  TinyChain,
  unsigned2020,
} from "../support/tiny-chain.ts";
import { answer, plain, receipt, refusal, runtimeOf, take } from "../support/worker.ts";

const startMs = 1_700_000_000_000;

/** A chain, and two workers whose anchor names the policy key. */
class World {
  readonly chain = new TinyChain();
  readonly source: Runtime;
  readonly receiver: Runtime;
  /** The chain time of the next block, after the start. */
  ms = 0;

  constructor(policyAuthority = authority) {
    const init = { ...this.chain.init(metadata), policyAuthority };
    [this.source, this.receiver] = [1, 2].map((fill) => {
      const runtime = runtimeOf(identity(fill));
      take(runtime, init);
      return runtime;
    }) as [Runtime, Runtime];
  }

  /** Adds a block with these policies. */
  grow(policies: readonly Uint8Array[] = [], content: BlockContent = {}): number {
    const now = milliseconds(BigInt(startMs + this.ms));
    return this.chain.grow({ events: pushedBy(policies), now, ...content }).number;
  }

  /** Adds a block with a policy, which both workers execute. */
  push(serial: number, policy: string): void {
    this.grow([signed(this.chain, serial, policy)]);
    this.follow();
  }

  follow(...runtimes: readonly Runtime[]): void {
    for (const runtime of runtimes.length > 0 ? runtimes : [this.source, this.receiver]) {
      const [from, to] = [runtime.status()!.chain.dispatched.number + 1, this.chain.blocks.length - 1];
      take(runtime, this.chain.headers(from, to));
      take(runtime, this.chain.dispatch(from, to));
    }
  }

  /** The messages of a handover to code. The next block has their commitment, and these policies. */
  steps(code = allowed, policies: readonly Uint8Array[] = []) {
    const exchanged = exchange(this.source, this.receiver, [allowed, code]);
    const number = this.grow(policies, {
      extrinsics: [concat(utf8("remark"), exchanged.commitment)],
      policy: policyOfBoth,
    });
    return lastSteps(exchanged, [this.chain.committed(number)]);
  }

  /** Makes a handover, and returns how the source answers. */
  handOver(code = allowed, policies: readonly Uint8Array[] = []): string {
    const { release } = this.steps(code, policies);
    this.follow();
    return refusal(this.source, release);
  }
}

const known = (runtime: Runtime) => runtime.status()!.chain.policies.map(({ serial }) => serial);

/** A world where the code `allowed` may have the keys. */
function settledWorld(): World {
  const world = new World();
  world.push(1, policyOf(allowed));
  world.ms += delayMs;
  return world;
}

describe("with a policy key", () => {
  it("handover/no-policy: the registry's policy does not count", () =>
    expect(new World().handOver()).toBe("handover/no-policy"));

  it("handover/policy-too-new: the first policy counts after the delay", () => {
    const world = new World();
    world.push(1, policyOf(allowed));
    world.ms += delayMs - 1;
    expect(world.handOver()).toBe("handover/policy-too-new");
    world.ms += 1;
    expect(world.handOver()).toBe("accepted");
  });

  it("handover/not-accepted: code that a policy adds counts after the delay, at both workers", () => {
    const world = settledWorld();
    world.push(2, policyOfBoth);
    expect(world.handOver()).toBe("accepted");
    world.ms += delayMs - 1;
    expect(world.handOver(foreign)).toBe("handover/not-accepted");
    const { complete } = world.steps();
    world.follow();
    expect(refusal(world.receiver, complete(new Uint8Array(0)))).toBe("handover/bad-keys");
    world.ms += 1;
    const { release } = world.steps(foreign);
    world.follow();
    take(world.source, release);
  });

  it("handover/not-accepted: the delay ends at the block with the commitment, not at a later one", () => {
    const world = settledWorld();
    world.push(2, policyOfBoth);
    world.ms += delayMs - 1;
    const { release } = world.steps(foreign);
    world.ms += 1;
    world.grow();
    world.follow();
    expect(refusal(world.source, release)).toBe("handover/not-accepted");
  });

  it.each([
    ["before the block with the commitment", 0],
    ["in the block with the commitment", 1],
    ["after the block with the commitment", 2],
  ])("handover/not-accepted: a removal counts at once, %s", (_, place) => {
    const world = settledWorld();
    const removal = signed(world.chain, 2, policyOf(foreign));
    if (place === 0) world.grow([removal]);
    const { release } = world.steps(allowed, place === 1 ? [removal] : []);
    if (place === 2) world.grow([removal]);
    world.follow();
    expect(refusal(world.source, release)).toBe("handover/not-accepted");
  });

  it("handover/not-accepted: code that was removed and added again waits for the delay", () => {
    const world = settledWorld();
    world.push(2, policyOf(foreign));
    world.push(3, policyOf(allowed));
    world.ms += delayMs - 1;
    expect(world.handOver()).toBe("handover/not-accepted");
    world.ms += 1;
    expect(world.handOver()).toBe("accepted");
  });

  it("handover/policy-key-revoked: nothing is accepted after the policy with the highest serial", () => {
    const world = settledWorld();
    world.push(revokingSerial, policyOf(allowed));
    expect(world.handOver()).toBe("handover/policy-key-revoked");
    world.ms += delayMs;
    expect(world.handOver()).toBe("handover/policy-key-revoked");
  });

  it("handover/no-policy: a policy in a block without a time does not count", () => {
    const world = new World();
    world.grow([signed(world.chain, 1, policyOf(allowed))], { now: milliseconds(0n) });
    world.follow();
    world.ms += delayMs;
    expect(world.handOver()).toBe("handover/no-policy");
  });

  it("handover/not-final: waits until the worker has executed the block with the commitment", () => {
    const world = settledWorld();
    const { release, complete } = world.steps();
    const last = world.chain.blocks.length - 1;
    for (const runtime of [world.source, world.receiver])
      take(runtime, world.chain.headers(runtime.status()!.chain.dispatched.number + 1, last));
    expect(refusal(world.source, release)).toBe("handover/not-final");
    expect(refusal(world.receiver, complete(new Uint8Array(0)))).toBe("handover/not-final");
    for (const runtime of [world.source, world.receiver]) take(runtime, world.chain.dispatch(2, last));
    take(world.receiver, complete(take(world.source, release).sealed));
  });

  it("handover/policy-too-new: waits after more policies within the delay than are remembered", () => {
    const world = settledWorld();
    for (let serial = 2; serial <= maxPolicies; serial++) world.push(serial, policyOf(allowed));
    expect(world.handOver()).toBe("accepted");
    world.push(maxPolicies + 1, policyOf(allowed));
    expect(known(world.source)).toHaveLength(maxPolicies);
    expect(world.handOver()).toBe("handover/policy-too-new");
    world.ms += delayMs;
    expect(world.handOver()).toBe("accepted");
  });

  it("policy/unknown-version: a policy that this program cannot read allows nothing", () => {
    const world = settledWorld();
    world.push(2, '{"version":2}');
    expect(world.handOver()).toBe("policy/unknown-version");
  });
});

describe("a signed policy", () => {
  const policy = policyOf(allowed);
  const payload = (chain: TinyChain) => signed(chain, 3, policy);

  it.each<[string, (chain: TinyChain) => Uint8Array]>([
    ["of another key", (chain) => signed(chain, 3, policy, { by: other })],
    ["for another chain", (chain) => signed(chain, 3, policy, { genesisHash: new Uint8Array(32) })],
    ["with the serial of the newest one", (chain) => signed(chain, 2, policy)],
    ["with a lower serial", (chain) => signed(chain, 1, policy)],
    ["whose serial is changed", (chain) => payload(chain).with(0, 4)],
    ["whose signature is changed", (chain) => payload(chain).with(4, payload(chain)[4]! ^ 1)],
    ["whose text is changed", (chain) => payload(chain).with(68, 0x20)],
    ["with one byte more than a policy may have", (chain) => signed(chain, 3, new Uint8Array(262_145))],
    ["without a whole signature", (chain) => payload(chain).subarray(0, 67)],
  ])("does not count %s", (_, spoilt) => {
    const world = new World();
    world.push(2, policy);
    world.grow([spoilt(world.chain)]);
    world.follow();
    expect(known(world.source)).toEqual([2]);
    world.grow([payload(world.chain)]);
    world.follow();
    expect(known(world.source)).toEqual([2, 3]);
  });

  it("may have 256 KiB", () => {
    const world = new World();
    world.grow([signed(world.chain, 1, new Uint8Array(262_144))]);
    world.follow();
    expect(known(world.source)).toEqual([1]);
  });

  it("with the serial 0 does not count", () => {
    const world = new World();
    world.push(0, policy);
    expect(known(world.source)).toEqual([]);
  });

  it("is remembered with the chain time of its block, and has no execution receipt", () => {
    const world = new World();
    world.ms = 500;
    world.push(1, policy);
    const { policies } = world.source.status()!.chain;
    expect(policies).toEqual([{ serial: 1, sinceMs: BigInt(startMs + 500), text: utf8(policy) }]);
    expect(receipt(world.source, crypto.blake2b256(signed(world.chain, 1, policy)), alice)).toContain(
      "not found",
    );
    const withoutKey = new World({ kind: "registry" });
    withoutKey.push(1, policy);
    expect(known(withoutKey.source)).toEqual([]);
    const hash = crypto.blake2b256(signed(withoutKey.chain, 1, policy));
    expect(receipt(withoutKey.source, hash, alice)).toBe("BadSecret");
  });

  it("may be in a body of 2020", () => {
    const chain = new TinyChain();
    const runtime = runtimeOf(identity(1));
    take(runtime, { ...chain.init(), policyAuthority: authority });
    const push = extrinsic2020(pushCommand2020(policyContractId, payload(chain)));
    const time = unsigned2020(new Writer().u8(1).u8(0).compact(7_000).finish());
    chain.grow({ extrinsics: [time, push] });
    take(runtime, chain.body(1));
    expect(runtime.status()!.chain.policies).toMatchObject([{ serial: 3, sinceMs: 7_000n }]);
    expect(runtime.status()!.chain.mark.policySerial).toBe(3);
  });
});

describe("the serial of the newest policy", () => {
  const question = plain(2, "TotalIssuance");
  const serialIn = (runtime: Runtime) => runtime.status()!.chain.mark.policySerial;

  /** A worker that has executed two policies, what its host has stored, and a dump from between the two. */
  function stopped() {
    const world = new World();
    const runtime = runtimeOf(identity(1));
    const begun = effectsOf(runtime.accept({ ...world.chain.init(metadata), policyAuthority: authority }));
    world.grow([signed(world.chain, 1, policyOf(allowed))]);
    world.follow(runtime);
    const { dump } = take(runtime, { kind: "dump" });
    world.grow([signed(world.chain, 2, policyOf(foreign))]);
    const synced = effectsOf(runtime.accept(world.chain.headers(2, 2)));
    const dispatched = effectsOf(runtime.accept(world.chain.dispatch(2, 2)));
    return { world, runtime, dump, begun, synced, dispatched };
  }

  it("is stored in the mark when the block is executed", () => {
    const { runtime, dispatched } = stopped();
    expect(dispatched.puts.map(({ kind }) => kind)).toEqual(["mark"]);
    expect(serialIn(runtime)).toBe(2);
  });

  it("runtime/below-mark: a worker that starts again answers once it has executed that policy", () => {
    const { world, begun, dispatched } = stopped();
    const { runtime } = restartFrom(begun, dispatched);
    take(runtime, world.chain.headers(1, 2));
    take(runtime, world.chain.dispatch(1, 1));
    expect(runtime.status()!.belowMark).toEqual({ mark: 2, finalized: 2 });
    for (const event of [question, { kind: "handover-begin" } as const])
      expect(refusal(runtime, event)).toBe("runtime/below-mark");
    take(runtime, world.chain.dispatch(2, 2));
    expect(runtime.status()!.belowMark).toBeUndefined();
    expect(answer(runtime, 2, "TotalIssuance")).toBeDefined();
  });

  it("runtime/below-mark: an older dump does not lower it", () => {
    const { world, dump, begun, dispatched } = stopped();
    const { runtime } = restartFrom(begun, dispatched);
    const { finalized } = runtime.status()!.chain.mark;
    expect(finalized.number).toBe(2);
    take(runtime, world.chain.headers(1, 2));
    const dumped = runtimeOf(identity(1));
    take(dumped, { ...world.chain.init(metadata), policyAuthority: authority });
    take(dumped, { kind: "load", dump });
    take(dumped, world.chain.headers(2, 2)); // the dump's chain must contain the marked block
    take(runtime, { kind: "load", dump: take(dumped, { kind: "dump" }).dump });
    expect([known(runtime), serialIn(runtime)]).toEqual([[1], 2]);
    expect(refusal(runtime, question)).toBe("runtime/below-mark");
    take(runtime, world.chain.dispatch(2, 2));
    expect(known(runtime)).toEqual([1, 2]);
  });

  it.each([
    ["source's", "source", 0],
    ["receiver's", "receiver", 1],
  ] as const)("comes with the keys in a handover: the %s is higher", (_, executing, ahead) => {
    const world = settledWorld();
    const { release, complete } = world.steps();
    world.follow();
    const at = world.grow([signed(world.chain, 2, policyOf(allowed))]);
    // The worker with the lower serial knows as many final blocks as the other one, or more.
    world.grow();
    take(world.source, world.chain.headers(at, at + ahead));
    take(world.receiver, world.chain.headers(at, at));
    take(world[executing], world.chain.dispatch(at, at));
    const { sealed } = take(world.source, release);
    const done = effectsOf(world.receiver.accept(complete(sealed)));
    const init = { ...world.chain.init(metadata), policyAuthority: authority };
    const { runtime } = restartFrom(effectsOf(runtimeOf(identity(2)).accept(init)), done);
    expect(serialIn(runtime)).toBe(2);
    const last = world.chain.blocks.length - 1;
    take(runtime, world.chain.headers(1, last));
    take(runtime, world.chain.dispatch(1, at - 1));
    expect(refusal(runtime, question)).toBe("runtime/below-mark");
    take(runtime, world.chain.dispatch(at, at));
    expect(runtime.status()!.belowMark).toBeUndefined();
  });
});

describe("a dump", () => {
  const world = settledWorld();
  world.push(2, policyOfBoth);
  const { dump } = take(world.source, { kind: "dump" });
  /** The head, the metadata and the policies are the first parts. */
  const [head, runtimeMetadata, first, second, ...others] = partsOf(dump) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
    ...Uint8Array[],
  ];

  /** What a worker makes of the dump with other policies. */
  function load(policies: readonly Uint8Array[]): Outcome<unknown> {
    const counted = head.with(head.length - 40, policies.length);
    const parts = [counted, runtimeMetadata, ...policies, ...others];
    const runtime = runtimeOf(identity(1));
    take(runtime, { ...world.chain.init(metadata), policyAuthority: authority });
    const outcome = runtime.accept({ kind: "load", dump: dumpOfParts(parts) });
    if (outcome.ok) expect(runtime.status()!.chain.policies).toEqual(world.source.status()!.chain.policies);
    return outcome;
  }

  it("contains the policies", () => expect(load([first, second]).ok).toBe(true));

  const laterTime = (part: Uint8Array, days: number) => part.with(9, part[9]! + days);
  const many = (count: number) => Array.from({ length: count }, (_, i) => first.with(0, i + 1));
  it.each([
    ["in another order", [second, first]],
    ["with the same serial", [first, first]],
    ["whose times go back", [laterTime(first, 1), second]],
    ["of which there are too many", many(maxPolicies + 1)],
    ["with one that is too long", [first, concat(second.subarray(0, 12), new Uint8Array(262_145))]],
  ])("dump/inconsistent: has no policies %s", (_, policies) =>
    expect(load(policies)).toMatchObject({ error: { code: "dump/inconsistent", what: "policies" } }),
  );

  it("codec/truncated: has no policy that is cut short", () =>
    expect(load([first, second.subarray(0, 11)])).toMatchObject({ error: { code: "codec/truncated" } }));
});
