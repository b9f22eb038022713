import { encodeHeaderToSync } from "@pruntime/core/bridge-2020";
import { encodeHeader, headerHash } from "@pruntime/core/chain";
import { encodeJustification } from "@pruntime/core/grandpa";
import { createNativeCrypto } from "@pruntime/crypto-native";
import { createDevchain } from "@pruntime/devchain";
import type { Event } from "@pruntime/runtime";
import { afterAll, describe, expect, it } from "vitest";
import { bytes32, unanimous } from "../../../core/test/grandpa/chain.ts";
import { TinyChain } from "../support/tiny-chain.ts";
import { held, newRuntime, refusal, take } from "../support/worker.ts";

const devchain = await createDevchain({ mode: { kind: "manual" } });
afterAll(() => devchain.close());
const metadata = devchain.metadata(14);
const native = await createNativeCrypto();

const stage = (
  headers: readonly Uint8Array[],
  parachain = false,
): Extract<Event, { kind: "stage-headers" }> => ({
  kind: "stage-headers",
  headers,
  parachain,
});

describe("headers ahead of their justification", () => {
  const chain = new TinyChain();
  for (let i = 0; i < 6; i++) chain.grow();
  const some = (from: number, to: number) => chain.blocks.slice(from, to + 1).map(({ encoded }) => encoded);
  const started = () => {
    const runtime = newRuntime();
    take(runtime, chain.init(metadata));
    return runtime;
  };

  it("become final with a later justification, and are dispatched as others are", () => {
    const runtime = started();
    expect(take(runtime, stage(some(1, 2)))).toEqual({ stagedTo: 2 });
    expect(take(runtime, stage(some(3, 4)))).toEqual({ stagedTo: 4 });
    expect(take(runtime, chain.headers(5, 6))).toEqual({ syncedTo: 6 });
    expect(take(runtime, chain.dispatch(1, 6))).toEqual({ dispatchedTo: 6, bodiesWanted: [] });
  });

  it("count for nothing until then", () => {
    const runtime = started();
    const before = held(runtime);
    const outcome = runtime.accept(stage(some(1, 4)));
    expect(outcome).toMatchObject({ ok: true, effects: { puts: [], drops: [] } });
    expect(held(runtime)).toBe(before);
    expect(refusal(runtime, chain.dispatch(1, 1))).toBe("dispatch/not-final");
    expect(runtime.status()!.chain.client.finalized.number).toBe(0);
  });

  it("are dropped once a batch without them is final", () => {
    const runtime = started();
    take(runtime, stage(some(1, 5)));
    take(runtime, chain.headers(1, 2));
    expect(runtime.status()!.chain.staged.headers.tip.number).toBe(2);
    expect(refusal(runtime, chain.headers(6, 6))).toBe("headers/gap");
    take(runtime, chain.headers(3, 6));
  });

  it.each([
    ["dispatch/bad-block", "bytes that are not a header", stage([new Uint8Array(3)])],
    ["headers/empty", "no headers", stage([])],
    ["headers/gap", "a header left out", stage(some(2, 3))],
    ["runtime/no-parachain", "a parachain's headers", stage(some(1, 2), true)],
  ])("%s: refuses %s", (code, _, event) => expect(refusal(started(), event)).toBe(code));

  it("runtime/wrong-source, runtime/not-initialized", () => {
    const runtime = newRuntime();
    expect(refusal(runtime, stage(some(1, 2)))).toBe("runtime/not-initialized");
    take(runtime, chain.init());
    expect(refusal(runtime, stage(some(1, 2)))).toBe("runtime/wrong-source");
  });
});

describe("a stall of finality over 100,000 blocks", () => {
  const stall = 100_000;

  it("ends with one justification", () => {
    const genesis = new TinyChain();
    const runtime = newRuntime(native);
    take(runtime, genesis.init(metadata));
    let parentHash = genesis.at(0).hash;
    const next = (number: number) => {
      const header = { parentHash, number, stateRoot: bytes32(1), extrinsicsRoot: bytes32(2), digest: [] };
      const encoded = encodeHeader(header);
      parentHash = headerHash(native, encoded);
      return { header, encoded, hash: parentHash, number };
    };
    for (let from = 1; from < stall; from += 5_000) {
      const headers = Array.from({ length: Math.min(5_000, stall - from) }, (_, i) => next(from + i).encoded);
      take(runtime, stage(headers));
    }
    const last = next(stall);
    const { staged } = runtime.status()!.chain;
    expect(staged.headers.length).toBe(stall - 1);
    const justification = encodeJustification(unanimous(last, 3, 0n));
    const proven = [encodeHeaderToSync({ encodedHeader: last.encoded, justification })];
    expect(take(runtime, { kind: "headers", headers: proven, authoritySetChange: undefined })).toEqual({
      syncedTo: stall,
    });
    const { waiting } = runtime.status()!.chain;
    expect([waiting.length, waiting.at(stall)?.hash]).toEqual([stall, last.hash]);
  });
});
