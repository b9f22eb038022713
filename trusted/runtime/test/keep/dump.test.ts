import { toHex, utf8 } from "@pruntime/core/bytes";
import { portableCrypto } from "@pruntime/core/crypto";
import { canonicalJson } from "@pruntime/core/json";
import { KnownBlocks } from "@pruntime/core/light-client";
import { encode } from "@pruntime/core/scale";
import { createDevchain } from "@pruntime/devchain";
import { afterAll, describe, expect, it } from "vitest";
import { maxSetStarts } from "../../src/authority-sets.ts";
import { alice, bob } from "../support/devchain.ts";
import { contentOf, dumpOf as dumpOfChain, dumpOfParts, dumpWith, loaded, partsOf } from "../support/dump.ts";
import {
  extrinsic2020,
  milliseconds,
  pushCommand2020,
  runtimeUpdated,
  TinyChain,
} from "../support/tiny-chain.ts";
import { answer, held, newRuntime, refusal, root, take } from "../support/worker.ts";

const devchain = await createDevchain({ mode: { kind: "manual" } });
afterAll(() => devchain.close());
const metadata = devchain.metadata(14);

const command = (value: number) =>
  extrinsic2020(
    pushCommand2020(
      2,
      utf8(
        canonicalJson({ Plain: canonicalJson({ Transfer: { dest: toHex(bob.id), value: String(value) } }) }),
      ),
    ),
    alice.id,
  );

const chain = new TinyChain();
for (let i = 1; i < 5; i++)
  chain.grow({ extrinsics: [command(i)], events: Uint8Array.of(0), now: milliseconds(BigInt(1000 * i)) });

function byBodies(to: number) {
  const runtime = newRuntime();
  take(runtime, chain.init());
  for (let i = 1; i <= to; i++) take(runtime, chain.body(i));
  return runtime;
}

function byEvents(finalized: number, dispatched: number, from = chain) {
  const runtime = newRuntime();
  take(runtime, from.init(metadata));
  if (finalized > 0) take(runtime, from.headers(1, finalized));
  if (dispatched > 0) take(runtime, from.dispatch(1, dispatched));
  return runtime;
}

const dumpOf = (runtime: ReturnType<typeof byBodies>) => take(runtime, { kind: "dump" }).dump;

describe("a dump", () => {
  it("brings another worker to the same block, from which it continues", () => {
    const [first, second] = [byBodies(2), byBodies(0)];
    take(second, { kind: "load", dump: dumpOf(first) });
    expect([held(second), root(second)]).toEqual([held(first), root(first)]);
    for (const runtime of [first, second]) take(runtime, chain.body(3));
    expect(root(second)).toBe(root(first));
    expect(answer(second, 2, { FreeBalance: { account: toHex(bob.id) } }, bob)).toEqual({
      FreeBalance: { balance: "6" },
    });
  });

  it("contains the waiting headers and the chain's time", () => {
    const [first, second] = [byEvents(4, 2), byEvents(0, 0)];
    take(second, { kind: "load", dump: dumpOf(first) });
    expect(second.status()).toEqual(first.status());
    expect(second.status()!.chain.dispatched.timeMs).toBe(2000n);
    expect(take(second, chain.dispatch(3, 4))).toEqual({ dispatchedTo: 4, bodiesWanted: [] });
  });

  it("of the same block can be loaded again", () => {
    const runtime = byBodies(2);
    const before = held(runtime);
    take(runtime, { kind: "load", dump: dumpOf(runtime) });
    expect(held(runtime)).toBe(before);
  });

  it("does not affect the operator's files", () => {
    const runtime = byBodies(0);
    take(runtime, { kind: "set-data", path: "/ipfs/a", bytes: utf8("a") });
    take(runtime, { kind: "load", dump: dumpOf(byBodies(2)) });
    expect(take(runtime, { kind: "get-data", path: "/ipfs/a" })).toEqual({ bytes: utf8("a") });
  });
});

