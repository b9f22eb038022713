/** Workers that were away for longer than a node keeps state, and the relays that bring them back. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { to0x, toHex } from "@pruntime/core/bytes";
import { faults } from "@pruntime/devchain";
import { type SpoolOptions, Spools, serveSpools } from "@pruntime/relay";
import { describe, expect, it } from "vitest";
import { decodeSpooled, encodeSpooled, type SpooledBlock } from "../../src/spool/record.ts";
import type { SpoolStore } from "../../src/spool/store.ts";
import { type FakeWorker, startFakeWorker } from "../support/fake-worker.ts";
import { temporaryFolder } from "../support/folder.ts";
import { blocks, closeLater, crypto, type Scene, scene, until } from "../support/scene.ts";

/** The node keeps the states of this many blocks. */
const kept = 64;
const pruning = { statePruning: kept };

function spoolsIn(folder: string, more: Partial<SpoolOptions> = {}): Spools {
  const spools = new Spools({ folder, maxBytes: 256 * 2 ** 20, ...more });
  closeLater(() => spools.close());
  return spools;
}

const storeOf = (s: Scene, spools: Spools): SpoolStore | undefined =>
  spools.opened(toHex(s.chain.genesisHash))?.store;
const lastOf = (s: Scene, spools: Spools): number => storeOf(s, spools)?.extent().last ?? 0;
const noted = (s: Scene, text: string): boolean => s.notes.some((line) => line.includes(text));

/** Whether the relay has stored the block up to which it fetches ahead. */
function isAhead(s: Scene, spools: Spools): boolean {
  const target = s.chain.best().header.number - 16;
  return target < 1 || (storeOf(s, spools)?.at(target)?.proofs.length ?? 0) > 0;
}

/** Makes blocks no faster than the relay stores them. */
async function outage(s: Scene, spools: Spools, to: number): Promise<void> {
  for (let head = s.chain.best().header.number; head < to; head = s.chain.best().header.number) {
    blocks(s.chain, Math.min(16, to - head));
    await until(() => isAhead(s, spools));
  }
}

/** A worker at the address of the scene's worker. It has no state, as after a restart. */
async function restarted(s: Scene): Promise<FakeWorker> {
  const worker = await startFakeWorker(Number(new URL(s.worker.url).port));
  closeLater(() => worker.close());
  return worker;
}

/** A relay with a spool, whose worker goes away at block 10, and a chain that goes on to block `to`. */
async function away(to: number, more: Partial<SpoolOptions> = {}): Promise<{ s: Scene; spools: Spools }> {
  const s = await scene(pruning);
  const spools = spoolsIn(temporaryFolder(), { note: (line) => s.notes.push(line), ...more });
  blocks(s.chain, 10);
  s.relay({ spools });
  await until(() => s.worker.dispatched() === 10);
  await s.worker.close();
  await outage(s, spools, to);
  return { s, spools };
}

