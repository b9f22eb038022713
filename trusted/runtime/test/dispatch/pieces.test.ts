import { concat, utf8 } from "@pruntime/core/bytes";
import { decodeBody, encodeBody } from "@pruntime/core/extrinsics";
import { describe, expect, it, vi } from "vitest";
import { remarkWithEvent, signed } from "../../../../host/devchain/test/support/extrinsic.ts";
import type { Event, StagedPart } from "../../src/event.ts";
import { alice, blockParts, blocksEvent, type Followed, followed, headers } from "../support/devchain.ts";
import { TinyChain } from "../support/tiny-chain.ts";
import { held, newRuntime, receipt, refusal, take } from "../support/worker.ts";

type Piece = Extract<Event, { kind: "stage-piece" }>;
type Call = Extract<Event, { kind: "blocks" }>;
const staged: Call = { kind: "blocks", blocks: [], staged: ["block"] };
const both: Call = { ...staged, staged: ["block", "body"] };

function pieces(part: StagedPart, whole: Uint8Array, length: number): Piece[] {
  const offsets = Array.from({ length: Math.ceil(whole.length / length) }, (_, i) => i * length);
  return offsets.map((offset) => ({
    kind: "stage-piece",
    part,
    offset,
    total: whole.length,
    bytes: whole.subarray(offset, offset + length),
  }));
}

interface Scene extends Followed {
  readonly block: Uint8Array;
  readonly body: Uint8Array;
  readonly remark: Uint8Array;
}

/** A worker that has synced one block with a command in a remark, and has not dispatched the block. */
async function scene(): Promise<Scene> {
  const world = await followed();
  const { chain, runtime } = world;
  const payload = utf8('{"Plain":"\\"TotalIssuance\\""}');
  const remark = concat(utf8("pruntime/command/1:"), Uint8Array.of(2, 0, 0, 0), payload);
  chain.submit(signed(chain, alice, remarkWithEvent(remark)));
  const { body: extrinsics } = chain.produceBlock();
  take(runtime, headers(chain, 1, 1));
  const [block] = blocksEvent([{ ...blockParts(chain, 1), events: undefined }]).blocks as [Uint8Array];
  return { ...world, block, body: encodeBody({ number: 1, extrinsics }), remark: payload };
}

describe("a block that crosses in pieces", () => {
  it("is dispatched as in one call, and its body too", async () => {
    const { chain, runtime, block, body, remark } = await scene();
    for (const piece of pieces("block", block, 100))
      expect(take(runtime, piece)).toEqual({ staged: piece.offset + piece.bytes.length });
    expect(take(runtime, staged)).toEqual({ dispatchedTo: 0, bodiesWanted: [1] });
    for (const piece of pieces("body", body, 50)) take(runtime, piece);
    expect(take(runtime, both)).toEqual({ dispatchedTo: 1, bodiesWanted: [] });
    expect(receipt(runtime, chain.crypto.blake2b256(remark), alice)).not.toContain("NotFound");
  });

  it("may come with a body that one call carries", async () => {
    const { runtime, block, body } = await scene();
    for (const piece of pieces("block", block, 1_000)) take(runtime, piece);
    expect(take(runtime, { ...staged, bodies: [body] })).toEqual({ dispatchedTo: 1, bodiesWanted: [] });
  });

  it("is not read unless the call names it", async () => {
    const { runtime, block } = await scene();
    for (const piece of pieces("block", block, 1_000)) take(runtime, piece);
    expect(refusal(runtime, { ...staged, staged: [] })).toBe("dispatch/empty");
    expect(refusal(runtime, { ...staged, staged: ["body"] })).toBe("dispatch/missing-pieces");
  });

  it("begins again at offset 0, and a part does not disturb the other", async () => {
    const { runtime, block, body } = await scene();
    const [first, second] = pieces("block", block, 100) as [Piece, Piece];
    take(runtime, { ...first, bytes: first.bytes.map((byte) => byte ^ 1) });
    take(runtime, second);
    take(runtime, pieces("body", body, 10)[0]!);
    for (const piece of pieces("block", block, 64)) take(runtime, piece);
    for (const piece of pieces("body", body, 64)) take(runtime, piece);
    expect(take(runtime, both)).toEqual({ dispatchedTo: 1, bodiesWanted: [] });
  });

  it("begins again at offset 0 even if the first piece has no bytes", async () => {
    const { runtime, block } = await scene();
    for (const piece of pieces("block", block, 1_000)) take(runtime, piece);
    const first = { ...pieces("block", block, 1_000)[0]!, bytes: new Uint8Array() };
    expect(take(runtime, first)).toEqual({ staged: 0 });
    expect(refusal(runtime, staged)).toBe("dispatch/missing-pieces");
  });

  it("is refused like any other block if it is not the final one", async () => {
    const { runtime, block } = await scene();
    const forged = block.with(40, block[40]! ^ 1);
    for (const piece of pieces("block", forged, 500)) take(runtime, piece);
    expect(refusal(runtime, staged)).toBe("dispatch/wrong-header");
    for (const piece of pieces("block", block.slice(0, -1), 500)) take(runtime, piece);
    expect(refusal(runtime, staged)).toBe("dispatch/bad-block");
  });

  it("is neither stored nor dumped", async () => {
    const { runtime, block } = await scene();
    const before = held(runtime);
    const outcome = runtime.accept(pieces("block", block, 100)[0]!);
    expect(outcome).toMatchObject({ ok: true, effects: { puts: [], drops: [] } });
    expect(held(runtime)).toBe(before);
  });
});

