import { to0x } from "@pruntime/core/bytes";
import { type Devchain, type Faults, faults, serveDevchain } from "@pruntime/devchain";
import { describe, expect, it } from "vitest";
import { blocks, chainOf, closeLater, type Scene, scene, serve, until } from "../support/scene.ts";

/** Starts a second node, with a chain of `count` blocks that are the same as the scene's blocks. */
async function twin(
  s: Scene,
  count: number,
  nodeFaults: Faults = {},
): Promise<{ readonly chain: Devchain; readonly url: string }> {
  const chain = await chainOf({ faults: nodeFaults });
  blocks(chain, count);
  expect(chain.blockAt(Math.min(count, s.chain.best().header.number))?.hash).toEqual(
    s.chain.blockAt(Math.min(count, s.chain.best().header.number))?.hash,
  );
  return { chain, url: (await serve(chain)).url };
}

const noted = (s: Scene, text: string): boolean => s.notes.some((line) => line.includes(text));

describe("several nodes", () => {
  it("switches to the next node when a node cannot be reached", async () => {
    const s = await scene();
    blocks(s.chain, 3);
    s.relay({ nodeUrls: ["ws://127.0.0.1:9", s.node.url] });
    await until(() => s.worker.dispatched() === 3);
    expect(s.notes[0]).toBe(
      `ws://127.0.0.1:9: relay/node-unreachable (url ws://127.0.0.1:9); continuing with ${s.node.url}`,
    );
  });

  it("switches to the next node in the middle of the chain, when the followed node disconnects", async () => {
    const s = await scene();
    blocks(s.chain, 3);
    const other = await twin(s, 3);
    s.relay({ nodeUrls: [s.node.url, other.url] });
    await until(() => s.worker.dispatched() === 3);
    await s.node.close();
    blocks(other.chain, 2);
    await until(() => s.worker.dispatched() === 5);
  });

  const lies: readonly (readonly [what: string, faults: Faults, noted: string])[] = [
    ["forges signatures of votes", faults.wrongSignature(), "finality/bad-signature"],
    ["omits votes", faults.missingVotes(2), "finality/below-threshold"],
    ["sends votes of another authority set", faults.wrongSetId(), "finality/bad-signature"],
    ["names another round", faults.wrongRound(), "finality/bad-signature"],
    ["forges read proofs", faults.forgedProof(), "worker-refused"],
    ["omits nodes of proofs", faults.incompleteProof(), "worker-refused"],
    ["withholds a block", faults.withheldBlock(2), "relay/bad-answer"],
    [
      "answers garbage",
      { result: (method, genuine) => (method === "chain_getHeader" ? { digest: [] } : genuine) },
      "relay/bad-answer",
    ],
    ["serves headers with another parent", { result: otherParents }, "relay/bad-answer"],
    [
      "claims a head it cannot prove",
      {
        result: (method, genuine) => (method === "grandpa_proveFinality" ? 7 : genuine),
        withholds: (n) => n > 2,
      },
      "relay/",
    ],
    ["refuses", { refuses: () => ({ code: -32000, message: "Go away" }) }, "Go away"],
  ];
  it.each(lies)("switches to the next node when a node %s", async (_, nodeFaults, why) => {
    const s = await scene();
    blocks(s.chain, 4);
    const liar = await twin(s, 4, nodeFaults);
    s.relay({ nodeUrls: [liar.url, s.node.url] });
    await until(() => s.worker.dispatched() === 4);
    expect(noted(s, `${liar.url}: `) && noted(s, why)).toBe(true);
    expect(s.stats.nodeFailures).toBeGreaterThan(0);
  });

  it("switches to the next node when the headers do not form a chain: relay/broken-chain", async () => {
    const s = await scene();
    blocks(s.chain, 6);
    const swapped: Faults = {
      result: (method, genuine) => {
        if (method !== "chain_getBlockHash" || !Array.isArray(genuine)) return genuine;
        return genuine.map((_, i, all) => (i === 2 ? all[3] : i === 3 ? all[2] : all[i]));
      },
    };
    const liar = await twin(s, 6, swapped);
    s.relay({ nodeUrls: [liar.url, s.node.url] });
    await until(() => s.worker.dispatched() === 6);
    expect(noted(s, "relay/broken-chain (number 3)")).toBe(true);
  });

  it("switches to the next node when a node answers too late", async () => {
    const s = await scene();
    blocks(s.chain, 3);
    const slow = await twin(s, 3, faults.slow("chain_getHeader", 60_000));
    s.relay({ nodeUrls: [slow.url, s.node.url], requestTimeoutMs: 400 });
    await until(() => s.worker.dispatched() === 3);
    expect(noted(s, "relay/node-timeout (method chain_getHeader)")).toBe(true);
  });

  it("leaves a node that has stopped while another node advances: relay/node-lagging", async () => {
    const s = await scene();
    blocks(s.chain, 20);
    const stale = await twin(s, 20, faults.staleNode(3));
    s.relay({ nodeUrls: [stale.url, s.node.url], maxLag: 10, compareEveryMs: 300 });
    await until(() => s.worker.dispatched() === 20);
    expect(noted(s, `${stale.url}: relay/node-lagging (node 3, other 20)`)).toBe(true);
  });

  it("stays with a node that is only a little behind", async () => {
    const s = await scene();
    blocks(s.chain, 20);
    const behind = await twin(s, 20, faults.staleNode(15));
    s.relay({ nodeUrls: [behind.url, s.node.url], maxLag: 10, compareEveryMs: 50 });
    await until(() => s.worker.dispatched() === 15);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect([s.worker.dispatched(), s.stats.nodeFailures]).toEqual([15, 0]);
  });

  it("switches to the next node when a node is behind the worker: relay/node-behind", async () => {
    const s = await scene();
    blocks(s.chain, 8);
    const first = s.relay();
    await until(() => s.worker.dispatched() === 8);
    await first.stop();
    const behind = await twin(s, 3);
    s.chain.produceBlock();
    s.relay({ nodeUrls: [behind.url, s.node.url] });
    await until(() => s.worker.dispatched() === 9);
    expect(noted(s, "relay/node-behind (node 3, worker 8)")).toBe(true);
  });

  it("drops a node of another chain, and ends only when no node is left", async () => {
    const s = await scene();
    blocks(s.chain, 2);
    const first = s.relay();
    await until(() => s.worker.dispatched() === 2);
    await first.stop();
    const stranger = await serve(await chainOf({ chainName: "another" }));
    s.chain.produceBlock();
    s.relay({ nodeUrls: [stranger.url, s.node.url] });
    await until(() => s.worker.dispatched() === 3);
    expect(noted(s, "relay/wrong-chain")).toBe(true);
    const lost = s.relay({ nodeUrls: [stranger.url] });
    await expect(lost.ended).rejects.toMatchObject({ code: "relay/wrong-chain" });
  });

  it("blames no node for a worker that cannot work", async () => {
    const s = await scene();
    blocks(s.chain, 2);
    const other = await twin(s, 2);
    s.worker.refuse("runtime/halted");
    s.relay({ nodeUrls: [s.node.url, other.url] });
    await until(() => s.stats.workerFailures === 2);
    expect(s.stats.nodeFailures).toBe(0);
    s.worker.refuse(undefined);
    await until(() => s.worker.dispatched() === 2);
  });

  it("lets a node rest longer with each consecutive failure, and less after it has worked", async () => {
    const s = await scene();
    blocks(s.chain, 1);
    s.relay({ firstPauseMs: 100, maxPauseMs: 400 });
    await until(() => s.worker.dispatched() === 1);
    const port = Number(new URL(s.node.url).port);
    await s.node.close();
    await until(() => s.notes.filter((line) => line.includes("trying again in 0.4 s")).length > 0);
    const again = await serveDevchain(s.chain, { port });
    closeLater(() => again.close());
    s.chain.produceBlock();
    await until(() => s.worker.dispatched() === 2);
    s.notes.length = 0;
    await again.close();
    await until(() => noted(s, "trying again in"));
    expect(s.notes.find((line) => line.includes("trying again in"))).toContain("in 0.1 s");
  });
});

