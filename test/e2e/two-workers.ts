/** Two workers on a chain whose blocks this process makes: each with a gateway, an enclave and a relay. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connectTrustingWhoeverAnswers, httpTransport, type WorkerClient } from "@pruntime/client";
import type { Crypto } from "@pruntime/core/crypto";
import { createNativeCrypto, secureRandom } from "@pruntime/crypto-native";
import { createDevchain, type Devchain, type DevchainOptions, serveDevchain } from "@pruntime/devchain";
import { startGateway } from "@pruntime/gateway";
import { runRelay, type StartTerms, silentProgress } from "@pruntime/relay";
import { afterEach } from "vitest";

export const crypto: Crypto = await createNativeCrypto();
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A client of the worker at this address, once the worker has executed a block. */
export async function connect(url: string): Promise<WorkerClient> {
  const freshness = { now: Date.now, maxAgeMs: 600_000 };
  const options = { transport: httpTransport(url), crypto, random: secureRandom, freshness };
  for (;;) {
    const client = await connectTrustingWhoeverAnswers(options).catch(() => undefined);
    const status = await client?.status().catch(() => undefined); // no answer is fresh before the first block
    if (client !== undefined && (status?.dispatched?.number ?? 0) > 0) return client;
    await sleep(50);
  }
}

/** A chain in this process, and two workers on it. A test of the file ends them. */
export interface Scene {
  readonly chain: Devchain;
  /** The node's URL. */
  readonly node: string;
  /** The workers' REST addresses. */
  readonly workers: readonly [string, string];
}

/**
 * Starts a chain, which makes a block for each transaction, and two workers that follow it on these terms.
 */
export async function scene(options: DevchainOptions = {}, terms?: StartTerms): Promise<Scene> {
  const chain = await createDevchain({ crypto, mode: { kind: "instant" }, ...options });
  const node = await serveDevchain(chain);
  closing.push(
    () => chain.close(),
    () => node.close(),
  );
  chain.produceBlock();
  const workers = await Promise.all([1, 2].map(() => startWorker(node.url, terms)));
  return { chain, node: node.url, workers: workers as [string, string] };
}

const operators = new Map<string, { readonly url: string; readonly tokenFile: string }>();
/** Returns the command's options for one side: the address for operator calls, and the token file. */
export const side = (name: "from" | "to", worker: string): readonly string[] => {
  const { url = "", tokenFile = "" } = operators.get(worker) ?? {};
  return [`--${name}`, url, `--${name}-token-file`, tokenFile];
};

async function startWorker(nodeUrl: string, terms?: StartTerms): Promise<string> {
  const dataDir = mkdtempSync(join(tmpdir(), "pruntime-handover-"));
  const bundle = join(import.meta.dirname, "../../enclave/dist/enclave.mjs");
  const gateway = await startGateway({ bundle, dataDir, log: { level: "silent" } });
  const tokenFile = join(dataDir, "token");
  writeFileSync(tokenFile, gateway.operator.token);
  operators.set(gateway.url, { url: gateway.operator.url, tokenFile });
  const controller = new AbortController();
  const relay = runRelay({
    nodeUrls: [nodeUrl],
    worker: gateway.operator,
    crypto,
    signal: controller.signal,
    progress: silentProgress,
    ...(terms === undefined ? {} : { terms }),
  });
  closing.push(
    () => rmSync(dataDir, { recursive: true, force: true }),
    () => gateway.close(),
    async () => {
      controller.abort();
      await relay;
    },
  );
  return gateway.url;
}
