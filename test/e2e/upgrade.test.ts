/**
 * Tests a worker that starts from the genesis and decodes events with metadata from the chain's proven code.
 * The worker follows live upgrades, and then executes a command from a remark.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connectTrustingWhoeverAnswers, httpTransport, type WorkerClient } from "@pruntime/client";
import { type Account, accountOf, awaitExecutionReceipt, executionReceiptKey } from "@pruntime/client/chain";
import { toHex, utf8 } from "@pruntime/core/bytes";
import { encodeCommandRemark } from "@pruntime/core/extrinsics";
import { createNativeCrypto, secureRandom } from "@pruntime/crypto-native";
import { createDevchain, serveDevchain } from "@pruntime/devchain";
import { startGateway } from "@pruntime/gateway";
import { lineProgress, runRelay } from "@pruntime/relay";
import { afterAll, describe, expect, it } from "vitest";
import {
  asMultiThreshold1,
  pushCommand,
  remarkWithEvent,
  signed,
} from "../../host/devchain/test/support/extrinsic.ts";
import { type Signer, signer } from "../../host/devchain/test/support/keys.ts";

const crypto = await createNativeCrypto();
const folder = mkdtempSync(join(tmpdir(), "pruntime-upgrade-"));
const closing: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

const alice = accountOf("//Alice");
const bob = accountOf("//Bob");

async function connect(url: string): Promise<WorkerClient> {
  const options = {
    transport: httpTransport(url),
    crypto,
    random: secureRandom,
    freshness: { now: Date.now, maxAgeMs: 600_000 },
  };
  for (;;) {
    const client = await connectTrustingWhoeverAnswers(options).catch(() => undefined);
    const status = await client?.status().catch(() => undefined);
    if (client !== undefined && (status?.dispatched?.number ?? 0) !== 0) return client;
    await sleep(50);
  }
}

describe("a worker that trusts only the genesis", () => {
  it("follows upgrades to a newer system version, and executes commands from remarks", {
    timeout: 120_000,
  }, async () => {
    const chain = await createDevchain({ crypto, mode: { kind: "instant" }, systemVersions: [1, 2, 3, 3] });
    const node = await serveDevchain(chain);
    const bundle = join(import.meta.dirname, "../../enclave/dist/enclave.mjs");
    const gateway = await startGateway({ bundle, dataDir: folder, log: { level: "silent" } });
    const notes: string[] = [];
    const controller = new AbortController();
    const relay = runRelay({
      nodeUrls: [node.url],
      worker: gateway.operator,
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
    chain.produceBlock();
    const worker = await connect(gateway.url);
    let specVersion = 1;
    const submit = (by: Signer, call: Uint8Array): void => {
      chain.submit(signed(chain, by, call, { specVersion }));
    };
    const executed = (account: Account, payload: string): Promise<string> => {
      const receiptKey = executionReceiptKey(utf8(payload));
      const { number: blockNumber } = chain.best().header;
      return awaitExecutionReceipt(worker, account, { receiptKey, blockNumber }, 30_000);
    };
    const push = async (): Promise<string> => {
      const payload = worker.sealCommand(alice.id, 2, { Transfer: { dest: toHex(bob.id), value: "7" } });
      submit(signer("Alice"), pushCommand(2, utf8(payload)));
      return executed(alice, payload);
    };
    expect(await push()).toBe("Ok");

    chain.upgradeRuntime();
    chain.produceBlock();
    specVersion = chain.runtimeVersionAt(chain.best()).specVersion;
    expect(await push()).toBe("Ok");
    expect(notes.filter((note) => note.includes("proven"))).toHaveLength(1);

    chain.produceBlock();
    chain.upgradeRuntime({ silent: true });
    for (let i = 0; i < 3; i++) chain.produceBlock(); // a batch with the change in its middle
    specVersion = chain.runtimeVersionAt(chain.best()).specVersion;
    expect(await push()).toBe("Ok");
    expect(notes.filter((note) => note.includes("proven"))).toHaveLength(2);

    // From system version 3 on, a block stores the new code as pending. The next block applies and announces
    // the code.
    chain.upgradeRuntime();
    for (let i = 0; i < 3; i++) chain.produceBlock();
    specVersion = chain.runtimeVersionAt(chain.best()).specVersion;
    expect([specVersion, chain.runtimeVersionAt(chain.best()).systemVersion]).toEqual([4, 3]);
    expect(await push()).toBe("Ok");
    expect(notes.filter((note) => note.includes("proven"))).toHaveLength(4);

    const payload = worker.sealCommand(bob.id, 2, { Transfer: { dest: toHex(alice.id), value: "2" } });
    submit(signer("Bob"), remarkWithEvent(encodeCommandRemark({ contractId: 2, payload: utf8(payload) })));
    expect(await executed(bob, payload)).toBe("Ok");
    submit(signer("Bob"), remarkWithEvent(utf8("nothing to us")));
    submit(signer("Charlie"), asMultiThreshold1([alice.id], remarkWithEvent(utf8("nothing to us, by both"))));
    expect(await push()).toBe("Ok");
    const { value } = await worker.query(
      2,
      { FreeBalance: { account: toHex(bob.id) } },
      { signer: bob.query },
    );
    expect(value).toMatchObject({ FreeBalance: { balance: "33" } });
    expect(notes.filter((note) => note.includes("trying again"))).toEqual([]);
  });
});
