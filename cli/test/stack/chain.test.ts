import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toHex } from "@pruntime/core/bytes";
import { createDevchain } from "@pruntime/devchain";
import { expect, it, onTestFinished } from "vitest";
import { startChain } from "../../src/stack/chain.ts";

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "pruntime-chain-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

/** Starts a chain, stops it, and returns its genesis hash. */
async function genesisOf(dataDir?: string, genesisSeed?: string): Promise<string> {
  const { chain, close } = await startChain({
    port: 0,
    blockMs: 0,
    rotateEvery: 0,
    strict: false,
    ...(dataDir === undefined ? {} : { dataDir }),
    ...(genesisSeed === undefined ? {} : { genesisSeed }),
  });
  await close();
  return toHex(chain.genesisHash);
}

it("makes chains that differ, and continues each with its own genesis", async () => {
  const folders = [folder(), folder()];
  const made = [
    await genesisOf(folders[0]),
    await genesisOf(folders[1]),
    await genesisOf(),
    await genesisOf(),
  ];
  expect(new Set(made).size).toBe(4);
  expect([await genesisOf(folders[0]), await genesisOf(folders[1])]).toEqual(made.slice(0, 2));
});

it("makes the same genesis from the same seed", async () => {
  const [one, other] = [folder(), folder()];
  const genesis = await genesisOf(one, "a");
  expect([await genesisOf(one), await genesisOf(one, "a"), await genesisOf(undefined, "a")]).toEqual(
    Array(3).fill(genesis),
  );
  expect(await genesisOf(other, "b")).not.toBe(genesis);
});

it("devchain/other-chain: continues no chain with another seed, and keeps the chain's own", async () => {
  const dataDir = folder();
  const genesis = await genesisOf(dataDir);
  await expect(genesisOf(dataDir, "other")).rejects.toMatchObject({ code: "devchain/other-chain" });
  expect(await genesisOf(dataDir)).toBe(genesis);
});

it("continues the chain of an earlier version, whose genesis has no seed", async () => {
  const dataDir = folder();
  const chain = await createDevchain({ mode: { kind: "manual" }, dataDir });
  chain.close();
  expect(await genesisOf(dataDir)).toBe(toHex(chain.genesisHash));
});

it("serves the chain on the given address, and names an address of this machine", async () => {
  const { url, close } = await startChain({
    host: "0.0.0.0",
    port: 0,
    blockMs: 0,
    rotateEvery: 0,
    strict: false,
  });
  onTestFinished(close);
  expect(url).toMatch(/^ws:\/\/127\.0\.0\.1:[0-9]+$/);
  const at = url.replace("ws:", "http:").replace("127.0.0.1", "127.0.0.2");
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "system_health", params: [] });
  expect((await fetch(at, { method: "POST", headers, body })).status).toBe(200);
});
