import { toHex } from "@pruntime/core/bytes";
import { decodeAll } from "@pruntime/core/scale";
import { timestampNowKey } from "@pruntime/core/storage-key";
import { createNativeCrypto } from "@pruntime/crypto-native";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  alice,
  type BlockParts,
  blockParts,
  blocks,
  blocksEvent,
  bob,
  type Followed,
  followed,
  headers,
  initEvent,
} from "../support/devchain.ts";
import { answer, held, newRuntime, receipt, refusal, root, take } from "../support/worker.ts";

const transfer = (value: number) => ({
  Plain: JSON.stringify({ Transfer: { dest: toHex(bob.id), value: String(value) } }),
});
const balanceOf = (runtime: Followed["runtime"], who: typeof alice) =>
  answer(runtime, 2, { FreeBalance: { account: toHex(who.id) } }, who);

describe("dispatch by events", () => {
  it("executes a command once its block is final and its events are proven", async () => {
    const { runtime, push, step } = await followed();
    const key = push(2, transfer(5));
    step();
    expect(receipt(runtime, key, alice)).toBe("Ok");
    expect(balanceOf(runtime, bob)).toEqual({ FreeBalance: { balance: "5" } });
  });

  it("takes its time from the proven Timestamp.Now, in milliseconds", async () => {
    const { chain, runtime, step } = await followed();
    step();
    const now = chain.stateOf(chain.best()).get(timestampNowKey(chain.crypto))!;
    expect(runtime.status()!.chain.dispatched.timeMs).toBe(decodeAll(now, (r) => r.u64()));
    expect(runtime.status()!.chain.dispatched.timeMs).toBeGreaterThan(1_500_000_000_000n);
  });

  it("trie/incomplete-proof: refuses a proof without the time", async () => {
    const { chain, runtime } = await followed(2);
    take(runtime, headers(chain, 1, 2));
    take(runtime, blocks(chain, 1, 1));
    expect(refusal(runtime, blocksEvent([blockParts(chain, 2, false)]))).toBe("trie/incomplete-proof");
  });

  it("never goes back in time", async () => {
    let now = 1_700_000_000_000;
    const { chain, runtime, step } = await followed(0, { now: () => now });
    step();
    const { timeMs } = runtime.status()!.chain.dispatched;
    now -= 1_000_000;
    step();
    expect(runtime.status()!.chain.dispatched.timeMs).toBeGreaterThanOrEqual(timeMs);
    expect(chain.best().header.number).toBe(2);
  });

  it("takes the events from the proof, whether or not they come outside it too", async () => {
    const { chain, runtime, push } = await followed();
    push(2, transfer(5));
    chain.produceBlock();
    take(runtime, headers(chain, 1, 1));
    take(runtime, blocksEvent([{ ...blockParts(chain, 1), events: undefined }]));
    expect(balanceOf(runtime, bob)).toEqual({ FreeBalance: { balance: "5" } });
  });

  it("skips blocks that are already dispatched, so a retry is safe", async () => {
    const { chain, runtime, push, step } = await followed();
    push(2, transfer(5));
    step();
    const before = held(runtime);
    expect(take(runtime, blocks(chain, 1, 1))).toEqual({ dispatchedTo: 1, bodiesWanted: [] });
    expect(held(runtime)).toBe(before);
    chain.produceBlock();
    take(runtime, headers(chain, 1, 2));
    expect(take(runtime, blocks(chain, 1, 2))).toEqual({ dispatchedTo: 2, bodiesWanted: [] });
    expect(balanceOf(runtime, bob)).toEqual({ FreeBalance: { balance: "5" } });
  });

  it("reaches the same root for all batch sizes, crypto providers and metadata versions", async () => {
    const { chain, push } = await followed();
    for (let number = 1; number <= 12; number++) {
      if (number % 3 !== 0) push(2, transfer(number));
      if (number === 6) chain.rotateAuthorities();
      chain.produceBlock();
    }
    const sets = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].filter((number) => chain.blockAt(number)!.endsSet);
    const rootAfter = new Map<number, string>();
    const native = await createNativeCrypto();
    const cuts = fc.subarray([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    fc.assert(
      fc.property(
        cuts,
        cuts,
        fc.boolean(),
        fc.constantFrom(14, 15, 16),
        (headerCuts, blockCuts, fast, version) => {
          const runtime = newRuntime(fast ? native : undefined);
          take(runtime, initEvent(chain, chain.metadata(version)));
          let finalized = 0;
          let dispatched = 0;
          for (const end of [...new Set([...headerCuts, ...sets, 12])].sort((a, b) => a - b)) {
            take(runtime, headers(chain, finalized + 1, end));
            finalized = end;
            for (const to of [...blockCuts, 12].filter((cut) => cut > dispatched && cut <= finalized)) {
              take(runtime, blocks(chain, dispatched + 1, to));
              dispatched = to;
              expect(rootAfter.get(to) ?? root(runtime)).toBe(root(runtime));
              rootAfter.set(to, root(runtime));
            }
          }
          expect(balanceOf(runtime, bob)).toEqual({
            FreeBalance: { balance: String(1 + 2 + 4 + 5 + 7 + 8 + 10 + 11) },
          });
        },
      ),
      { numRuns: 25 },
    );
    expect(sets).toHaveLength(1);
    expect(new Set(rootAfter.values()).size).toBeGreaterThan(1);
  });
});

describe("blocks that are refused change nothing", () => {
  let world: Followed;
  let good: BlockParts[];
  const start = async () => {
    world = await followed();
    world.push(2, transfer(7));
    for (let i = 0; i < 4; i++) world.chain.produceBlock();
    take(world.runtime, headers(world.chain, 1, 3));
    good = [1, 2, 3].map((number) => blockParts(world.chain, number));
    return world;
  };
  const [first, second, third] = [() => good[0]!, () => good[1]!, () => good[2]!];

  const cases: readonly (readonly [string, string, () => readonly BlockParts[]])[] = [
    ["dispatch/empty", "no blocks", () => []],
    ["dispatch/gap", "a missing block at the start", () => [second()]],
    ["dispatch/gap", "a missing block in the middle", () => [first(), third()]],
    ["dispatch/gap", "blocks out of order", () => [second(), first()]],
    ["dispatch/gap", "a block twice", () => [first(), first()]],
    [
      "dispatch/not-final",
      "a block after the last finalized one",
      () => [...good, blockParts(world.chain, 4)],
    ],
    [
      "dispatch/wrong-header",
      "a header that is not the finalized one",
      () => [
        { ...first(), encodedHeader: first().encodedHeader.map((byte, i) => (i === 40 ? byte ^ 1 : byte)) },
      ],
    ],
    ["dispatch/missing-proof", "events without a proof", () => [{ ...first(), proof: undefined }]],
    [
      "dispatch/missing-proof",
      "neither events nor a proof",
      () => [{ encodedHeader: first().encodedHeader }],
    ],
    [
      "dispatch/events-mismatch",
      "empty events in place of the real ones",
      () => [{ ...first(), events: new Uint8Array() }],
    ],
    [
      "dispatch/events-mismatch",
      "events of another block",
      () => [{ ...first(), events: blockParts(world.chain, 2).events }],
    ],
    [
      "dispatch/events-mismatch",
      "events with one bit changed",
      () => [{ ...first(), events: first().events!.map((byte, i) => (i === 3 ? byte ^ 1 : byte)) }],
    ],
    [
      "dispatch/wrong-key",
      "a proof of another key",
      () => [{ ...first(), key: timestampNowKey(world.chain.crypto) }],
    ],
    ["trie/root-missing", "the proof of another block", () => [{ ...first(), proof: second().proof }]],
    ["trie/root-missing", "an empty proof", () => [{ ...first(), proof: [] }]],
    [
      "trie/incomplete-proof",
      "a proof without the events",
      () => [{ ...first(), proof: world.chain.readProof(world.chain.blockAt(1)!, []) }],
    ],
    [
      "dispatch/missing-proof",
      "a good block before a bad one",
      () => [first(), { ...second(), proof: undefined }],
    ],
  ];

  it.each(cases)("%s: %s", async (code, _, parts) => {
    const { runtime } = await start();
    expect(refusal(runtime, blocksEvent(parts()))).toBe(code);
    expect(take(runtime, blocksEvent(good))).toEqual({ dispatchedTo: 3, bodiesWanted: [] });
    expect(balanceOf(runtime, bob)).toEqual({ FreeBalance: { balance: "7" } });
  });

  it("dispatch/bad-block: bytes that are not a block", async () => {
    const { runtime } = await start();
    const [bytes] = blocksEvent([first()]).blocks as [Uint8Array];
    expect(refusal(runtime, { kind: "blocks", blocks: [new Uint8Array([...bytes, 0])] })).toBe(
      "dispatch/bad-block",
    );
    for (let end = 0; end < bytes.length; end++)
      expect(runtime.accept({ kind: "blocks", blocks: [bytes.subarray(0, end)] })).toEqual({
        ok: false,
        error: { code: "dispatch/bad-block" },
      });
  });

  it("dispatch/bad-block: is reported before any other fault, at any position in the batch", async () => {
    const { runtime } = await start();
    const none = new Uint8Array();
    for (const others of [[first(), third()], [second()], [{ ...first(), proof: undefined }], good]) {
      const { blocks } = blocksEvent(others);
      for (const at of [0, 1, blocks.length])
        expect(refusal(runtime, { kind: "blocks", blocks: blocks.toSpliced(at, 0, none) })).toBe(
          "dispatch/bad-block",
        );
    }
    expect(refusal(newRuntime(), { kind: "blocks", blocks: [none] })).toBe("dispatch/bad-block");
    expect(take(runtime, blocksEvent(good))).toEqual({ dispatchedTo: 3, bodiesWanted: [] });
  });
});