describe("a worker that was away for longer than its node keeps state", () => {
  it("catches up from the spool, from its first block on", async () => {
    const { s } = await away(200);
    const worker = await restarted(s);
    await until(() => worker.dispatched() === 200);
    expect(worker.refused()).toBeUndefined();
  });

  it("finds its blocks in the spool even if the relay has never reached the worker", async () => {
    const s = await scene(pruning);
    const spools = spoolsIn(temporaryFolder());
    await s.worker.close();
    blocks(s.chain, 2);
    s.relay({ spools });
    await outage(s, spools, 150);
    const numbers = Array.from({ length: 134 }, (_, i) => i + 1);
    const isWhole = (number: number): boolean => {
      const block = storeOf(s, spools)?.at(number);
      return block?.proofs.length === 1 && block.extrinsics?.length === 1;
    };
    await until(() => numbers.every(isWhole));
  });

  it("catches up although the relay was restarted meanwhile", async () => {
    const s = await scene(pruning);
    const folder = temporaryFolder();
    const before = new Spools({ folder, maxBytes: 256 * 2 ** 20 });
    blocks(s.chain, 10);
    const first = s.relay({ spools: before });
    await until(() => s.worker.dispatched() === 10);
    await s.worker.close();
    await outage(s, before, 100);
    await first.stop();
    await before.close();
    blocks(s.chain, 20);
    const after = spoolsIn(folder);
    s.relay({ spools: after });
    await outage(s, after, 200);
    const worker = await restarted(s);
    await until(() => worker.dispatched() === 200);
  });

  it("gets bodies and justifications from the spool, if the node discards bodies, too", async () => {
    const { s } = await away(120);
    s.chain.setFault("no bodies", {
      result: (method, genuine) => (method === "chain_getBlock" ? null : genuine),
    });
    const worker = await restarted(s);
    worker.wantBodies([30, 40]);
    await until(() => worker.dispatched() >= 100);
    expect(worker.refused()).toBeUndefined();
  });

  it("lacks blocks that no relay has stored, and the relay names them: relay/gap", async () => {
    const s = await scene(pruning);
    blocks(s.chain, 10);
    const first = s.relay();
    await until(() => s.worker.dispatched() === 10);
    await first.stop();
    blocks(s.chain, 140);
    s.relay();
    await until(() => noted(s, "relay/gap"));
    const line = s.notes.find((note) => note.includes("relay/gap")) ?? "";
    expect(line).toContain(`relay/gap (from 11, to ${150 - kept})`);
    expect(s.worker.dispatched()).toBe(10);
  });

  it("lacks the blocks before the first block that the spool has", async () => {
    const s = await scene(pruning);
    blocks(s.chain, 10);
    const first = s.relay();
    await until(() => s.worker.dispatched() === 10);
    await first.stop();
    blocks(s.chain, 90);
    s.worker.refuse("runtime/halted");
    const spools = spoolsIn(temporaryFolder());
    s.relay({ spools });
    await outage(s, spools, 200);
    s.worker.refuse(undefined);
    await until(() => noted(s, "relay/gap (from 11, to "));
    const to = Number(/relay\/gap \(from 11, to (\d+)\)/.exec(s.notes.join("\n"))?.[1]);
    expect([to, to >= 36, to < 60]).toEqual([to, true, true]);
  });
});

describe("another relay's spool", () => {
  /** A spool with blocks 1 to 200. The node has discarded the states of most of these blocks. */
  async function supplier(): Promise<{ s: Scene; url: string; spools: Spools }> {
    const s = await scene(pruning);
    const spools = spoolsIn(temporaryFolder());
    blocks(s.chain, 10);
    const relay = s.relay({ spools });
    await until(() => s.worker.dispatched() === 10);
    await outage(s, spools, 200);
    await until(() => s.worker.dispatched() === 200);
    await relay.stop();
    await s.worker.close();
    const served = await serveSpools(spools, 0);
    closeLater(() => served.close());
    return { s, url: served.url, spools };
  }

  it("fills a gap", async () => {
    const { s, url } = await supplier();
    const worker = await restarted(s);
    const spools = spoolsIn(temporaryFolder(), { from: [`${url}/`] });
    s.relay({ spools });
    await until(() => worker.dispatched() === 200);
    expect(storeOf(s, spools)?.extent().first).toBe(0);
  });

  it.each([
    ["forges proofs", (record: SpooledBlock) => ({ ...record, proofs: record.proofs.map(bent) })],
    ["sends blocks of a fork", (record: SpooledBlock) => ({ ...record, encodedHeader: fork(record) })],
    ["sends bytes other than records", () => undefined],
  ])("that %s delays the worker, and the next spool fills the gap", async (_, bend) => {
    const { s, url, spools } = await supplier();
    const liar = await forgingSpool(s, spools, bend);
    const worker = await restarted(s);
    s.relay({ spools: spoolsIn(temporaryFolder(), { from: [liar, url] }) });
    await until(() => worker.dispatched() === 200);
  });

  it("whose records are larger than the relay reads leaves the gap as it is", async () => {
    const { s, url } = await supplier();
    await restarted(s);
    s.relay({ spools: spoolsIn(temporaryFolder(), { from: [url], maxRecordBytes: 100 }) });
    await until(() => noted(s, "relay/state-discarded"));
  });

  it("that has nothing, or cannot be reached, leaves the gap as it is", async () => {
    const { s } = await supplier();
    const empty = await serveSpools(spoolsIn(temporaryFolder()), 0);
    closeLater(() => empty.close());
    const worker = await restarted(s);
    s.relay({ spools: spoolsIn(temporaryFolder(), { from: [empty.url, "http://127.0.0.1:9"] }) });
    await until(() => noted(s, "relay/state-discarded"));
    expect(worker.dispatched()).toBeLessThan(1);
  });
});

