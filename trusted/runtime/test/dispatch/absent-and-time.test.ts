import { encodeBlockHeaderWithEvents } from "@pruntime/core/bridge-2020";
import { createDevchain } from "@pruntime/devchain";
import { afterAll, describe, expect, it } from "vitest";
import { milliseconds, runtimeUpdated, TinyChain } from "../support/tiny-chain.ts";
import { newRuntime, refusal, take } from "../support/worker.ts";

const devchain = await createDevchain({ mode: { kind: "manual" } });
afterAll(() => devchain.close());
const metadata = devchain.metadata(14);
const noEvents = Uint8Array.of(0);

function started(chain: TinyChain) {
  const runtime = newRuntime();
  take(runtime, chain.init(metadata));
  return runtime;
}

describe("a block whose state has no events", () => {
  it("has no commands if the absence of events is proven", () => {
    const chain = new TinyChain();
    chain.grow();
    const runtime = started(chain);
    take(runtime, chain.headers(1, 1));
    expect(take(runtime, chain.dispatch(1, 1))).toEqual({ dispatchedTo: 1, bodiesWanted: [] });
  });

  it("dispatch/events-mismatch: absent events and empty events differ", () => {
    const chain = new TinyChain();
    chain.grow();
    const runtime = started(chain);
    take(runtime, chain.headers(1, 1));
    const block = encodeBlockHeaderWithEvents({ ...chain.proven(1), events: new Uint8Array() });
    expect(refusal(runtime, { kind: "blocks", blocks: [block] })).toBe("dispatch/events-mismatch");
  });

  it("dispatch/missing-proof: is refused without a proof", () => {
    const chain = new TinyChain();
    chain.grow();
    const runtime = started(chain);
    take(runtime, chain.headers(1, 1));
    const block = encodeBlockHeaderWithEvents({ encodedHeader: chain.at(1).encoded });
    expect(refusal(runtime, { kind: "blocks", blocks: [block] })).toBe("dispatch/missing-proof");
  });
});

describe("chain time", () => {
  it("is the latest of the proven times, and 0 while none is proven", () => {
    const chain = new TinyChain();
    for (const now of [undefined, 5_000n, 4_000n, undefined, 6_000n])
      chain.grow({ events: noEvents, ...(now === undefined ? {} : { now: milliseconds(now) }) });
    const runtime = started(chain);
    take(runtime, chain.headers(1, 5));
    const times = [1, 2, 3, 4, 5].map((number) => {
      take(runtime, chain.dispatch(number, number));
      return runtime.status()!.chain.dispatched.timeMs;
    });
    expect(times).toEqual([0n, 5_000n, 5_000n, 5_000n, 6_000n]);
  });

  it.each([0, 7, 9, 16])("dispatch/bad-timestamp: %i bytes", (length) => {
    const chain = new TinyChain();
    chain.grow({ events: noEvents, now: new Uint8Array(length) });
    const runtime = started(chain);
    take(runtime, chain.headers(1, 1));
    expect(refusal(runtime, chain.dispatch(1, 1))).toBe("dispatch/bad-timestamp");
  });

  it("trie/incomplete-proof: must be in the proof", () => {
    const chain = new TinyChain();
    chain.grow({ events: noEvents, now: milliseconds(9n) });
    const runtime = started(chain);
    take(runtime, chain.headers(1, 1));
    const { events, key, encodedHeader } = chain.proven(1);
    const proof = chain.proven(1, [chain.proven(1).key!]).proof;
    const block = encodeBlockHeaderWithEvents({ events, key, encodedHeader, proof });
    expect(refusal(runtime, { kind: "blocks", blocks: [block] })).toBe("trie/incomplete-proof");
  });
});

describe("events that the metadata cannot read", () => {
  it("lead to a refusal of the block, and the worker continues with the right events", () => {
    const chain = new TinyChain();
    chain.grow({ events: Uint8Array.of(4, 0, 1, 2) });
    const runtime = started(chain);
    take(runtime, chain.headers(1, 1));
    expect(refusal(runtime, chain.dispatch(1, 1))).toMatch(/^(codec|metadata)\//);
    expect(runtime.status()).toBeDefined();
  });
});

describe("a runtime upgrade", () => {
  const upgraded = () => {
    const chain = new TinyChain();
    chain.grow({ events: noEvents });
    chain.grow({ events: noEvents, digest: [runtimeUpdated] });
    chain.grow({ events: noEvents });
    chain.grow({ events: noEvents, digest: [runtimeUpdated] });
    const runtime = started(chain);
    take(runtime, chain.headers(1, 3));
    return { chain, runtime };
  };

  it("does not affect its own block, whose events still have the old meaning", () => {
    const { chain, runtime } = upgraded();
    expect(take(runtime, chain.dispatch(1, 2))).toEqual({ dispatchedTo: 2, bodiesWanted: [] });
  });

  it("runtime/metadata-outdated: stops dispatch after its block", () => {
    const { chain, runtime } = upgraded();
    expect(refusal(runtime, chain.dispatch(1, 3))).toBe("runtime/metadata-outdated");
    take(runtime, chain.dispatch(1, 2));
    expect(refusal(runtime, chain.dispatch(3, 3))).toBe("runtime/metadata-outdated");
    take(runtime, chain.headers(4, 4));
    expect(refusal(runtime, chain.dispatch(3, 4))).toBe("runtime/metadata-outdated");
  });

  it("runtime/metadata-outdated: also stops dispatch in a worker that loaded a dump", () => {
    const { chain, runtime } = upgraded();
    take(runtime, chain.dispatch(1, 2));
    const restored = started(chain);
    take(restored, { kind: "load", dump: take(runtime, { kind: "dump" }).dump });
    expect(refusal(restored, chain.dispatch(3, 3))).toBe("runtime/metadata-outdated");
  });

  it("does not stop finality", () => {
    const { chain, runtime } = upgraded();
    expect(take(runtime, chain.headers(4, 4))).toEqual({ syncedTo: 4 });
  });
});
