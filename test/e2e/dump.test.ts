/**
 * Saves a worker's state with `pruntime dump`, and loads it with `pruntime load` into the worker's next
 * process. Chain, worker and relay are processes of their own.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { GetStatus } from "@pruntime/api";
import { accountOf, ChainClient } from "@pruntime/client/chain";
import { toHex } from "@pruntime/core/bytes";
import { u32At } from "@pruntime/core/scale";
import { expect, it } from "vitest";
import WebSocket from "ws";
import { run, testStack } from "./processes.ts";

const { folder, started } = testStack("dump", "SIGKILL");

/** Runs a command to its end, and returns what it printed as JSON. */
async function printed(...args: readonly string[]): Promise<unknown> {
  return JSON.parse((await run(...args, "--max-age", "600", "--json")).stdout);
}

it("a dump brings the worker's next process to the same state; torn and older dumps are refused", {
  timeout: 400_000,
}, async () => {
  const [data, bob] = [["--data-dir", join(folder, "data")], toHex(accountOf("//Bob").id)];
  const file = (name: string): string => join(folder, name);
  const chain = (await started("chain", ...data, "--port", "0", "--block-ms", "0")).ready["chain"]!;
  const client = await ChainClient.connect(chain, { websocketClass: WebSocket });
  const startWorker = () =>
    started("worker", ...data, "--port", "0", "--no-saved-state", "--log-level", "error");
  const startRelay = () => started("relay", ...data, "--node", chain, "--no-spool");
  let worker = await startWorker();
  let relay = await startRelay();

  const toWorker = (): readonly string[] => ["--worker", worker.ready["worker"]!];
  const status = async () =>
    ((await printed("info", ...toWorker())) as { readonly status: GetStatus }).status;
  const dump = (name: string) => printed("dump", file(name), ...data);
  const load = (name: string) => printed("load", file(name), ...data);
  const balance = async () => {
    const request = JSON.stringify({ FreeBalance: { account: bob } });
    const trust = [...toWorker(), "--trust-whoever-answers"];
    const { value } = (await printed("query", "balances", request, "--as", "//Bob", ...trust)) as {
      readonly value: unknown;
    };
    return value;
  };
  /** Pushes a command, and returns the number of its block. */
  const push = async (command: object | string): Promise<number> => {
    const payload = JSON.stringify({ Plain: JSON.stringify(command) });
    return (await client.push(accountOf("//Alice"), 2, payload)).blockNumber;
  };
  const pay = () => push({ Transfer: { dest: bob, value: "5" } });
  const dispatched = async (block: number): Promise<GetStatus> => {
    for (;;) {
      const now = await status();
      if (now.dispatched?.number === block) return now;
      await sleep(200);
    }
  };

  for (let i = 0; i < 45; i++) await push(`${i}${"x".repeat(15_000)}`); // 0.7 MB of execution receipts
  const first = await pay();
  await dispatched(first);
  expect(await dump("first")).toMatchObject({ ok: true, block: { number: first } });
  const second = await pay();
  await dispatched(second);
  expect(await load("first")).toMatchObject({ ok: false, code: "dump/older" });
  expect(await dump("second")).toMatchObject({ ok: true, block: { number: second } });
  const [before, paid] = [await status(), await balance()];
  expect(paid).toEqual({ FreeBalance: { balance: "10" } });

  await relay.end();
  await worker.end();
  worker = await startWorker();
  expect(await status()).toMatchObject({ dispatched: { number: 0 }, below_mark: true });

  const whole = readFileSync(file("second"));
  const pages = pagesOf(whole);
  expect(pages.length).toBeGreaterThan(1);
  const torn = Uint8Array.from(whole);
  torn[pages[1]! + 1_000]! ^= 1;
  writeFileSync(file("torn"), torn);
  writeFileSync(file("cut"), whole.subarray(0, -1_000));
  writeFileSync(file("short"), whole.subarray(0, pages.at(-1)));
  for (const [name, code] of [
    ["torn", "enclave/bad-seal"],
    ["cut", "cli/bad-file"],
    ["short", "cli/bad-file"],
  ] as const) {
    expect([name, await load(name)]).toMatchObject([name, { ok: false, code }]);
    expect(await status()).toMatchObject({ dispatched: { number: 0 }, below_mark: true });
  }

  expect(await load("second")).toMatchObject({ ok: true });
  const { query_key: _, ...same } = before;
  expect(await status()).toMatchObject(same);
  expect(await balance()).toEqual(paid);

  relay = await startRelay();
  await dispatched(await pay());
  expect(await balance()).toEqual({ FreeBalance: { balance: "15" } });
  client.close();
});

/** Where each page begins in the file of a dump, before its length. */
function pagesOf(file: Uint8Array): number[] {
  const starts: number[] = [];
  for (let at = 32; at < file.length; at += 4 + u32At(file, at)) starts.push(at);
  return starts;
}
