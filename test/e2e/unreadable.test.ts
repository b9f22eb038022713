/** Tests a worker whose chain upgrades to a runtime that the worker's program cannot read. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectTrustingWhoeverAnswers, httpTransport } from "@pruntime/client";
import { genesisAnchor } from "@pruntime/client/finality";
import { fromBase64, toHex } from "@pruntime/core/bytes";
import { createNativeCrypto, secureRandom } from "@pruntime/crypto-native";
import { bridgeInitInfo, createDevchain, serveDevchain } from "@pruntime/devchain";
import { startGateway } from "@pruntime/gateway";
import { lineProgress, RemoteWorker, runRelay } from "@pruntime/relay";
import { afterAll, expect, it } from "vitest";

const crypto = await createNativeCrypto();
const folder = mkdtempSync(join(tmpdir(), "pruntime-unreadable-"));
const closing: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

it("continues to verify finality, and reports that its answers are as of its last executed block", {
  timeout: 120_000,
}, async () => {
  const chain = await createDevchain({ crypto, mode: { kind: "manual" }, systemVersions: [3, 4] });
  const node = await serveDevchain(chain);
  const bundle = join(import.meta.dirname, "../../enclave/dist/enclave.mjs");
  const gateway = await startGateway({ bundle, dataDir: folder, log: { level: "silent" } });
  const notes: string[] = [];
  const controller = new AbortController();
  const genesisBalance = { kind: "account", account: new Uint8Array(32).fill(7), amount: 5n } as const;
  const relay = runRelay({
    nodeUrls: [node.url],
    worker: gateway.operator,
    terms: { meaning: "proven", genesisBalance },
    crypto,
    signal: controller.signal,
    progress: lineProgress((line) => notes.push(line)),
  });
  closing.push(
    () => chain.close(),
    () => node.close(),
    () => gateway.close(),
    async () => {
      controller.abort();
      await relay;
    },
  );
  const worker = new RemoteWorker({ url: gateway.url });
  const status = () => worker.status().catch(() => undefined);
  chain.produceBlock();
  await expect.poll(async () => (await status())?.dispatched?.number, { timeout: 60_000 }).toBe(1);
  const { anchor, public_key } = (await status())!;
  const info = fromBase64(bridgeInitInfo(chain));
  expect(anchor).toBe(
    toHex(genesisAnchor(chain.genesisHash, info, { genesisBalance, channelV1: true }, crypto)),
  );

  chain.upgradeRuntime(); // block 2 stores the code, which block 3 runs
  for (let i = 0; i < 4; i++) chain.produceBlock();
  await expect.poll(async () => (await status())?.finalized?.number, { timeout: 60_000 }).toBe(5);
  chain.produceBlock();
  await expect.poll(async () => (await status())?.finalized?.number, { timeout: 60_000 }).toBe(6);
  expect(await status()).toMatchObject({
    dispatched: { number: 2 },
    public_key,
    runtime_unreadable: { code: "code/no-metadata", since: 3 },
  });
  expect(notes.filter((note) => note.includes("Start the worker with a newer program"))).toHaveLength(1);

  const client = await connectTrustingWhoeverAnswers({
    transport: httpTransport(gateway.url),
    crypto,
    random: secureRandom,
    freshness: { now: Date.now, maxAgeMs: 600_000 },
  });
  expect(await client.query(2, "TotalIssuance")).toMatchObject({
    value: { TotalIssuance: { total_issuance: "5" } },
    dispatchedNumber: 2,
    finalizedNumber: 6,
    runtimeUnreadable: true,
  });
});
