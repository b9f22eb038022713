/** Dumps in sealed pages: what a host that exchanges, repeats, cuts or changes pages achieves. */
import { toBase64, utf8 } from "@pruntime/core/bytes";
import { describe, expect, it } from "vitest";
import { bodyInput, command, initialized, TinyChain } from "./support/chain.ts";
import { held, platform, type Started, seededRandom, start } from "./support/enclave.ts";

const chain = new TinyChain();
for (let i = 1; i < 9; i++)
  chain.grow({
    extrinsics: Array.from({ length: 40 }, (_, n) => command(2, `${i}/${n} ${"x".repeat(15_000)}`)),
  });

/** A worker at a block. Its receipts take 600 KB a block, so that a dump at block 2 has three pages. */
function at(block: number, options: Parameters<typeof start>[0] = {}): Started {
  const worker = initialized(start(options), chain);
  for (let i = 1; i <= block; i++) worker.call("sync_block", bodyInput(chain, i));
  return worker;
}

interface Dump {
  readonly id: string;
  readonly pages: readonly string[];
}

function dumpOf(worker: Started): Dump {
  const { id } = worker.call("dump_begin").payload as { id: string };
  const pages: string[] = [];
  for (;;) {
    const { page, last } = worker.call("dump_page", { id, index: pages.length }).payload;
    pages.push(page as string);
    if (last === true) return { id, pages };
  }
}

const load = (worker: Started, { id }: Pick<Dump, "id">, index: number, page: string | undefined) => {
  const { code, payload } = worker.call("load_page", { id, index, page });
  return code ?? (payload.done as boolean);
};

describe("dump_states", () => {
  it("dump/too-large: names the other way for a state of more than 4 MiB, and keeps that state", () => {
    const worker = at(8);
    expect(worker.call("dump_states")).toMatchObject({ status: 413, code: "dump/too-large" });
    expect(worker.call("dump_states").message).toContain("dump_begin");
    const [dump, other] = [dumpOf(worker), at(0)];
    expect(dump.pages.map((page, i) => load(other, dump, i, page)).at(-1)).toBe(true);
    expect(other.call("get_status").payload.state_root).toBe(worker.call("get_status").payload.state_root);
  });
});