/** Stages the whole part in one piece. */
function stage(runtime: Followed["runtime"], part: StagedPart, whole: Uint8Array): void {
  take(runtime, { kind: "stage-piece", part, offset: 0, total: whole.length, bytes: whole });
}

describe("a part that an earlier relay left behind does not stop a later one", () => {
  const leftBodies: readonly (readonly [string, (body: Uint8Array) => Piece])[] = [
    ["half a body", (body) => pieces("body", body, 9)[0]!],
    ["a body of no bytes", () => ({ ...pieces("body", Uint8Array.of(0), 1)[0]!, total: 0, bytes: zero })],
    ["a wrong body with the right number", (body) => pieces("body", extended(body), body.length + 9)[0]!],
  ];
  const zero = new Uint8Array();
  const extended = (body: Uint8Array) =>
    encodeBody({ number: 1, extrinsics: [...decodeBody(body).extrinsics, Uint8Array.of(12, 4, 1, 1)] });

  it.each(leftBodies)("%s, and a staged block", async (_, left) => {
    const { runtime, block, body } = await scene();
    take(runtime, left(body));
    stage(runtime, "block", block);
    expect(take(runtime, staged)).toEqual({ dispatchedTo: 0, bodiesWanted: [1] });
    stage(runtime, "body", body);
    expect(take(runtime, both)).toEqual({ dispatchedTo: 1, bodiesWanted: [] });
  });

  it.each([
    ["half a block", (block: Uint8Array) => pieces("block", block, 100)[0]!],
    ["a block of other bytes", () => pieces("block", Uint8Array.of(1, 2, 3), 3)[0]!],
  ])("%s, and a block in the call with a staged body", async (_, left) => {
    const { runtime, block, body } = await scene();
    take(runtime, left(block));
    expect(take(runtime, { ...staged, blocks: [block], staged: [] }).bodiesWanted).toEqual([1]);
    stage(runtime, "body", body);
    const call = { ...staged, blocks: [block], staged: ["body"] } as const;
    expect(take(runtime, call)).toEqual({ dispatchedTo: 1, bodiesWanted: [] });
  });
});