describe("two nodes that disagree about a finalized block", () => {
  /** Replaces the hash of every block after the genesis, like a node that has finalized a fork. */
  const forkOf = (genesis: string): Faults => ({
    result: (method, genuine) =>
      method === "chain_getBlockHash" && typeof genuine === "string" && genuine !== genesis
        ? `0x${"77".repeat(32)}`
        : genuine,
  });

  it("are both avoided, and both are named: relay/nodes-disagree", async () => {
    const s = await scene();
    blocks(s.chain, 4);
    const other = await twin(s, 4, forkOf(to0x(s.chain.genesisHash)));
    s.relay({ nodeUrls: [s.node.url, other.url], compareEveryMs: 50 });
    await until(() => noted(s, "relay/nodes-disagree"));
    const line = s.notes.find((note) => note.includes("relay/nodes-disagree")) ?? "";
    expect([line.includes(`node ${s.node.url}`), line.includes(`other ${other.url}`)]).toEqual([true, true]);
    expect(line).toContain(`hash ${to0x(s.chain.blockAt(4)!.hash)}`);
    // While the nodes disagree, no session begins, so the worker receives no more blocks.
    const before = s.worker.dispatched();
    blocks(s.chain, 3);
    blocks(other.chain, 3);
    const disagreements = (): number => s.notes.filter((note) => note.includes("nodes-disagree")).length;
    const [seen, failures] = [disagreements(), s.stats.nodeFailures];
    await until(() => disagreements() > seen + 2);
    expect(s.stats.nodeFailures).toBeGreaterThan(failures);
    expect(s.worker.dispatched()).toBeLessThanOrEqual(Math.max(before, 4));
    // When the nodes agree again, the relay continues by itself.
    Object.assign(other.chain.faults, { result: undefined });
    await until(() => s.worker.dispatched() === 7);
  });

  it("are not confused with nodes of two chains", async () => {
    const s = await scene();
    blocks(s.chain, 4);
    const stranger = await chainOf({ chainName: "another" });
    blocks(stranger, 4);
    s.relay({ nodeUrls: [s.node.url, (await serve(stranger)).url], compareEveryMs: 20 });
    await until(() => s.worker.dispatched() === 4);
    blocks(s.chain, 2);
    await until(() => s.worker.dispatched() === 6);
    expect([noted(s, "nodes-disagree"), s.stats.nodeFailures]).toEqual([false, 0]);
  });
});

