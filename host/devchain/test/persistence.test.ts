import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { to0x } from "@pruntime/core/bytes";
import { portableCrypto } from "@pruntime/core/crypto";
import { createDevchain, type Devchain, type DevchainOptions } from "@pruntime/devchain";
import { expect, it, onTestFinished } from "vitest";
import { growTo } from "./support/chain.ts";
import { nonceOf, pushCommand, signed } from "./support/extrinsic.ts";
import { signer } from "./support/keys.ts";

const alice = signer("Alice");

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "devchain-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

async function open(dataDir: string, options: DevchainOptions = {}): Promise<Devchain> {
  const chain = await createDevchain({ mode: { kind: "manual" }, dataDir, ...options });
  onTestFinished(() => chain.close());
  return chain;
}

/** Makes four blocks, each with a command, and closes the chain. The second block ends an authority set. */
async function grown(dataDir: string): Promise<Devchain> {
  const chain = await open(dataDir);
  for (let i = 0; i < 4; i++) {
    chain.submit(signed(chain, alice, pushCommand(i, new Uint8Array(10))));
    if (i === 1) chain.rotateAuthorities();
    chain.produceBlock();
  }
  chain.close();
  return chain;
}

function hashes(chain: Devchain): string[] {
  return Array.from({ length: chain.best().header.number + 1 }, (_, number) =>
    to0x(chain.blockAt(number)!.hash),
  );
}

it("continues with the same blocks, states and justifications", async () => {
  const dataDir = folder();
  const before = await grown(dataDir);
  const chain = await open(dataDir);
  expect(hashes(chain)).toEqual(hashes(before));
  expect(chain.finalized()).toEqual(before.finalized());
  for (const number of [1, 2, 3, 4]) {
    const block = chain.blockAt(number)!;
    expect(chain.justificationOf(block)).toEqual(before.justificationOf(block));
    expect(chain.stateOf(block).root).toEqual(block.header.stateRoot);
  }
  expect(nonceOf(chain, alice.id)).toBe(4);
});

it("continues after the last block, and can be opened again", async () => {
  const dataDir = folder();
  await grown(dataDir);
  const second = await open(dataDir);
  growTo(second, 6);
  second.close();
  expect(hashes(await open(dataDir))).toEqual(hashes(second));
});

it("loses at most the block that was being written, wherever the log ends", async () => {
  const dataDir = folder();
  const all = hashes(await grown(dataDir));
  const log = join(dataDir, "chain.log");
  const whole = readFileSync(log);
  for (const cut of [1, 7, 8, 9, 50, 150]) {
    writeFileSync(log, whole.subarray(0, -cut));
    const chain = await open(dataDir);
    expect(hashes(chain)).toEqual(all.slice(0, chain.best().header.number + 1));
    expect(chain.best().header.number).toBe(3);
    growTo(chain, 4);
    chain.close();
    const again = await open(dataDir);
    expect(again.best().header.number).toBe(4);
    again.close();
  }
});

it("starts from genesis if the log ends within its head", async () => {
  const dataDir = folder();
  await grown(dataDir);
  truncateSync(join(dataDir, "chain.log"), 20);
  expect((await open(dataDir)).best().header.number).toBe(0);
});

it("removes an incomplete last record", async () => {
  const dataDir = folder();
  const before = await grown(dataDir);
  appendFileSync(join(dataDir, "chain.log"), new Uint8Array(3));
  expect(hashes(await open(dataDir))).toEqual(hashes(before));
});

it("removes a last record that does not match its checksum", async () => {
  const dataDir = folder();
  const before = await grown(dataDir);
  const log = join(dataDir, "chain.log");
  const bytes = readFileSync(log);
  bytes[bytes.length - 20]! ^= 1;
  writeFileSync(log, bytes);
  expect(hashes(await open(dataDir))).toEqual(hashes(before).slice(0, -1));
});

it("devchain/bad-log for a block that re-execution does not reproduce", async () => {
  const dataDir = folder();
  await grown(dataDir);
  const log = join(dataDir, "chain.log");
  const bytes = readFileSync(log);
  const [head, length] = [40, bytes.readUInt32LE(40)];
  bytes[head + 8]! ^= 1; // changes the first block's hash
  const payload = bytes.subarray(head + 8, head + 8 + length);
  bytes.set(portableCrypto.blake2b256(payload).subarray(0, 8), head + 8 + length);
  writeFileSync(log, bytes);
  await expect(open(dataDir)).rejects.toMatchObject({ detail: { code: "devchain/bad-log", number: 1 } });
});

it.each([
  ["a record", 60],
  ["a length, so that the record seems to reach beyond the end", 43],
  ["the checksum of a length", 44],
])("devchain/bad-log for damage of %s before the end", async (_, offset) => {
  const dataDir = folder();
  await grown(dataDir);
  const log = join(dataDir, "chain.log");
  const bytes = readFileSync(log);
  bytes[offset]! ^= 1;
  writeFileSync(log, bytes);
  const detail = { code: "devchain/bad-log", path: realpathSync(log), number: 1 };
  await expect(open(dataDir)).rejects.toMatchObject({ detail });
  expect(readFileSync(log).equals(bytes)).toBe(true);
});

it.each([
  ["name", { chainName: "other" }],
  ["seed", { genesisSeed: "other" }],
  ["maximum payload", { maxPayload: 5 }],
  ["list of pallets", { plain: true }],
  ["set of limits", { limits: "none" as const }],
])("devchain/other-chain for a chain with another %s", async (_, options) => {
  const dataDir = folder();
  await grown(dataDir);
  await expect(open(dataDir, options)).rejects.toThrow("devchain/other-chain");
  await open(dataDir); // the refusal has released the folder
});

it("lock/held while the chain is open", async () => {
  const dataDir = folder();
  const chain = await open(dataDir);
  await expect(open(dataDir)).rejects.toThrow("lock/held");
  chain.close();
  await open(dataDir);
});

it("devchain/closed for blocks and transactions after the chain is closed", async () => {
  const chain = await open(folder());
  chain.close();
  chain.close();
  expect(() => chain.produceBlock()).toThrow("devchain/closed");
  expect(() => chain.submit(new Uint8Array())).toThrow("devchain/closed");
});

it("restores upgrades of both kinds", async () => {
  const dataDir = folder();
  const before = await open(dataDir);
  for (const silent of [false, true]) {
    before.upgradeRuntime({ silent });
    before.produceBlock();
  }
  before.close();
  const chain = await open(dataDir);
  expect(hashes(chain)).toEqual(hashes(before));
  expect(chain.best().specVersion).toBe(3);
});

it("remembers an upgrade that waits for the next block", async () => {
  const dataDir = folder();
  const options = { systemVersions: [3] };
  const before = await open(dataDir, options);
  before.upgradeRuntime();
  before.produceBlock();
  before.close();
  const chain = await open(dataDir, options);
  expect(hashes(chain)).toEqual(hashes(before));
  expect([chain.best().specVersion, chain.produceBlock().specVersion]).toEqual([1, 2]);
});