describe("a retry is safe", () => {
  it("of each piece, and of each dispatch", async () => {
    const { runtime, block, body } = await scene();
    for (const piece of pieces("block", block, 100)) {
      const first = take(runtime, piece);
      expect(take(runtime, piece)).toEqual(first);
    }
    const again = pieces("block", block, 100)[1]!;
    expect(take(runtime, again)).toEqual({ staged: block.length });
    for (let i = 0; i < 2; i++) expect(take(runtime, staged)).toEqual({ dispatchedTo: 0, bodiesWanted: [1] });
    stage(runtime, "body", body);
    for (let i = 0; i < 2; i++) expect(take(runtime, both)).toEqual({ dispatchedTo: 1, bodiesWanted: [] });
  });

  it("from offset 0 after a refusal, which drops the named parts and no other", async () => {
    const { runtime, block, body } = await scene();
    stage(runtime, "block", block);
    stage(runtime, "body", body.with(5, body[5]! ^ 1));
    expect(refusal(runtime, { ...staged, blocks: [block], staged: ["body"] })).toMatch(/^dispatch\//);
    expect(refusal(runtime, { ...staged, blocks: [block], staged: ["body"] })).toBe(
      "dispatch/missing-pieces",
    );
    expect(take(runtime, staged).bodiesWanted).toEqual([1]);
    expect(refusal(runtime, both)).toBe("dispatch/missing-pieces");
    expect(refusal(runtime, staged)).toBe("dispatch/missing-pieces");
  });
});

describe("the memory of a part", () => {
  it("is at most twice the bytes received, whatever length is declared", async () => {
    const { runtime, block } = await scene();
    const allocated = vi.fn();
    class Counted extends Uint8Array {
      constructor(...given: ConstructorParameters<typeof Uint8Array>) {
        super(...given);
        allocated(this.length);
      }
    }
    const bytes = block.subarray(0, 1);
    vi.stubGlobal("Uint8Array", Counted);
    for (let offset = 0; offset < 100; offset++)
      take(runtime, { kind: "stage-piece", part: "block", offset, total: 200_000_000, bytes });
    vi.unstubAllGlobals();
    expect(Math.max(...allocated.mock.calls.map(([length]) => length as number))).toBe(128);
  });

  it("dispatch/no-memory: the worker lacks it, and goes on", async () => {
    const { runtime, block } = await scene();
    const [first, second] = pieces("block", block, 100) as [Piece, Piece];
    take(runtime, first);
    class Failing extends Uint8Array {
      constructor(length: number) {
        if (length > 100) throw new RangeError("Array buffer allocation failed");
        super(length);
      }
    }
    vi.stubGlobal("Uint8Array", Failing);
    const outcome = runtime.accept(second);
    vi.unstubAllGlobals();
    expect(outcome).toMatchObject({ ok: false, error: { code: "dispatch/no-memory" } });
    expect(take(runtime, second)).toEqual({ staged: 200 });
  });
});

describe("pieces that are refused change nothing", () => {
  const cases: readonly (readonly [string, string, (first: Piece, second: Piece, third: Piece) => Piece])[] =
    [
      ["dispatch/wrong-piece", "a piece left out", (_, __, third) => third],
      ["dispatch/wrong-piece", "a piece that begins too early", (_, second) => ({ ...second, offset: 99 })],
      [
        "dispatch/wrong-piece",
        "other bytes for a piece that is there",
        (first) => ({ ...first, offset: 1, bytes: new Uint8Array(5) }),
      ],
      [
        "dispatch/wrong-piece",
        "a piece again with another total length",
        (first) => ({ ...first, offset: 1, total: first.total + 1, bytes: first.bytes.subarray(1) }),
      ],
      [
        "dispatch/wrong-piece",
        "another total length",
        (_, second) => ({ ...second, total: second.total + 1 }),
      ],
      [
        "dispatch/wrong-piece",
        "bytes beyond the total length",
        (_, second) => ({ ...second, bytes: new Uint8Array(second.total - 99) }),
      ],
      [
        "dispatch/wrong-piece",
        "a first piece of the other part",
        (_, second) => ({ ...second, part: "body" }),
      ],
      [
        "dispatch/part-too-large",
        "a block beyond the runtime's limits",
        (first) => ({ ...first, total: 1 + (1 << 20) + 2_000_000 * 128 + 2 * 5_242_880 }),
      ],
      [
        "dispatch/part-too-large",
        "a body beyond the runtime's limits",
        (first) => ({ ...first, part: "body", total: 1 + (1 << 20) + (16 << 20) }),
      ],
    ];
  it.each(cases)("%s: %s", async (code, _, event) => {
    const { runtime, block } = await scene();
    const [first, second, third, ...rest] = pieces("block", block, 100) as [Piece, Piece, Piece];
    take(runtime, first);
    expect(refusal(runtime, event(first, second, third))).toBe(code);
    for (const piece of [second, third, ...rest]) take(runtime, piece);
    expect(take(runtime, staged)).toEqual({ dispatchedTo: 0, bodiesWanted: [1] });
  });

  it("dispatch/missing-pieces: a dispatch before the last piece", async () => {
    const { runtime, block } = await scene();
    const all = pieces("block", block, 100);
    for (const piece of all.slice(0, -1)) take(runtime, piece);
    expect(refusal(runtime, staged)).toBe("dispatch/missing-pieces");
    expect(refusal(runtime, all.at(-1)!)).toBe("dispatch/wrong-piece"); // the part is dropped
    for (const piece of all) take(runtime, piece);
    expect(take(runtime, staged).bodiesWanted).toEqual([1]);
  });

  it("dispatch/bad-body: more extrinsics than the runtime executes in a block", async () => {
    const { runtime, block } = await scene();
    const many = new Array<Uint8Array>(200_001).fill(Uint8Array.of(12, 4, 1, 1));
    const body = encodeBody({ number: 1, extrinsics: many });
    expect(refusal(runtime, { kind: "blocks", blocks: [block], bodies: [body] })).toBe("dispatch/bad-body");
  });

  it("runtime/not-initialized, runtime/wrong-source", () => {
    const [piece] = pieces("block", new Uint8Array(5), 5) as [Piece];
    const runtime = newRuntime();
    expect(refusal(runtime, piece)).toBe("runtime/not-initialized");
    expect(refusal(runtime, staged)).toBe("runtime/not-initialized");
    take(runtime, new TinyChain().init());
    expect(refusal(runtime, piece)).toBe("runtime/wrong-source");
  });
});
