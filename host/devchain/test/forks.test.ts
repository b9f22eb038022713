import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { to0x } from "@pruntime/core/bytes";
import { type Block, type ChainEvent, createDevchain, type Devchain } from "@pruntime/devchain";
import { describe, expect, it, onTestFinished } from "vitest";
import { serve } from "./rpc/bench.ts";
import { eventNames, growTo, manualChain } from "./support/chain.ts";
import { pushCommand, signed } from "./support/extrinsic.ts";
import { signer } from "./support/keys.ts";

const alice = signer("Alice");
const byHand = { finalityLag: Number.POSITIVE_INFINITY } as const;

/** Makes blocks 1 and 2, and then a second block 2 (`b`). The first block 2 (`a`) stays the best block. */
async function forked(): Promise<{ chain: Devchain; a: Block; b: Block }> {
  const chain = await manualChain(byHand);
  growTo(chain, 2);
  return { chain, a: chain.best(), b: chain.produceBlock(chain.blockAt(1)) };
}

function told(chain: Devchain): string[] {
  const heard: string[] = [];
  const name = ({ hash }: Block): string => to0x(hash).slice(0, 8);
  chain.subscribe((event: ChainEvent) => {
    if (event.kind === "pooled") return;
    const more = event.kind === "best" ? event.retracted : event.kind === "finalized" ? event.pruned : [];
    heard.push([event.kind, name(event.block), ...more.map((block) => `-${name(block)}`)].join(" "));
  });
  return heard;
}

describe("a fork", () => {
  it("does not become the best branch before it is higher", async () => {
    const { chain, a, b } = await forked();
    expect(b.hash).not.toEqual(a.hash);
    expect([chain.best(), chain.blockAt(2)]).toEqual([a, a]);
    expect(chain.sideBlocks()).toEqual([b]);
    expect(chain.blockOf(b.hash)).toBe(b);
    expect(chain.stateOf(b).root).toEqual(b.header.stateRoot);
    const c = chain.produceBlock(b);
    expect([chain.best(), chain.blockAt(2)]).toEqual([c, b]);
    expect(chain.sideBlocks()).toEqual([a]);
    expect(chain.stateOf(a).root).toEqual(a.header.stateRoot);
  });

  it("reports imports on all branches, changes of the best block, and pruned blocks", async () => {
    const chain = await manualChain(byHand);
    growTo(chain, 1);
    const heard = told(chain);
    const [a, b] = [chain.produceBlock(), chain.produceBlock(chain.blockAt(1))];
    const c = chain.produceBlock(b);
    chain.finalize(a);
    const [na, nb, nc] = [a, b, c].map(({ hash }) => to0x(hash).slice(0, 8));
    expect(heard.slice(0, 5)).toEqual([
      `imported ${na}`,
      `best ${na}`,
      `imported ${nb}`,
      `imported ${nc}`,
      `best ${nc} -${na}`,
    ]);
    const one = to0x(chain.blockAt(1)!.hash).slice(0, 8);
    expect(heard.slice(5)).toEqual([
      `best ${na} -${nb} -${nc}`,
      `finalized ${one}`,
      `finalized ${na} -${nb} -${nc}`,
    ]);
    expect(chain.sideBlocks()).toEqual([]);
  });

  it("ends at finality: no block of a branch that is ruled out can be extended or finalized", async () => {
    const { chain, a, b } = await forked();
    chain.finalize(b);
    expect(chain.best()).toBe(b);
    expect(() => chain.produceBlock(a)).toThrow("devchain/abandoned-branch");
    expect(() => chain.produceBlock(chain.genesis)).toThrow("devchain/abandoned-branch");
    expect(() => chain.finalize(a)).toThrow("devchain/abandoned-branch");
    chain.finalize(chain.genesis); // is already final
    expect(chain.finalized()).toBe(b);
    expect(chain.justificationOf(b)).toBeDefined();
    expect(chain.justificationOf(a)).toBeUndefined();
  });

  it("returns the transactions of an abandoned branch to the pool", async () => {
    const chain = await manualChain(byHand);
    growTo(chain, 1);
    chain.submit(signed(chain, alice, pushCommand(1, new Uint8Array())));
    const a = chain.produceBlock();
    expect(eventNames(chain, a)).toContain("Execution.CommandPushed");
    const b = chain.produceBlock(chain.blockAt(1));
    chain.produceBlock(b);
    expect(chain.pending()).toHaveLength(1);
    expect(eventNames(chain, chain.produceBlock())).toContain("Execution.CommandPushed");
    expect(chain.pending()).toEqual([]);
  });

  it("keeps the transactions of a lower branch in the pool", async () => {
    const { chain, b } = await forked();
    chain.produceBlock();
    chain.submit(signed(chain, alice, pushCommand(1, new Uint8Array())));
    expect(eventNames(chain, chain.produceBlock(b))).toContain("Execution.CommandPushed");
    expect(chain.pending()).toHaveLength(1);
  });

  it("may end a set at a different height than another branch", async () => {
    const chain = await manualChain({ ...byHand, rotateEvery: 3 });
    growTo(chain, 2);
    chain.rotateAuthorities();
    const side = chain.produceBlock(chain.blockAt(1));
    expect(side.endsSet).toBe(true);
    growTo(chain, 3);
    expect(chain.best().setId).toBe(0n);
    let tip = side;
    for (let i = 0; i < 2; i++) tip = chain.produceBlock(tip);
    expect([chain.best().hash, chain.best().setId]).toEqual([tip.hash, 2n]);
    chain.finalize();
    expect(chain.proveFinality(1)!.target.header.number).toBe(2);
  });

  it("is restored from the log, with the blocks that `finalize` finalized", async () => {
    const dataDir = mkdtempSync(join(tmpdir(), "devchain-"));
    onTestFinished(() => rmSync(dataDir, { recursive: true }));
    const before = await createDevchain({ ...byHand, mode: { kind: "manual" }, dataDir });
    growTo(before, 2);
    before.upgradeRuntime();
    before.rotateAuthorities({ delay: 1, forced: true });
    const b = before.produceBlock(before.blockAt(1));
    before.finalize(b);
    growTo(before, 5);
    before.close();
    const after = await createDevchain({ ...byHand, mode: { kind: "manual" }, dataDir });
    expect([after.best().hash, after.finalized().hash]).toEqual([before.best().hash, b.hash]);
    expect(after.best()).toEqual(before.best());
    after.close();
  });
});

