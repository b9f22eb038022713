import { setTimeout as sleep } from "node:timers/promises";
import { type Faults, serveDevchain } from "@pruntime/devchain";
import { describe, expect, it } from "vitest";
import { batch, remarkWithEvent, signed } from "../../../devchain/test/support/extrinsic.ts";
import { signer } from "../../../devchain/test/support/keys.ts";
import { startFakeWorker } from "../support/fake-worker.ts";
import { blocks, chainOf, closeLater, scene, serve, spans, until } from "../support/scene.ts";

/** Refuses GRANDPA's RPC, like a node built from the public template for solo chains. */
const withoutGrandpa: NonNullable<Faults["refuses"]> = (method) =>
  method.startsWith("grandpa_") ? { code: -32601, message: "Method not found" } : undefined;

const alice = signer("Alice");

describe("runRelay", () => {
  it("initializes a fresh worker and brings it to the finalized head", async () => {
    const s = await scene();
    blocks(s.chain, 25);
    s.relay({ headersPerBatch: 10, blocksPerBatch: 7 });
    await until(() => s.worker.dispatched() === 25);
    expect(spans(s, "sync_header")).toEqual(["1..10", "11..20", "21..25"]);
    expect(spans(s, "dispatch_block")).toEqual(["1..7", "8..10", "11..17", "18..20", "21..25"]);
    expect(s.notes).toContain("headers 11..20 accepted");
  });

  it("follows blocks as they become final", async () => {
    const s = await scene();
    blocks(s.chain, 1);
    s.relay();
    await until(() => s.worker.dispatched() === 1);
    blocks(s.chain, 2);
    await until(() => s.worker.dispatched() === 3);
  });

  it("never sends a batch that spans a change of authorities", async () => {
    const s = await scene();
    blocks(s.chain, 20, [4, 11]);
    s.relay({ headersPerBatch: 100 });
    await until(() => s.worker.dispatched() === 20);
    expect(s.worker.setId()).toBe(2n);
    expect(spans(s, "sync_header")).toEqual(["1..5", "6..12", "13..20"]);
  });

  it("works with a node that is as strict as a real node", async () => {
    const s = await scene({ strict: true, justificationPeriod: 8 });
    s.relay();
    await until(() => s.worker.finalized() === 0);
    for (let i = 0; i < 40; i++) {
      if (i === 20) s.chain.rotateAuthorities();
      s.chain.produceBlock();
      await sleep(2);
    }
    await until(() => s.worker.dispatched() >= 32);
    expect(s.worker.setId()).toBe(1n);
  });

  it("follows a node that offers no grandpa_* methods, by the justifications of its blocks", async () => {
    const s = await scene({ justificationPeriod: 64, faults: { refuses: withoutGrandpa } });
    blocks(s.chain, 64, [20]);
    s.relay();
    await until(() => s.worker.dispatched() === 64);
    expect(s.worker.setId()).toBe(1n);
    expect([s.stats.proofs["prove-finality"], s.stats.proofs.announced, s.stats.nodeFailures]).toEqual([
      0, 0, 0,
    ]);
  });

  it("says why it waits, and keeps waiting, if its only node offers no grandpa_* methods", async () => {
    const s = await scene({ justificationPeriod: 64, faults: { refuses: withoutGrandpa } });
    blocks(s.chain, 70);
    s.relay({ proofPatienceMs: 1 });
    await until(() => s.notes.some((line) => line.includes("offers no grandpa_* methods")));
    expect(s.worker.finalized()).toBe(64);
    blocks(s.chain, 58);
    await until(() => s.worker.dispatched() === 128);
    expect(s.stats.nodeFailures).toBe(0);
  });

  it("leaves a node without grandpa_* methods that has no proof in time: relay/no-stored-proof", async () => {
    const s = await scene({ justificationPeriod: 64, faults: { refuses: withoutGrandpa } });
    blocks(s.chain, 70);
    const other = await chainOf({ justificationPeriod: 64 });
    blocks(other, 70);
    s.relay({ nodeUrls: [s.node.url, (await serve(other)).url], proofPatienceMs: 1 });
    await until(() => s.worker.dispatched() === 70);
    expect(s.notes.some((line) => line.includes("relay/no-stored-proof (from 65)"))).toBe(true);
  });

  it("follows a node over HTTP, without subscriptions", async () => {
    const s = await scene();
    blocks(s.chain, 4);
    s.relay({ nodeUrls: [s.node.url.replace("ws:", "http:")] });
    await until(() => s.worker.dispatched() === 4);
    blocks(s.chain, 3);
    await until(() => s.worker.dispatched() === 7);
    expect([s.stats.nodeFailures, s.stats.proofs.announced]).toEqual([0, 0]);
  });

  it("survives a node that announces bytes other than a justification", async () => {
    const s = await scene({
      faults: { result: (method, genuine) => (method === "grandpa_justifications" ? "0xz" : genuine) },
    });
    blocks(s.chain, 2);
    s.relay();
    await until(() => s.worker.dispatched() === 2);
    blocks(s.chain, 1);
    await until(() => s.worker.dispatched() === 3);
  });

  it("resumes at the worker's current block when it is started again", async () => {
    const s = await scene();
    blocks(s.chain, 6);
    const first = s.relay();
    await until(() => s.worker.dispatched() === 6);
    await first.stop();
    blocks(s.chain, 3);
    s.relay();
    await until(() => s.worker.dispatched() === 9);
    expect(spans(s, "sync_header")).toEqual(["1..6", "7..9"]);
  });

  it("sends whole blocks, one by one, to a worker that reads bodies", async () => {
    const s = await scene();
    s.worker.readBodies();
    blocks(s.chain, 4, [2]);
    s.relay();
    await until(() => s.worker.dispatched() === 4);
    blocks(s.chain, 2);
    await until(() => s.worker.dispatched() === 6);
    expect(spans(s, "sync_block")).toEqual([1, 2, 3, 4, 5, 6].map((number) => `${number}..${number}`));
    expect([spans(s, "sync_header"), s.worker.setId()]).toEqual([[], 1n]);
  });

  it("sends the bodies that a worker requests, with all blocks from the first of these bodies", async () => {
    const s = await scene();
    s.worker.wantBodies([3, 5, 9]);
    blocks(s.chain, 9);
    s.relay({ blocksPerBatch: 8 });
    await until(() => s.worker.dispatched() === 9);
    expect(s.worker.refused()).toBeUndefined();
    expect(spans(s, "dispatch_block")).toEqual(["1..2", "3..8", "9..8", "9..9"]);
    await until(() => s.stats.blocks === 9);
  });

  it.each(["http/too-large", "trie/too-large", "codec/too-long", "json/too-long", "runtime/queue-full"])(
    "sends fewer headers and blocks at once, down to one, while the worker refuses with %s",
    async (code) => {
      const s = await scene();
      s.worker.takeAtMost(1, code);
      blocks(s.chain, 5);
      s.relay({ headersPerBatch: 4, blocksPerBatch: 4 });
      await until(() => s.worker.dispatched() === 5);
      expect(spans(s, "dispatch_block")).toEqual(["1..1", "2..2", "3..3", "4..4", "5..5"]);
      expect(s.stats.nodeFailures + s.stats.workerFailures).toBe(0);
    },
  );

  it("names the limit when a proof is too large for the node, and sends the earlier blocks", async () => {
    const s = await scene({}, { maxResponseLength: 600_000 });
    blocks(s.chain, 3);
    s.chain.submit(
      signed(s.chain, alice, batch("batch", new Array(5_000).fill(remarkWithEvent(Uint8Array.of(1))))),
    );
    blocks(s.chain, 3);
    s.relay();
    await until(() => s.notes.some((line) => line.startsWith("relay/node-response-limit")));
    expect([s.worker.dispatched(), s.worker.finalized()]).toEqual([3, 6]);
  });

  it("survives a node that disconnects and returns", async () => {
    const s = await scene();
    blocks(s.chain, 3);
    s.relay();
    await until(() => s.worker.dispatched() === 3);
    const port = Number(new URL(s.node.url).port);
    await s.node.close();
    blocks(s.chain, 2);
    await until(() => s.notes.some((line) => line.includes("relay/node-unreachable")));
    const again = await serveDevchain(s.chain, { port });
    closeLater(() => again.close());
    await until(() => s.worker.dispatched() === 5);
  });

  it("survives a worker that disconnects and returns without state", async () => {
    const s = await scene();
    blocks(s.chain, 3);
    s.relay();
    await until(() => s.worker.dispatched() === 3);
    const port = Number(new URL(s.worker.url).port);
    await s.worker.close();
    blocks(s.chain, 1);
    await until(() => s.notes.some((line) => line.includes("relay/worker-unreachable")));
    const again = await startFakeWorker(port);
    closeLater(() => again.close());
    await until(() => again.dispatched() === 4);
  });

  it("keeps trying a worker that refuses", async () => {
    const s = await scene();
    blocks(s.chain, 2);
    s.worker.refuse("runtime/halted");
    s.relay();
    await until(() => s.notes.filter((line) => line.includes("runtime/halted")).length === 2);
    s.worker.refuse(undefined);
    await until(() => s.worker.dispatched() === 2);
  });

  it("ends for a worker of another chain: relay/wrong-chain", async () => {
    const [s, other] = [await scene(), await scene({ chainName: "another" })];
    blocks(s.chain, 1);
    s.relay();
    await until(() => s.worker.dispatched() === 1);
    await expect(other.relay({ worker: { url: s.worker.url } }).ended).rejects.toMatchObject({
      code: "relay/wrong-chain",
    });
  });

  it("does not initialize a fresh worker if init is false: relay/not-initialized", async () => {
    const s = await scene();
    s.relay({ init: false });
    await until(() => s.notes.some((line) => line.includes("relay/not-initialized")));
    expect(s.worker.finalized()).toBe(-1);
  });

  const lies: [what: string, faults: Faults][] = [
    [
      "answers that are not objects",
      { result: (method, genuine) => (method === "chain_getHeader" ? 7 : genuine) },
    ],
    [
      "headers that do not hash to their block",
      {
        result: (method, genuine) =>
          method === "chain_getHeader" ? { ...(genuine as object), number: "0x63" } : genuine,
      },
    ],
    ["forged proofs", { readProof: (genuine) => genuine.slice(1) }],
    [
      "justifications that are not SCALE",
      {
        result: (method, genuine) => (method === "grandpa_proveFinality" ? "0x00" : genuine),
        justification: (genuine) => ({ ...genuine, round: genuine.round + 1n }),
      },
    ],
  ];
  it.each(lies)("survives a node that sends %s, and the worker does not advance", async (_, faults) => {
    let lying = true;
    const honest: Faults = {};
    const s = await scene({
      faults: {
        result: (method, genuine) => (lying ? faults : honest).result?.(method, genuine) ?? genuine,
        readProof: (genuine, at) => (lying ? faults : honest).readProof?.(genuine, at) ?? genuine,
        justification: (genuine, block) =>
          (lying ? faults : honest).justification?.(genuine, block) ?? genuine,
      },
    });
    blocks(s.chain, 2);
    s.relay();
    await until(() => s.notes.filter((line) => line.includes("trying again")).length >= 2);
    expect(s.worker.dispatched()).toBe(0);
    lying = false;
    // The stored justification is still forged. The next block's justification is genuine.
    if (faults.justification !== undefined) blocks(s.chain, 1);
    await until(() => s.worker.dispatched() === s.chain.finalized().header.number);
  });
});
