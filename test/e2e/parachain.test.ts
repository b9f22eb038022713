/**
 * Tests a worker of a parachain. Separate nodes serve the relay chain and the parachain. The test sends a
 * command on the parachain and awaits the command's receipt.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connectTrustingWhoeverAnswers, httpTransport, type WorkerClient } from "@pruntime/client";
import { accountOf, awaitExecutionReceipt, executionReceiptKey } from "@pruntime/client/chain";
import { toHex, utf8 } from "@pruntime/core/bytes";
import { createNativeCrypto, secureRandom } from "@pruntime/crypto-native";
import { createParaPair, serveDevchain } from "@pruntime/devchain";
import { startGateway } from "@pruntime/gateway";
import { lineProgress, runRelay } from "@pruntime/relay";
import { afterAll, describe, expect, it } from "vitest";
import { pushCommand, signed } from "../../host/devchain/test/support/extrinsic.ts";
import { signer } from "../../host/devchain/test/support/keys.ts";

const crypto = await createNativeCrypto();
const folder = mkdtempSync(join(tmpdir(), "pruntime-parachain-"));
const closing: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

async function connect(url: string): Promise<WorkerClient> {
  const options = {
    transport: httpTransport(url),
    crypto,
    random: secureRandom,
    freshness: { now: Date.now, maxAgeMs: 600_000 },
  };
  for (;;) {
    const client = await connectTrustingWhoeverAnswers(options).catch(() => undefined);
    const status = await client?.status().catch(() => undefined); // no answer is fresh before the first block
    if (client !== undefined && (status?.dispatched?.number ?? 0) > 0) return client;
    await sleep(50);
  }
}

describe("a worker of a parachain", () => {
  it("follows the parachain across a change of the relay chain's authorities", {
    timeout: 120_000,
  }, async () => {
    const manual = { mode: { kind: "manual" }, crypto } as const;
    const { relay, para, paraId, produce, close } = await createParaPair({ relay: manual, para: manual });
    const [relayNode, paraNode] = [await serveDevchain(relay), await serveDevchain(para)];
    const bundle = join(import.meta.dirname, "../../enclave/dist/enclave.mjs");
    const gateway = await startGateway({ bundle, dataDir: folder, log: { level: "silent" } });
    const notes: string[] = [];
    const controller = new AbortController();
    const running = runRelay({
      nodeUrls: [relayNode.url],
      parachain: { id: paraId, nodeUrl: paraNode.url },
      worker: gateway.operator,
      crypto,
      signal: controller.signal,
      progress: lineProgress((line) => notes.push(line)),
    });
    closing.push(
      close,
      () => relayNode.close(),
      () => paraNode.close(),
      () => gateway.close(),
      async () => {
        controller.abort();
        await running;
      },
    );
    produce(2);
    const worker = await connect(gateway.url);
    expect(toHex(worker.worker.genesisHash)).toBe(toHex(para.genesisHash));

    const [alice, bob] = [accountOf("//Alice"), accountOf("//Bob")];
    const push = async (): Promise<string> => {
      const payload = worker.sealCommand(alice.id, 2, { Transfer: { dest: toHex(bob.id), value: "7" } });
      para.submit(signed(para, signer("Alice"), pushCommand(2, utf8(payload))));
      produce(3);
      const receiptKey = executionReceiptKey(utf8(payload));
      const { number: blockNumber } = para.best().header;
      return awaitExecutionReceipt(worker, alice, { receiptKey, blockNumber }, 30_000);
    };
    expect(await push()).toBe("Ok");
    relay.rotateAuthorities();
    expect(await push()).toBe("Ok");
    const status = await worker.status();
    expect([status.authorities?.set_id, status.parachain?.id, status.dispatched?.number]).toEqual([
      "1",
      paraId,
      8,
    ]);
    expect(notes.filter((note) => note.includes("trying again"))).toEqual([]);
  });
});