/** Replaces the parent hash in each header. The header then no longer matches the hash of its block. */
function otherParents(method: string, genuine: unknown): unknown {
  return method === "chain_getHeader"
    ? { ...(genuine as object), parentHash: `0x${"11".repeat(32)}` }
    : genuine;
}

describe("archive nodes", () => {
  it("answer when the node has discarded the state", async () => {
    const s = await scene({ strict: true, stateWindow: 8, justificationPeriod: 1 });
    blocks(s.chain, 30);
    const archive = await twin(s, 30);
    s.relay({ archiveUrls: [archive.url] });
    await until(() => s.worker.dispatched() === 30);
    expect(s.stats.archiveAnswers).toBeGreaterThan(25);
    expect(s.stats.nodeFailures).toBe(0);
  });

  it("rest together with the node when the worker refuses their answers", async () => {
    const s = await scene({ strict: true, stateWindow: 8, justificationPeriod: 1 });
    blocks(s.chain, 30);
    const liar = await twin(s, 30, {
      readProof: (genuine, at) =>
        at.header.number > 0 ? faults.forgedProof().readProof!(genuine, at) : genuine,
    });
    const honest = await twin(s, 30);
    s.relay({ archiveUrls: [liar.url, honest.url] });
    await until(() => s.worker.dispatched() === 30);
    expect(noted(s, "worker-refused (action dispatch_block")).toBe(true);
  });

  it("are needed for a discarded state: relay/state-discarded without an archive node", async () => {
    const s = await scene({ strict: true, stateWindow: 8, justificationPeriod: 1 });
    blocks(s.chain, 30);
    s.relay();
    await until(() => noted(s, "relay/state-discarded"));
    expect(s.worker.dispatched()).toBe(0);
  });
});

describe("limits of nodes and gateways", () => {
  it("lowers its rate and repeats the request when a node refuses too many requests", async () => {
    const s = await scene({ faults: faults.rateLimited(9) });
    blocks(s.chain, 25);
    s.relay();
    await until(() => s.worker.dispatched() === 25);
    expect(s.stats.rateLimited).toBeGreaterThan(0);
    expect(s.stats.nodeFailures).toBe(0);
  });

  it("sends no more requests at once than configured", async () => {
    let [now, most] = [0, 0];
    const s = await scene({
      faults: {
        delayMs: (method) => {
          if (method !== "chain_getHeader") return 0;
          most = Math.max(most, ++now);
          return 5;
        },
        result: (method, genuine) => {
          if (method === "chain_getHeader") now--;
          return genuine;
        },
      },
    });
    blocks(s.chain, 30);
    s.relay({ parallelRequests: 3 });
    await until(() => s.worker.finalized() === 30);
    expect(most).toBeLessThanOrEqual(3);
  });

  it("sends less at once when the gateway refuses a call as too large", async () => {
    const s = await scene();
    blocks(s.chain, 40);
    s.relay({ headersPerBatch: 40, blocksPerBatch: 40 });
    s.worker.takeAtMost(15);
    await until(() => s.worker.dispatched() === 40);
    expect(Math.max(...s.worker.calls.map(([, from, to]) => to - from + 1))).toBeLessThanOrEqual(15);
    expect(s.stats.workerFailures).toBe(0);
  });
});
