import { decodeAll, encode } from "@pruntime/core/scale";
import { describe, expect, it } from "vitest";
import { codeOf } from "../../../core/test/support/code.ts";
import { maxExpiry, ReplayGuard, replayLimits } from "../../src/query/replay.ts";
import { alice, bob } from "../support/devchain.ts";
import { TinyChain } from "../support/tiny-chain.ts";
import { newRuntime, plain, refusal, sealed, take } from "../support/worker.ts";

function nonce(i: number): Uint8Array {
  const bytes = new Uint8Array(16);
  new DataView(bytes.buffer).setUint32(0, i);
  return bytes;
}

function account(i: number): Uint8Array {
  return new Uint8Array([...nonce(i), ...new Uint8Array(16)]);
}

function started() {
  const chain = new TinyChain();
  for (let i = 0; i < 3; i++) chain.grow();
  const runtime = newRuntime();
  take(runtime, chain.init());
  take(runtime, chain.body(1));
  take(runtime, chain.body(2));
  return { chain, runtime };
}

describe("a v2 query", () => {
  it.each([
    ["signed", alice],
    ["anonymous", undefined],
  ])("query/replayed: is answered once (%s)", (_, by) => {
    const { runtime } = started();
    const { event } = sealed(runtime, 2, "TotalIssuance", by && { by });
    take(runtime, event);
    expect(refusal(runtime, event)).toBe("query/replayed");
    take(runtime, sealed(runtime, 2, "TotalIssuance", { nonce: 2, ...(by && { by }) }).event);
  });

  it("query/replayed: counts as the same if it is sealed again with the same nonce", () => {
    const { runtime } = started();
    take(runtime, sealed(runtime, 2, "TotalIssuance", { by: alice }).event);
    expect(refusal(runtime, sealed(runtime, 3, "Metadata", { by: alice }).event)).toBe("query/replayed");
    take(runtime, sealed(runtime, 3, "Metadata", { by: bob }).event);
  });

  it("is answered until the block that it names, and not after it", () => {
    const { chain, runtime } = started();
    expect(refusal(runtime, sealed(runtime, 2, "TotalIssuance", { expiresAt: 1 }).event)).toBe(
      "query/expired",
    );
    const [now, late] = [1, 2].map(
      (i) => sealed(runtime, 2, "TotalIssuance", { expiresAt: 2, nonce: i }).event,
    );
    take(runtime, now!);
    take(runtime, chain.body(3));
    expect([refusal(runtime, late!), refusal(runtime, now!)]).toEqual(["query/expired", "query/expired"]);
  });

  it("query/expiry-too-far: may expire at most maxExpiry blocks ahead", () => {
    const { runtime } = started();
    const at = (expiresAt: number) => sealed(runtime, 2, "TotalIssuance", { expiresAt }).event;
    expect(refusal(runtime, at(2 + maxExpiry + 1))).toBe("query/expiry-too-far");
    expect(refusal(runtime, at(2 ** 32 - 1))).toBe("query/expiry-too-far");
    take(runtime, at(2 + maxExpiry));
  });

  it("does not use up its nonce if it is refused for another reason", () => {
    const { runtime } = started();
    const bad = sealed(runtime, 2, "Everything");
    expect([refusal(runtime, bad.event), refusal(runtime, bad.event)]).toEqual([
      "query/bad-request",
      "query/bad-request",
    ]);
    take(runtime, sealed(runtime, 2, "TotalIssuance").event);
  });

  it("of 2020 can be asked again, because its nonce is not checked", () => {
    const { runtime } = started();
    take(runtime, plain(2, "TotalIssuance"));
    take(runtime, plain(2, "TotalIssuance"));
  });

  it("query/replayed: is refused by a worker that loaded a dump of the worker that answered it", () => {
    const { chain, runtime } = started();
    const { event } = sealed(runtime, 2, "TotalIssuance", { by: alice });
    take(runtime, event);
    const restored = newRuntime();
    take(restored, chain.init());
    take(restored, chain.body(1));
    const other = sealed(restored, 2, "TotalIssuance", { by: bob });
    take(restored, other.event);
    take(restored, { kind: "load", dump: take(runtime, { kind: "dump" }).dump });
    expect([refusal(restored, event), refusal(restored, other.event)]).toEqual([
      "query/replayed",
      "query/replayed",
    ]);
  });
});