describe("a spool with wrong content", () => {
  it("delays the worker until the node's answers replace it", async () => {
    const s = await scene();
    const spools = spoolsIn(temporaryFolder());
    blocks(s.chain, 30);
    s.chain.setFault("forged", faults.forgedProof());
    await s.worker.close();
    const lying = s.relay({ spools });
    await until(() => lastOf(s, spools) >= 14);
    await lying.stop();
    s.chain.clearFaults();
    const worker = await restarted(s);
    s.relay({ spools });
    await until(() => worker.dispatched() === 30);
    expect(noted(s, "worker-refused (action dispatch_block")).toBe(true);
  });

  it("stays in place while no other source is left, because the worker may be wrong", async () => {
    const { s } = await away(150);
    const worker = await restarted(s);
    await until(() => worker.finalized() >= 0);
    worker.refuse("events/bad-proof");
    await until(() => noted(s, "reason events/bad-proof"));
    worker.refuse(undefined);
    await until(() => worker.dispatched() === 150);
  });
});

describe("a full spool", () => {
  it("keeps the oldest blocks that the worker needs, and goes on once they are taken", async () => {
    const s = await scene(pruning);
    const note = (line: string): unknown => s.notes.push(line);
    const spools = spoolsIn(temporaryFolder(), { maxBytes: 600_000, note: (line) => void note(line) });
    blocks(s.chain, 10);
    s.relay({ spools });
    await until(() => s.worker.dispatched() === 10);
    s.worker.refuse("runtime/halted");
    const full = (): boolean => noted(s, "the spool is full of blocks that the worker has not taken");
    while (!full()) {
      blocks(s.chain, 16);
      await until(() => full() || isAhead(s, spools));
    }
    const store = storeOf(s, spools)!;
    expect(store.extent().bytes).toBeLessThanOrEqual(600_000);
    for (let number = 11; number <= 30; number++)
      expect([number, store.at(number)?.proofs.length]).toEqual([number, 1]);
    s.worker.refuse(undefined);
    await until(() => s.worker.dispatched() === s.chain.best().header.number);
    blocks(s.chain, 40);
    await until(() => s.worker.dispatched() === s.chain.best().header.number);
    await until(() => lastOf(s, spools) === s.chain.best().header.number && store.extent().first! > 11);
  });
});

describe("serveSpools", () => {
  it("answers with records and the extent, and with nothing else", async () => {
    const s = await scene();
    const spools = spoolsIn(temporaryFolder());
    blocks(s.chain, 20);
    s.relay({ spools });
    await until(() => s.worker.dispatched() === 20 && lastOf(s, spools) === 20);
    const served = await serveSpools(spools, 0);
    closeLater(() => served.close());
    expect(new URL(served.url).hostname).toBe("127.0.0.1");
    const genesis = toHex(s.chain.genesisHash);
    const get = (path: string, init = {}): Promise<Response> => fetch(`${served.url}${path}`, init);
    const record = decodeSpooled(crypto, new Uint8Array(await (await get(`/${genesis}/3`)).arrayBuffer()));
    expect(to0x(record.hash)).toBe(to0x(s.chain.blockAt(3)!.hash));
    expect(await (await get(`/${genesis}`)).json()).toMatchObject({ last: 20 });
    for (const path of [
      "/",
      `/${genesis}/99`,
      `/${genesis}/03`,
      `/${genesis}/-1`,
      `/${genesis}/4294967296`,
      `/${genesis}/3/`,
      `/${genesis}/3?x`,
      `/${genesis.toUpperCase()}/3`,
      `/${"00".repeat(32)}/3`,
    ])
      expect([path, (await get(path)).status]).toEqual([path, 404]);
    for (const method of ["POST", "PUT", "DELETE"])
      expect((await get(`/${genesis}/3`, { method })).status).toBe(405);
  });
});

/** A server of altered records. @param bend returns `undefined` for bytes other than a record */
async function forgingSpool(
  s: Scene,
  spools: Spools,
  bend: (record: SpooledBlock) => SpooledBlock | undefined,
): Promise<string> {
  const server = createServer((request, response) => {
    const record = storeOf(s, spools)?.at(Number((request.url ?? "").split("/")[2]));
    const forged = record && bend(record);
    response.end(forged === undefined ? "garbage" : encodeSpooled(forged));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closeLater(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function bent({ keys, nodes }: SpooledBlock["proofs"][number]): SpooledBlock["proofs"][number] {
  return { keys, nodes: nodes.map((node, i) => (i === 0 ? node.map((byte) => byte ^ 1) : node)) };
}

/** The header with another parent, so that it is the header of another block. */
function fork({ encodedHeader }: SpooledBlock): Uint8Array {
  return encodedHeader.map((byte, i) => (i === 0 ? byte ^ 1 : byte));
}