describe("a dump in pages shows the state at its beginning", () => {
  type Worker = ReturnType<typeof byBodies>;
  const begin = (runtime: Worker) => take(runtime, { kind: "dump-begin" }).id;
  const firstPage = (runtime: Worker, id: Uint8Array) => take(runtime, { kind: "dump-page", id, index: 0 });
  const expectStateOf2 = (id: Uint8Array, { page, last }: ReturnType<typeof firstPage>) => {
    expect(last).toBe(true);
    const loading = byBodies(0);
    expect(take(loading, { kind: "load-page", id, index: 0, page })).toEqual({ done: true });
    expect(root(loading)).toBe(root(byBodies(2)));
  };

  it("although another dump of the same block was read to its end", () => {
    const runtime = byBodies(2);
    firstPage(runtime, begin(runtime));
    const id = begin(runtime);
    take(runtime, chain.body(3));
    expectStateOf2(id, firstPage(runtime, id));
  });

  it("although whole dumps are made of the same block and of the next", () => {
    const runtime = byBodies(2);
    const id = begin(runtime);
    dumpOf(runtime);
    take(runtime, chain.body(3));
    dumpOf(runtime);
    expectStateOf2(id, firstPage(runtime, id));
  });
});

describe("a dump in pages that was read to its end", () => {
  const refusedPage = (runtime: ReturnType<typeof byBodies>, id: Uint8Array) =>
    refusal(runtime, { kind: "dump-page", id, index: 1 });
  const begun = (runtime: ReturnType<typeof byBodies>) => take(runtime, { kind: "dump-begin" }).id;
  const read = (runtime: ReturnType<typeof byBodies>, id: Uint8Array) =>
    take(runtime, { kind: "dump-page", id, index: 0 });

  it("dump/unknown-id: is dropped when another block is dispatched", () => {
    for (const [runtime, next] of [
      [byBodies(2), chain.body(3)],
      [byEvents(4, 2), chain.dispatch(3, 3)],
    ] as const) {
      const id = begun(runtime);
      read(runtime, id);
      expect(refusedPage(runtime, id)).toBe("dump/wrong-page");
      take(runtime, next);
      expect(refusedPage(runtime, id)).toBe("dump/unknown-id");
    }
  });

  it("dump/unknown-id: is dropped with its last page, if another block was dispatched before", () => {
    const runtime = byBodies(2);
    const id = begun(runtime);
    take(runtime, chain.body(3));
    read(runtime, id);
    expect(refusedPage(runtime, id)).toBe("dump/unknown-id");
  });

  it("stays while only headers become final", () => {
    const runtime = byEvents(3, 2);
    const id = begun(runtime);
    read(runtime, id);
    take(runtime, chain.headers(4, 4));
    expect(refusedPage(runtime, id)).toBe("dump/wrong-page");
  });
});