describe("the number of remembered queries is bounded", () => {
  it("query/too-many: one account cannot use up the memory of others", () => {
    const guard = new ReplayGuard();
    for (let i = 0; i < replayLimits.perAsker; i++) guard.admit(0, alice.id, nonce(i), 1 + (i % 5));
    expect(codeOf(() => guard.admit(0, alice.id, nonce(-1), 1))).toBe("query/too-many");
    guard.admit(0, bob.id, nonce(1), 1);
    guard.admit(0, undefined, nonce(1), 1);
  });

  it("query/too-many: all anonymous askers together cannot use it up either", () => {
    const guard = new ReplayGuard();
    for (let i = 0; i < replayLimits.perAsker; i++) guard.admit(0, undefined, nonce(i), 1);
    expect(codeOf(() => guard.admit(0, undefined, nonce(-1), 1))).toBe("query/too-many");
    guard.admit(0, alice.id, nonce(1), 1);
  });

  it("query/too-many: all askers together have a limit", () => {
    const guard = new ReplayGuard();
    for (let i = 0; i < replayLimits.all; i++) guard.admit(0, account(i >> 12), nonce(i), 600);
    expect(codeOf(() => guard.admit(0, alice.id, nonce(-1), 1))).toBe("query/too-many");
    guard.admit(601, alice.id, nonce(-1), 601);
  });

  it("forgets expired queries, which makes room for others", () => {
    const guard = new ReplayGuard();
    for (let i = 0; i < replayLimits.perAsker; i++) guard.admit(0, alice.id, nonce(i), i % 2 === 0 ? 5 : 7);
    expect(codeOf(() => guard.admit(5, alice.id, nonce(-1), 9))).toBe("query/too-many");
    for (let i = 0; i < replayLimits.perAsker / 2; i++) guard.admit(6, alice.id, nonce(100_000 + i), 9);
    expect(codeOf(() => guard.admit(6, alice.id, nonce(-1), 9))).toBe("query/too-many");
    expect(codeOf(() => guard.admit(6, alice.id, nonce(1), 7))).toBe("query/replayed");
  });

  it("counts a query once if two workers remember it", () => {
    const [one, other] = [new ReplayGuard(), new ReplayGuard()];
    for (const guard of [one, other])
      for (let i = 1; i < replayLimits.perAsker; i++) guard.admit(0, alice.id, nonce(i), 5);
    one.merge(other);
    one.admit(0, alice.id, nonce(0), 5);
    expect(codeOf(() => one.admit(0, alice.id, nonce(-1), 5))).toBe("query/too-many");
  });
});

describe("its SCALE form", () => {
  const written = (guard: ReplayGuard, dispatched = 0) =>
    encode(guard, (w, value) => value.write(w, dispatched));

  it("contains the unexpired queries, and reads back unchanged", () => {
    const guard = new ReplayGuard();
    guard.admit(0, alice.id, nonce(1), 3);
    guard.admit(0, undefined, nonce(2), 5);
    const bytes = written(guard, 4);
    expect(Array.from(bytes)).toEqual([4, 5, 0, 0, 0, 0, ...nonce(2)]);
    const read = decodeAll(written(guard), (r) => ReplayGuard.read(r));
    expect(codeOf(() => read.admit(0, alice.id, nonce(1), 3))).toBe("query/replayed");
    expect(codeOf(() => read.admit(0, undefined, nonce(2), 5))).toBe("query/replayed");
    expect(written(read)).toEqual(written(guard));
  });
});
