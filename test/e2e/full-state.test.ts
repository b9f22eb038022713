/**
 * Fills the state of a real enclave with a small heap until no further block fits, saves the state in pages,
 * and goes on from them after a restart. The enclave must not end on its way.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dispatchBlock, dumpBegin, dumpPage, initRuntime, loadPage, syncHeader } from "@pruntime/api";
import { connectTrustingWhoeverAnswers, httpTransport } from "@pruntime/client";
import { toBase64, utf8 } from "@pruntime/core/bytes";
import { createNativeCrypto, secureRandom } from "@pruntime/crypto-native";
import { bridgeInitInfo, createDevchain } from "@pruntime/devchain";
import { type Gateway, startGateway } from "@pruntime/gateway";
import { RemoteWorker } from "@pruntime/relay";
import { afterAll, expect, it } from "vitest";
import { batch, pushCommand, signed } from "../../host/devchain/test/support/extrinsic.ts";
import { signer } from "../../host/devchain/test/support/keys.ts";
import { blocks, headers } from "../../trusted/runtime/test/support/devchain.ts";

const crypto = await createNativeCrypto();
const dataDir = mkdtempSync(join(tmpdir(), "pruntime-full-"));
const bundle = join(import.meta.dirname, "../../enclave/dist/enclave.mjs");
const chain = await createDevchain({ crypto, mode: { kind: "manual" } });
let gateway: Gateway | undefined;
afterAll(async () => {
  await gateway?.close();
  chain.close();
  rmSync(dataDir, { recursive: true, force: true });
});

async function started(): Promise<{ readonly worker: RemoteWorker; readonly running: Gateway }> {
  await gateway?.close();
  const hardware = { heapMib: 128 };
  const running = await startGateway({ bundle, dataDir, hardware, log: { level: "silent" } });
  gateway = running;
  return { running, worker: new RemoteWorker(running.operator) };
}

/** Produces a block whose execution receipts take 3.6 MB of memory. */
function grow(): void {
  const calls = Array.from({ length: 220 }, () =>
    pushCommand(2, utf8(JSON.stringify({ Plain: secureRandom(8).join() + "x".repeat(16_200) }))),
  );
  chain.submit(signed(chain, signer("Eve"), batch("batch", calls)));
  chain.produceBlock();
}

async function sync(worker: RemoteWorker, number: number): Promise<void> {
  const headers_b64 = headers(chain, number, number).headers.map(toBase64);
  await worker.call(syncHeader, { headers_b64, authority_set_change_b64: null });
}

/** Dispatches a block. Returns the code with which the worker refuses it, or "ok". */
async function dispatch(worker: RemoteWorker, number: number): Promise<string> {
  const blocks_b64 = blocks(chain, number, number).blocks.map(toBase64);
  const refused = (error: { readonly detail: { readonly reason?: string } }) => error.detail.reason ?? "";
  return worker.call(dispatchBlock, { blocks_b64 }).then(() => "ok", refused);
}

async function issuance({ url }: Gateway): Promise<unknown> {
  const client = await connectTrustingWhoeverAnswers({
    transport: httpTransport(url),
    crypto,
    random: secureRandom,
    freshness: { now: Date.now, maxAgeMs: 600_000 },
  });
  return (await client.query(2, "TotalIssuance")).value;
}

it("a full worker goes on answering, is saved in pages, and comes back to the same block", {
  timeout: 400_000,
}, async () => {
  const first = await started();
  await first.worker.call(initRuntime, {
    bridge_genesis_info_b64: bridgeInitInfo(chain),
    runtime_metadata_b64: toBase64(chain.metadata(14)),
    skip_ra: true,
  });
  let full = 0;
  for (let end = "ok"; end === "ok"; ) {
    grow();
    await sync(first.worker, ++full);
    end = await dispatch(first.worker, full);
    expect(["ok", "executor/state-full"]).toContain(end);
  }
  expect(full).toBeGreaterThan(10);
  for (let i = 0; i < 3; i++) expect(await dispatch(first.worker, full)).toBe("executor/state-full");
  const answer = await issuance(first.running);
  const { dispatched, state_root } = await first.worker.status();
  expect(dispatched?.number).toBe(full - 1);

  const { id } = await first.worker.call(dumpBegin, {});
  const pages: string[] = [];
  for (let last = false; !last; ) {
    const next = await first.worker.call(dumpPage, { id, index: pages.length });
    pages.push(next.page);
    last = next.last;
  }
  expect(pages.length).toBeGreaterThan(60);
  expect(first.running.enclave()).toMatchObject({ state: "ready", restarts: 0 });

  const second = await started();
  expect((await second.worker.status()).dispatched?.number).toBe(0);
  const ends: boolean[] = [];
  for (const [index, page] of pages.entries())
    ends.push((await second.worker.call(loadPage, { id, index, page })).done);
  expect(ends.indexOf(true)).toBe(pages.length - 1);
  expect(await second.worker.status()).toMatchObject({ dispatched, state_root });
  for (let i = 0; i < 3; i++) expect(await dispatch(second.worker, full)).toBe("executor/state-full");
  expect(await issuance(second.running)).toEqual(answer);
  expect(second.running.enclave()).toMatchObject({ state: "ready", restarts: 0 });
});
