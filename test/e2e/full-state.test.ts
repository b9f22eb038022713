/**
 * Fills the state of a real enclave until no further block fits, saves the state in pages, and goes on: from
 * the pages, and from the chain with a larger heap. The enclave must not end on its way. `PRUNTIME_HEAPS_MIB`
 * names other sizes of the heap, which take minutes (docs/full-state.md).
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  dispatchBlock,
  dumpBegin,
  dumpPage,
  initRuntime,
  loadPage,
  stateFullSentence,
  syncHeader,
} from "@pruntime/api";
import { connectTrustingWhoeverAnswers, httpTransport } from "@pruntime/client";
import { toBase64, utf8 } from "@pruntime/core/bytes";
import { createNativeCrypto, secureRandom } from "@pruntime/crypto-native";
import { bridgeInitInfo, createDevchain, type Devchain } from "@pruntime/devchain";
import { type Gateway, startGateway } from "@pruntime/gateway";
import { RemoteWorker } from "@pruntime/relay";
import { expect, it, onTestFinished } from "vitest";
import { batch, pushCommand, signed } from "../../host/devchain/test/support/extrinsic.ts";
import { signer } from "../../host/devchain/test/support/keys.ts";
import { blocks, headers } from "../../trusted/runtime/test/support/devchain.ts";
import { run } from "./processes.ts";

const heapsMib = (process.env["PRUNTIME_HEAPS_MIB"] ?? "128").split(",").map(Number);
const crypto = await createNativeCrypto();
const bundle = join(import.meta.dirname, "../../enclave/dist/enclave.mjs");

/** A chain of large blocks, and the worker that follows it. */
class Scene {
  readonly chain: Devchain;
  readonly #dataDir = mkdtempSync(join(tmpdir(), "pruntime-full-"));
  #running: Gateway | undefined;

  constructor(chain: Devchain) {
    this.chain = chain;
  }

  /** Starts the worker again, with this heap. */
  async start(heapMib: number): Promise<void> {
    await this.#running?.close();
    const options = { bundle, dataDir: this.#dataDir, hardware: { heapMib } };
    this.#running = await startGateway({ ...options, log: { level: "silent" } });
  }

  get gateway(): Gateway {
    return this.#running!;
  }

  get worker(): RemoteWorker {
    return new RemoteWorker(this.gateway.operator);
  }

  async close(): Promise<void> {
    await this.#running?.close();
    this.chain.close();
    rmSync(this.#dataDir, { recursive: true, force: true });
  }

  init(): Promise<unknown> {
    return this.worker.call(initRuntime, {
      bridge_genesis_info_b64: bridgeInitInfo(this.chain),
      runtime_metadata_b64: toBase64(this.chain.metadata(14)),
      skip_ra: true,
    });
  }

  /** Produces a block whose execution receipts take 3.6 MB of memory. */
  grow(): void {
    const calls = Array.from({ length: 220 }, () =>
      pushCommand(2, utf8(JSON.stringify({ Plain: secureRandom(8).join() + "x".repeat(16_200) }))),
    );
    this.chain.submit(signed(this.chain, signer("Eve"), batch("batch", calls)));
    this.chain.produceBlock();
  }

  async sync(from: number, to: number): Promise<void> {
    const headers_b64 = headers(this.chain, from, to).headers.map(toBase64);
    await this.worker.call(syncHeader, { headers_b64, authority_set_change_b64: null });
  }

  /** Dispatches a block. Returns the code with which the worker refuses it, or "ok". */
  dispatch(number: number): Promise<string> {
    const blocks_b64 = blocks(this.chain, number, number).blocks.map(toBase64);
    const refused = (error: { readonly detail: { readonly reason?: string } }) => error.detail.reason ?? "";
    return this.worker.call(dispatchBlock, { blocks_b64 }).then(() => "ok", refused);
  }

  async issuance(): Promise<unknown> {
    const client = await connectTrustingWhoeverAnswers({
      transport: httpTransport(this.gateway.url),
      crypto,
      random: secureRandom,
      freshness: { now: Date.now, maxAgeMs: 3_600_000 },
    });
    return (await client.query(2, "TotalIssuance")).value;
  }
}

/** Takes a whole dump. */
async function dumped(worker: RemoteWorker): Promise<{ readonly id: string; readonly pages: string[] }> {
  const { id } = await worker.call(dumpBegin, {});
  const pages: string[] = [];
  for (let last = false; !last; ) {
    const next = await worker.call(dumpPage, { id, index: pages.length });
    pages.push(next.page);
    last = next.last;
  }
  return { id, pages };
}

it.each(heapsMib)(
  "a full worker with %i MiB answers, is saved in pages, comes back, and goes on with more",
  {
    timeout: 2_400_000,
  },
  async (heapMib) => {
    const scene = new Scene(await createDevchain({ crypto, mode: { kind: "manual" } }));
    onTestFinished(() => scene.close());
    await scene.start(heapMib);
    await scene.init();
    let full = 0;
    for (let end = "ok"; end === "ok"; ) {
      scene.grow();
      await scene.sync(++full, full);
      end = await scene.dispatch(full);
      expect(["ok", "executor/state-full"]).toContain(end);
    }
    expect(full).toBeGreaterThan(heapMib / 12);
    const { id, pages } = await dumped(scene.worker);
    expect(pages.length).toBeGreaterThan(heapMib / 2);
    for (let i = 0; i < 3; i++) expect(await scene.dispatch(full)).toBe("executor/state-full");
    const answer = await scene.issuance();
    const { dispatched, state_root, state_full } = await scene.worker.status();
    expect([dispatched?.number, state_full?.since]).toEqual([full - 1, full]);
    const { stdout } = await run("info", "--worker", scene.gateway.url, "--max-age", "3600");
    expect(stdout).toContain(stateFullSentence(state_full!));
    expect(scene.gateway.enclave()).toMatchObject({ state: "ready", restarts: 0 });

    await scene.start(heapMib);
    expect(await scene.worker.status()).toMatchObject({ dispatched: { number: 0 }, state_full: null });
    const ends: boolean[] = [];
    for (const [index, page] of pages.entries())
      ends.push((await scene.worker.call(loadPage, { id, index, page })).done);
    expect(ends.indexOf(true)).toBe(pages.length - 1);
    expect(await scene.worker.status()).toMatchObject({ dispatched, state_root });
    expect(await scene.dispatch(full)).toBe("executor/state-full");
    expect(await scene.issuance()).toEqual(answer);
    expect(scene.gateway.enclave()).toMatchObject({ state: "ready", restarts: 0 });

    await scene.start(2 * heapMib);
    await scene.sync(1, full);
    for (let number = 1; number < full; number++) expect(await scene.dispatch(number)).toBe("ok");
    expect(await scene.worker.status()).toMatchObject({ dispatched, state_root, state_full: null });
    expect(await scene.issuance()).toEqual(answer);
    scene.grow();
    await scene.sync(full + 1, full + 1);
    for (const number of [full, full + 1]) expect(await scene.dispatch(number)).toBe("ok");
    expect(scene.gateway.enclave()).toMatchObject({ state: "ready", restarts: 0 });
  },
);
