import { setImmediate as turn } from "node:timers/promises";
import { createDevchain } from "@pruntime/devchain";
import { afterEach, expect, it, onTestFinished, vi } from "vitest";
import { manualChain } from "./support/chain.ts";
import { pushCommand, signed } from "./support/extrinsic.ts";
import { signer } from "./support/keys.ts";

const alice = signer("Alice");
const command = pushCommand(1, Uint8Array.of(1));

afterEach(() => {
  vi.useRealTimers();
});

it("instant: makes one block for transactions that arrive together, and no empty blocks", async () => {
  const chain = await createDevchain();
  onTestFinished(() => chain.close());
  await turn();
  expect(chain.best().header.number).toBe(0);
  for (const nonce of [0, 1]) chain.submit(signed(chain, alice, command, { nonce }));
  expect(chain.best().header.number).toBe(0); // `submit` returns the hash before the block is made
  await turn();
  await turn();
  expect(chain.best().header.number).toBe(1);
  expect(chain.best().body).toHaveLength(3);
});

it("instant: waits for earlier nonces", async () => {
  const chain = await createDevchain();
  onTestFinished(() => chain.close());
  chain.submit(signed(chain, alice, command, { nonce: 1 }));
  await turn();
  await turn();
  expect(chain.best().header.number).toBe(0);
  chain.submit(signed(chain, alice, command, { nonce: 0 }));
  await turn();
  await turn();
  expect(chain.best().body).toHaveLength(3);
});

it("instant: makes blocks until the pool has no transaction that fits", async () => {
  const chain = await createDevchain({ maxPayload: 4 << 20 });
  onTestFinished(() => chain.close());
  for (let nonce = 0; nonce < 3; nonce++)
    chain.submit(signed(chain, alice, pushCommand(1, new Uint8Array(3_000_000)), { nonce }));
  for (let i = 0; i < 8; i++) await turn();
  expect(chain.best().header.number).toBe(3);
  expect(chain.pending()).toEqual([]);
});

it("interval: makes a block at each interval, until the chain is closed", async () => {
  vi.useFakeTimers();
  const chain = await createDevchain({ mode: { kind: "interval", ms: 100 } });
  vi.advanceTimersByTime(350);
  expect(chain.best().header.number).toBe(3);
  chain.close();
  vi.advanceTimersByTime(350);
  expect(chain.best().header.number).toBe(3);
});

it("manual: makes blocks only on request", async () => {
  const chain = await manualChain();
  chain.submit(signed(chain, alice, command));
  await turn();
  expect(chain.best().header.number).toBe(0);
  chain.produceBlock();
  expect(chain.best().body).toHaveLength(2);
});

it("reports a pooled transaction before the block that includes it", async () => {
  const chain = await createDevchain();
  onTestFinished(() => chain.close());
  const heard: string[] = [];
  chain.subscribe(({ kind }) => heard.push(kind));
  chain.submit(signed(chain, alice, command));
  await turn();
  await turn();
  expect(heard).toEqual(["pooled", "imported", "best", "finalized"]);
});