describe("dump_begin, dump_page and load_page", () => {
  const source = at(2);
  const dump = dumpOf(source);
  const pageOf = (index: number) => dump.pages[index];

  it("carry a worker's state to its next process", () => {
    expect(dump.pages).toHaveLength(3);
    const again = start({ store: source.store });
    expect([0, 1, 2].map((i) => load(again, dump, i, pageOf(i)))).toEqual([false, false, true]);
    expect(held(again)).toBe(held(source));
    expect(again.call("sync_block", bodyInput(chain, 3)).payload).toEqual({ synced_to: 3 });
  });

  it("pad each page to 64 KiB, and all pages but the last to the same length", () => {
    const overhead = 1 + 12 + 16 + 5;
    const lengths = dump.pages.map((page) => Buffer.from(page, "base64").length - overhead);
    expect(lengths.slice(0, -1)).toEqual([512 << 10, 512 << 10]);
    for (const length of lengths) expect(length % (64 << 10)).toBe(0);
  });

  it("begin at most once per block: a second call begins the same dump again", () => {
    const worker = at(1);
    const first = dumpOf(worker);
    const second = dumpOf(worker);
    expect([second.id, second.pages.length]).toEqual([first.id, first.pages.length]);
    worker.call("sync_block", bodyInput(chain, 2));
    expect(worker.call("dump_begin").payload.id).not.toBe(first.id);
  });

  it("show the state at the beginning, whatever is dispatched between two pages", () => {
    const worker = at(2);
    const { id } = worker.call("dump_begin").payload as { id: string };
    const pages = [worker.call("dump_page", { id, index: 0 }).payload.page as string];
    worker.call("sync_block", bodyInput(chain, 3));
    for (const index of [1, 2]) pages.push(worker.call("dump_page", { id, index }).payload.page as string);
    const other = at(0);
    expect(pages.map((page, i) => load(other, { id }, i, page))).toEqual([false, false, true]);
    expect(held(other)).toBe(held(source));
  });

  it.each([
    [
      "mixed: a page of another dump",
      (other: Dump) => [0, 1].map((i) => [dump.id, i, [pageOf(0), other.pages[1]][i]]),
    ],
    ["cut at the front", () => [[dump.id, 0, pageOf(1)]]],
    [
      "out of order",
      () => [
        [dump.id, 0, pageOf(0)],
        [dump.id, 1, pageOf(2)],
      ],
    ],
    [
      "repeated in another place",
      () => [
        [dump.id, 0, pageOf(0)],
        [dump.id, 1, pageOf(0)],
      ],
    ],
    ["under another id", () => [["00".repeat(16), 0, pageOf(0)]]],
    ["changed", () => [[dump.id, 0, `AA${pageOf(0)!.slice(2)}`]]],
    ["a sealed blob of another kind", () => [[dump.id, 0, toBase64(source.store.get("identity")!)]]],
  ] as const)("enclave/bad-seal: refuse a page that is %s", (_, sent) => {
    const target = at(0);
    const before = held(target);
    const calls = sent(dumpOf(at(2, { random: seededRandom(2) })));
    const ends = calls.map(([id, index, page]) =>
      load(target, { id: id as string }, index as number, page as string),
    );
    expect(ends.at(-1)).toBe("enclave/bad-seal");
    expect(held(target)).toBe(before);
  });

  it("dump/wrong-page, dump/unknown-id: refuse pages that are left out, repeated or after the end", () => {
    const target = at(0);
    const before = held(target);
    expect(load(target, dump, 1, pageOf(1))).toBe("dump/unknown-id");
    load(target, dump, 0, pageOf(0));
    expect(load(target, dump, 2, pageOf(2))).toBe("dump/wrong-page");
    expect(load(target, dump, 1, pageOf(1))).toBe(false);
    expect(load(target, dump, 1, pageOf(1))).toBe("dump/wrong-page");
    expect(held(target)).toBe(before);
    expect(load(target, dump, 2, pageOf(2))).toBe(true);
    expect(load(target, dump, 2, pageOf(2))).toBe("dump/unknown-id");
    expect(held(target)).toBe(held(source));
  });

  it("dump/unknown-id: refuse the next page of another dump under its own id", () => {
    const other = dumpOf(at(2, { random: seededRandom(2) }));
    const target = at(0);
    load(target, dump, 0, pageOf(0));
    expect(load(target, other, 1, other.pages[1])).toBe("dump/unknown-id");
    expect([1, 2].map((i) => load(target, dump, i, pageOf(i)))).toEqual([false, true]);
  });

  it("dump/unknown-id, dump/wrong-page: write each page once, and only of the dump in progress", () => {
    const worker = at(2);
    const page = (id: string, index: number) => worker.call("dump_page", { id, index }).code;
    expect(page(dump.id, 0)).toBe("dump/unknown-id");
    const { id } = worker.call("dump_begin").payload as { id: string };
    expect([1, 0, 0, 1, 2, 3, 0].map((index) => page(id, index))).toEqual([
      "dump/wrong-page",
      undefined,
      "dump/wrong-page",
      undefined,
      undefined,
      "dump/wrong-page",
      "dump/wrong-page",
    ]);
  });

  it("refuse pages of a worker with other keys, whether its sealing key is another or the same", () => {
    const sealingKey = { bytes: new Uint8Array(32).fill(8), lasting: true };
    expect(load(at(0, { sealingKey }), dump, 0, pageOf(0))).toBe("enclave/bad-seal");
    const target = at(0, { random: seededRandom(3) });
    const before = held(target);
    expect([0, 1, 2].map((i) => load(target, dump, i, pageOf(i)))).toEqual([
      false,
      false,
      "dump/inconsistent",
    ]);
    expect(held(target)).toBe(before);
  });

  it("dump/bad-page: refuse a page without canonical padding, or one that is not full", () => {
    const { sealer } = platform();
    const genuine = sealer.open(`dump/${dump.id}/2`, Uint8Array.from(Buffer.from(pageOf(2)!, "base64")));
    const spoilt = (change: (page: Uint8Array) => Uint8Array) => {
      const sealed = sealer.seal(`dump/${dump.id}/2`, change(genuine.slice()));
      const target = at(0);
      for (const i of [0, 1]) load(target, dump, i, pageOf(i));
      return load(target, dump, 2, toBase64(sealed));
    };
    expect(genuine.at(-1)).toBe(0);
    expect(spoilt((page) => page)).toBe(true);
    expect(spoilt((page) => page.fill(1, -1))).toBe("dump/bad-page");
    expect(spoilt((page) => Uint8Array.of(...page, ...new Uint8Array(64 << 10)))).toBe("dump/bad-page");
    expect(spoilt((page) => page.subarray(0, -1))).toBe("dump/bad-page");
    expect(spoilt((page) => page.fill(0, 0, 1))).toBe("dump/bad-page"); // not the last, but not full
    expect(spoilt(() => utf8(""))).toBe("codec/truncated");
  });

  it("a refused page ends the load, so that no later page is taken", () => {
    const target = at(0);
    load(target, dump, 0, pageOf(0));
    const { sealer } = platform();
    const bad = toBase64(sealer.seal(`dump/${dump.id}/1`, new Uint8Array(64 << 10)));
    expect(load(target, dump, 1, bad)).toBe("dump/bad-page");
    expect(load(target, dump, 1, pageOf(1))).toBe("executor/given-up");
  });
});