describe("a refused dump changes nothing", () => {
  it("dump/older: a dump of an older block", () => {
    const runtime = byBodies(2);
    expect(refusal(runtime, { kind: "load", dump: dumpOf(byBodies(1)) })).toBe("dump/older");
    expect(refusal(byEvents(4, 1), { kind: "load", dump: dumpOf(byEvents(3, 1)) })).toBe("dump/older");
    expect(refusal(byEvents(3, 2), { kind: "load", dump: dumpOf(byEvents(4, 1)) })).toBe("dump/older");
  });

  it("dump/wrong-anchor: a dump of another chain, source or metadata", () => {
    const other = new TinyChain(1);
    const otherWorker = newRuntime();
    take(otherWorker, other.init());
    expect(refusal(byBodies(0), { kind: "load", dump: dumpOf(otherWorker) })).toBe("dump/wrong-anchor");
    expect(refusal(byBodies(0), { kind: "load", dump: dumpOf(byEvents(2, 2)) })).toBe("dump/wrong-anchor");
    const newer = newRuntime();
    take(newer, chain.init(devchain.metadata(15)));
    expect(refusal(newer, { kind: "load", dump: dumpOf(byEvents(2, 2)) })).toBe("dump/wrong-anchor");
  });

  it("dump/unknown-version", () => {
    const content = contentOf(dumpOf(byBodies(2))).slice();
    expect(content[4]).toBe(7);
    content[4] = 1;
    const dump = dumpWith(content);
    expect(refusal(byBodies(0), { kind: "load", dump })).toBe("dump/unknown-version");
  });

  it("dump/inconsistent: a state that does not match the state root", () => {
    const dump = dumpOf(byBodies(2));
    const at = Buffer.from(dump).indexOf(byBodies(2).status()!.stateRoot);
    expect(at).toBeGreaterThan(0);
    const changed = dump.slice();
    changed[at] = (changed[at] as number) ^ 1;
    expect(refusal(byBodies(0), { kind: "load", dump: changed })).toBe("dump/inconsistent");
    const other = newRuntime(portableCrypto, new Uint8Array(32).fill(1));
    take(other, chain.init());
    expect(refusal(other, { kind: "load", dump })).toBe("dump/inconsistent");
  });

  it("dump/inconsistent: waiting headers that do not lead to the finalized block", () => {
    const runtime = byEvents(4, 1);
    const { chain } = runtime.status()!;
    const real = { ...chain, waiting: [...chain.waiting] };
    const spoilt: readonly (readonly [Partial<typeof real>, string])[] = [
      [{ waiting: real.waiting.slice(1) }, "queue"],
      [{ waiting: real.waiting.slice(0, -1) }, "dispatched"],
      [{ waiting: [] }, "dispatched"],
      [{ waiting: [...real.waiting].reverse() }, "queue"],
      [{ waiting: [real.waiting[0]!, ...real.waiting] }, "queue"],
      [{ dispatched: { ...real.dispatched, hash: new Uint8Array(32) } }, "queue"],
      [{ dispatched: { ...real.dispatched, number: 2 } }, "queue"],
    ];
    const content = parts();
    for (const [change, what] of spoilt) {
      const dump = dumpOfChain(content, { ...real, ...change });
      expect(runtime.accept({ kind: "load", dump })).toEqual({
        ok: false,
        error: { code: "dump/inconsistent", what },
      });
    }
    take(runtime, {
      kind: "load",
      dump: dumpOfChain(content, real),
    });
  });

  it("dump/inconsistent: known blocks that do not end with the dispatched block", () => {
    const runtime = byEvents(4, 2);
    const { chain: real } = runtime.status()!;
    const content = parts();
    for (const known of [
      real.known.append([chain.at(3)]),
      KnownBlocks.from(chain.at(0)).append([chain.at(1)]),
      KnownBlocks.from(chain.at(0)).append([chain.at(1), chain.at(1)]),
    ]) {
      const dump = dumpOfChain(content, { ...real, known });
      expect(runtime.accept({ kind: "load", dump })).toEqual({
        ok: false,
        error: { code: "dump/inconsistent", what: "known-blocks" },
      });
    }
  });

  it("dump/inconsistent: too many authority sets, or another latest set than the light client's", () => {
    const runtime = byEvents(4, 2);
    const { chain: real } = runtime.status()!;
    const many = Array.from({ length: maxSetStarts + 1 }, (_, after) => ({ after, setId: 0n }));
    const codes = [[], [{ after: 0, setId: 1n }], many].map((sets) =>
      refusal(runtime, { kind: "load", dump: dumpOfChain(parts(), { ...real, sets }) }),
    );
    expect(codes).toEqual(["dump/inconsistent", "dump/inconsistent", "codec/too-long"]);
  });

  it("dump/inconsistent: metadata with bodies, or events without metadata", () => {
    const { events, executor } = parts();
    const refused = { ok: false, error: { code: "dump/inconsistent", what: "metadata" } };
    for (const [runtime, meaning] of [
      [byEvents(4, 1), undefined],
      [byBodies(2), events],
    ] as const) {
      const before = held(runtime);
      const dump = dumpOfChain({ events: meaning, executor }, runtime.status()!.chain);
      expect(runtime.accept({ kind: "load", dump })).toEqual(refused);
      expect(held(runtime)).toBe(before);
    }
  });

  it("dump/inconsistent: a filler of another length, or with other bytes", () => {
    const parts = partsOf(dumpOf(byBodies(2)));
    const at = parts.findIndex((part) => part.every((byte) => byte === 0));
    const { length } = parts[at]!;
    const spoilt = new Uint8Array(length);
    spoilt[length - 1] = 1;
    const step = 64 << 10;
    for (const filler of [
      spoilt,
      ...[0, length - 1, length + 1, length + step].map((other) => new Uint8Array(other)),
    ])
      expect(byBodies(0).accept({ kind: "load", dump: dumpOfParts(parts.with(at, filler)) })).toEqual({
        ok: false,
        error: { code: "dump/inconsistent", what: "filler" },
      });
    take(byBodies(0), { kind: "load", dump: dumpOfParts(parts) });
  });

  it("a dump that is cut short at any byte, or has trailing bytes", () => {
    const content = contentOf(dumpOf(byEvents(3, 1)));
    const fresh = byEvents(0, 0);
    const before = held(fresh);
    const load = (bytes: Uint8Array) => fresh.accept({ kind: "load", dump: dumpWith(bytes) });
    // in the middle of the metadata, not every byte is a new case
    for (let end = 0; end < content.length; end += end > 1_000 && end < content.length - 1_500 ? 997 : 1)
      expect(load(content.subarray(0, end))).toMatchObject({
        ok: false,
        error: { code: expect.stringMatching(/^(codec|dump)\//) as string },
      });
    for (const more of [[0], [0, 0, 0, 0], [1, 0, 0, 0, 0]])
      expect(load(Uint8Array.of(...content, ...more)).ok).toBe(more.length === 4);
    expect(held(fresh)).not.toBe(before);
  });
});

describe("the length of a dump", () => {
  it("shows only by how many steps of 64 KiB the state is long, whatever headers the host adds", () => {
    const [header] = byEvents(4, 1).status()!.chain.waiting;
    const { chain: real } = byBodies(2).status()!;
    const lengths = (blocks: number) => {
      const { executor } = loaded(byBodies(blocks));
      return Array.from({ length: 500 }, (_, headers) => {
        const waiting = Array.from({ length: headers }, () => header!);
        return dumpOfChain({ events: undefined, executor }, { ...real, waiting }).length;
      });
    };
    const own = loaded(byBodies(2)).executor.memory.bytes;
    expect(loaded(byBodies(4)).executor.memory.bytes).toBeGreaterThan(own);
    expect(lengths(4)).toEqual(lengths(2));
    expect(new Set(lengths(2)).size).toBe(2);
  });
});

describe("the bytes of a dump", () => {
  it("are those that its comment describes", () => {
    const upgraded = new TinyChain();
    upgraded.grow({ digest: [runtimeUpdated], events: Uint8Array.of(0), now: milliseconds(7n) });
    const runtime = byEvents(1, 1, upgraded);
    const { chain: state } = runtime.status()!;
    const tail = encode(state, (w) =>
      w
        .u32(0)
        .u32(0)
        .raw(upgraded.at(0).hash)
        .u32(1)
        .u32(1)
        .raw(upgraded.at(1).hash)
        .raw(upgraded.at(1).header.stateRoot)
        .u64(7n)
        .u8(1)
        .u32(1),
    );
    const dump = Buffer.from(dumpOf(runtime));
    expect(dump.subarray(9, 42)).toEqual(Buffer.from([7, ...state.anchor]));
    expect(dump.indexOf(tail)).toBeGreaterThan(42);
  });
});

/** The event reader and the executor of a worker at block 1. */
const parts = () => loaded(byEvents(4, 1));