describe("over JSON-RPC, a fork", () => {
  it("is reported to subscribers of all heads, but not to those of new heads", async () => {
    const { rpc, chain } = await serve({ ...byHand, mode: { kind: "manual" } });
    await rpc.call("dev_newBlock", 2);
    const [all, best] = [
      await rpc.call("chain_subscribeAllHeads"),
      await rpc.call("chain_subscribeNewHeads"),
    ];
    const numberOf = async (subscription: unknown): Promise<string> =>
      (await rpc.next<{ number: string }>(subscription)).number;
    expect([await numberOf(all), await numberOf(best)]).toEqual(["0x2", "0x2"]);
    const b = await rpc.call("dev_newBlock", 1, to0x(chain.blockAt(1)!.hash));
    expect(await rpc.call("archive_v1_hashByHeight", 2)).toEqual([to0x(chain.blockAt(2)!.hash), b]);
    await rpc.call("dev_newBlock", 1, b);
    expect([await numberOf(all), await numberOf(all), await numberOf(best)]).toEqual(["0x2", "0x3", "0x3"]);
    expect(await rpc.call("chain_getBlockHash", 2)).toBe(b);
    expect(await rpc.ask("dev_newBlock", 1, `0x${"00".repeat(32)}`)).toMatchObject({
      error: { code: -32602 },
    });
  });

  it("makes chainHead report changes to and from the other branch, and the pruned blocks", async () => {
    const { rpc, chain } = await serve({ ...byHand, mode: { kind: "manual" } });
    await rpc.call("dev_newBlock", 2);
    const one = to0x(chain.blockAt(1)!.hash);
    const a = to0x(chain.best().hash);
    const b = await rpc.call("dev_newBlock", 1, one);
    const follow = await rpc.call("chainHead_v1_follow", false);
    const next = (): Promise<unknown> => rpc.next(follow);
    expect(await next()).toMatchObject({ event: "initialized" });
    expect([await next(), await next(), await next()]).toMatchObject([
      { blockHash: one },
      { blockHash: a },
      { blockHash: b },
    ]);
    expect(await next()).toEqual({ event: "bestBlockChanged", bestBlockHash: a });
    const c = await rpc.call("dev_newBlock", 1, b);
    expect(await next()).toEqual({ event: "newBlock", blockHash: c, parentBlockHash: b });
    expect(await next()).toEqual({ event: "bestBlockChanged", bestBlockHash: c });
    await rpc.call("dev_finalize", a);
    expect(await next()).toEqual({ event: "bestBlockChanged", bestBlockHash: a });
    expect(await next()).toMatchObject({
      event: "finalized",
      finalizedBlockHashes: [one],
      prunedBlockHashes: [],
    });
    expect(await next()).toEqual({
      event: "finalized",
      finalizedBlockHashes: [a],
      prunedBlockHashes: [b, c],
    });
    expect(await rpc.call("chainHead_v1_header", follow, c)).toMatch(/^0x/); // still pinned
  });

  it("retracts a watched transaction and includes it again", async () => {
    const { rpc, chain } = await serve({ ...byHand, mode: { kind: "manual" } });
    await rpc.call("dev_newBlock");
    const one = to0x(chain.best().hash);
    const watch = await rpc.call(
      "author_submitAndWatchExtrinsic",
      to0x(signed(chain, alice, pushCommand(1, new Uint8Array()))),
    );
    expect(await rpc.next(watch)).toBe("ready");
    const a = await rpc.call("dev_newBlock");
    expect(await rpc.next(watch)).toEqual({ inBlock: a });
    await rpc.call("dev_newBlock", 2, one);
    expect(await rpc.next(watch)).toEqual({ retracted: a });
    const again = await rpc.call("dev_newBlock");
    expect(await rpc.next(watch)).toEqual({ inBlock: again });
    await rpc.call("dev_finalize");
    expect(await rpc.next(watch)).toEqual({ finalized: again });
  });
});
