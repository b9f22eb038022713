import { encodeAuthoritySetChange, encodeHeaderToSync } from "@pruntime/core/bridge-2020";
import { type BlockPoint, HeaderRun } from "@pruntime/core/light-client";
import { createDevchain } from "@pruntime/devchain";
import { afterAll, describe, expect, it } from "vitest";
import { maxWaiting, startChain, withFinalized } from "../../src/chain.ts";
import { blocksOf, followed, headers } from "../support/devchain.ts";
import { TinyChain } from "../support/tiny-chain.ts";
import { held, newRuntime, refusal, take } from "../support/worker.ts";

const devchain = await createDevchain({ mode: { kind: "manual" } });
afterAll(() => devchain.close());
const metadata = devchain.metadata(14);
const chain = new TinyChain();
const fork = new TinyChain();
for (let i = 0; i < 6; i++) {
  chain.grow();
  fork.grow(i < 2 ? {} : { events: Uint8Array.of(0) });
}

function started(to = 0) {
  const runtime = newRuntime();
  take(runtime, chain.init(metadata));
  if (to > 0) take(runtime, chain.headers(1, to));
  return runtime;
}

const numbers = (runtime: ReturnType<typeof started>) =>
  [...runtime.status()!.chain.waiting].map(({ number }) => number);

describe("sync of headers", () => {
  it("moves finality and queues every header for dispatch", () => {
    const runtime = started();
    expect(take(runtime, chain.headers(1, 4))).toEqual({ syncedTo: 4 });
    expect([numbers(runtime), runtime.status()!.chain.dispatched.number]).toEqual([[1, 2, 3, 4], 0]);
  });

  it("skips known headers, so a retry is safe", () => {
    const runtime = started(4);
    const before = held(runtime);
    expect(take(runtime, chain.headers(1, 4))).toEqual({ syncedTo: 4 });
    expect(take(runtime, chain.headers(2, 3))).toEqual({ syncedTo: 4 });
    expect(held(runtime)).toBe(before);
    expect(take(runtime, chain.headers(3, 6))).toEqual({ syncedTo: 6 });
    expect(numbers(runtime)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("follows changes of the authority set from the headers alone", async () => {
    const world = await followed(1);
    world.chain.rotateAuthorities();
    for (let i = 0; i < 4; i++) world.chain.produceBlock();
    const change = blocksOf(world.chain, 1, 5).find(({ endsSet }) => endsSet)!.header.number;
    expect(refusal(world.runtime, headers(world.chain, 1, 5))).toBe("headers/beyond-set-change");
    take(world.runtime, headers(world.chain, 1, change));
    take(world.runtime, headers(world.chain, change + 1, 5));
    expect(world.runtime.status()!.chain.client.authorities.setId).toBe(1n);
  });

  const bad = (count: number) => {
    const event = chain.headers(1, count);
    return { ...event, headers: event.headers.slice() };
  };
  const cases: readonly (readonly [string, string, () => ReturnType<typeof chain.headers>])[] = [
    ["dispatch/empty", "no headers", () => ({ ...bad(1), headers: [] })],
    [
      "dispatch/missing-justification",
      "a last header without justification",
      () => ({ ...bad(2), headers: [encodeHeaderToSync({ encodedHeader: chain.at(1).encoded })] }),
    ],
    ["headers/gap", "a missing header", () => ({ ...bad(4), headers: bad(4).headers.toSpliced(1, 1) })],
    ["headers/gap", "a start after the next block", () => chain.headers(2, 3)],
    [
      "headers/wrong-parent",
      "a last header of another fork",
      () => ({ ...bad(3), headers: [...bad(3).headers, ...fork.headers(4, 4).headers] }),
    ],
    [
      "finality/below-threshold",
      "two of four votes",
      () => ({
        ...bad(1),
        headers: [
          encodeHeaderToSync({
            encodedHeader: chain.at(1).encoded,
            justification: chain.justification(1, 2),
          }),
        ],
      }),
    ],
    [
      "finality/wrong-target",
      "the justification of another block",
      () => ({
        ...bad(1),
        headers: [
          encodeHeaderToSync({ encodedHeader: chain.at(1).encoded, justification: chain.justification(2) }),
        ],
      }),
    ],
    [
      "dispatch/bad-set-change",
      "an empty authority set change",
      () => ({ ...bad(1), authoritySetChange: new Uint8Array() }),
    ],
    [
      "headers/wrong-set-id",
      "an authority set change that skips a set",
      () => ({
        ...bad(1),
        authoritySetChange: encodeAuthoritySetChange({ authorities: [], setId: 2n, proof: [] }),
      }),
    ],
    [
      "dispatch/bad-block",
      "a trailing byte",
      () => ({ ...bad(1), headers: bad(1).headers.map((bytes) => new Uint8Array([...bytes, 0])) }),
    ],
  ];

  it.each(cases)("%s: %s", (code, _, event) => {
    const runtime = started();
    expect(refusal(runtime, event())).toBe(code);
    expect(take(runtime, chain.headers(1, 6))).toEqual({ syncedTo: 6 });
  });

  it("dispatch/bad-block, dispatch/bad-set-change: are reported before any other fault", () => {
    const none = new Uint8Array();
    const gap = chain.headers(2, 3);
    for (const runtime of [newRuntime(), started()]) {
      expect(refusal(runtime, { ...gap, headers: [...gap.headers, none], authoritySetChange: none })).toBe(
        "dispatch/bad-block",
      );
      expect(refusal(runtime, { ...gap, authoritySetChange: none })).toBe("dispatch/bad-set-change");
    }
  });

  it("headers/conflicts-finalized: a block of another fork at a finalized height", () => {
    const runtime = started(3);
    expect(refusal(runtime, fork.headers(3, 4))).toBe("headers/conflicts-finalized");
  });
});

describe("waiting headers", () => {
  const { client } = started(1).status()!.chain;
  const header = client.finalized;
  const terms = {
    anchor: new Uint8Array(32),
    meaning: "proven",
    genesisBalance: { kind: "none" },
    channelV1: false,
    recovery: undefined,
    policyAuthority: { kind: "registry" },
  } as const;
  const begun = startChain(terms, client, undefined);
  const many = (count: number, parent: BlockPoint = header) =>
    HeaderRun.after(parent).append(new Array(count).fill(header));

  it("take little memory when each call proves one header", () => {
    let followed = begun;
    for (let call = 0; call < 3000; call++)
      followed = withFinalized(followed, client, many(1, followed.waiting.tip), 0n);
    expect(followed.waiting.length).toBe(3000);
    expect(followed.waiting.byteLength).toBeLessThan(97 * (3000 + 2 * 1024));
  });

  it("runtime/queue-full: are limited", () => {
    const full = withFinalized(begun, client, many(maxWaiting), 0n);
    expect(() => withFinalized(full, client, many(1), 0n)).toThrow(
      expect.objectContaining({
        detail: { code: "runtime/queue-full", waiting: maxWaiting + 1, limit: maxWaiting },
      }),
    );
    expect(withFinalized(full, client, many(0), 0n).waiting.length).toBe(maxWaiting);
  });
});
