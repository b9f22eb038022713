/**
 * Tests the client against real processes. The client verifies a worker, seals, pushes and queries. It
 * refuses a clone of that worker that was cut off from the chain, at the first query after `maxAgeMs`.
 */
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type ConnectOptions, connect, type WorkerClient } from "@pruntime/client";
import { accountOf, ChainClient } from "@pruntime/client/chain";
import { balances } from "@pruntime/client/contracts/balances";
import { followFinality, httpRpc, rpcHeaders } from "@pruntime/client/finality";
import { toHex } from "@pruntime/core/bytes";
import { decodeCheckpoint, startFromCheckpoint } from "@pruntime/core/light-client";
import { createNativeCrypto } from "@pruntime/crypto-native";
import { connectNode, type NodeConnection } from "@pruntime/relay";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import WebSocket from "ws";
import { type Part, run, testStack } from "./processes.ts";

const { folder, started: part } = testStack("client");
const data = (name: string): string => join(folder, name);
const crypto = await createNativeCrypto();
const [alice, bob] = [accountOf("//Alice"), accountOf("//Bob")];

let node: string;
let devnode: NodeConnection;
/** The policy and anchor that the operator's own commands wrote before any worker replied. */
let trust: Pick<ConnectOptions, "policy" | "anchor">;
let [worker, clone, cloneRelay] = [] as unknown as [Part, Part, Part];
const urlOf = (started: Part): string => started.ready["worker"] ?? "";

/** Waits until the worker has executed `block`, and connects. The test's own timeout limits the wait. */
async function connectedAt(
  started: Part,
  block: number,
  options: Partial<ConnectOptions> = {},
): Promise<WorkerClient> {
  for (;;) {
    const client = await connect(urlOf(started), { ...trust, crypto, ...options }).catch(() => undefined);
    const status = await client?.status().catch(() => undefined);
    if (status?.dispatched?.number === block) return client as WorkerClient;
    await sleep(100);
  }
}

async function newBlock(): Promise<number> {
  await devnode.request("dev_newBlock");
  return Number.parseInt(((await devnode.request("chain_getHeader")) as { number: string }).number, 16);
}

/** Asks the worker and then the clone, which is behind, by commands with the same file of `--session`. */
async function refusedByStoredSession(): Promise<void> {
  const trusting = ["--policy", join(data("a"), "policy.json"), "--anchor", `0x${String(trust.anchor)}`];
  const ask = async (at: Part, ...more: readonly string[]): Promise<unknown> => {
    const request = ["query", "balances", "TotalIssuance", "--worker", urlOf(at), "--max-age", "3600"];
    const { stdout, exitCode } = await run(...request, ...trusting, "--json", ...more);
    return { exitCode, ...(JSON.parse(stdout) as object) };
  };
  const session = ["--session", data("session.json")];
  const plain = ["--kind", "plain"];
  expect(await ask(worker, ...session)).toMatchObject({ exitCode: 0, as_of: { known_from: "anchor" } });
  expect(await ask(worker, ...session)).toMatchObject({ exitCode: 0, as_of: { known_from: "reply" } });
  const atClone = [ask(clone), ask(clone, ...session), ask(clone, ...session, ...plain)];
  expect(await Promise.all(atClone)).toMatchObject([
    { exitCode: 0 },
    { exitCode: 1, code: "query/ahead" },
    { exitCode: 1, code: "client/went-back" },
  ]);
}

beforeAll(async () => {
  const chain = await part(
    "chain",
    "--port",
    "0",
    "--block-ms",
    "0",
    "--rotate-every",
    "0",
    "--data-dir",
    data("chain"),
  );
  node = chain.ready["chain"] ?? "";
  devnode = await connectNode(node);
  const born = await part("worker", "--port", "0", "--data-dir", data("a"));
  trust = {
    policy: readFileSync(join(data("a"), "policy.json"), "utf8"),
    anchor: readFileSync(join(data("chain"), "anchor"), "utf8").trim(),
  };
  const bornRelay = await part("relay", "--node", node, "--data-dir", data("a"));
  await connectedAt(born, await newBlock());
  await bornRelay.end();
  await born.end();
  // A clone is a copy of everything that a worker has on its host's disk.
  cpSync(data("a"), data("b"), { recursive: true });
  worker = await part("worker", "--port", "0", "--data-dir", data("a"));
  clone = await part("worker", "--port", "0", "--data-dir", data("b"));
  await part("relay", "--node", node, "--data-dir", data("a"));
  cloneRelay = await part("relay", "--node", node, "--data-dir", data("b"));
}, 120_000);

afterAll(() => devnode?.close());

describe("a client of real workers", () => {
  it("verifies, seals, pushes and queries, and proves to others which worker answered", {
    timeout: 90_000,
  }, async () => {
    const client = await connectedAt(worker, await newBlock());
    expect(client.attested?.authentic.kind).toBe("simulated");
    const chain = await ChainClient.connect(node, { websocketClass: WebSocket });
    const push = client.push(chain, alice, balances.transfer({ dest: bob.id, value: 77n }));
    const steps: string[] = [];
    for await (const { step } of push) steps.push(step);
    expect(steps).toEqual(["sealed", "in-block", "finalized", "executed"]);
    expect(await push.executed).toEqual({ outcome: "Ok" });
    chain.close();
    const answer = await client.query(balances.freeBalance(bob.id), { signer: bob.query });
    expect(answer.value).toBe(77n);

    const account = Buffer.from(bob.id).toString("hex");
    const request = JSON.stringify({ FreeBalance: { account } });
    // Nothing listens at the first address, so the command asks the worker at the second one.
    const addresses = ["--worker", "http://127.0.0.1:1", "--worker", urlOf(worker)];
    const asked = ["query", "balances", request, ...addresses, "--json"];
    const trusting = ["--policy", join(data("a"), "policy.json"), "--anchor", `0x${String(trust.anchor)}`];
    const own = await run(...asked, ...trusting, "--as", "//Bob");
    expect([own.exitCode, JSON.parse(own.stdout)]).toMatchObject([
      0,
      { ok: true, value: { FreeBalance: { balance: "77" } } },
    ]);
    const foreign = await run(...asked, ...trusting, "--as", "//Alice");
    expect([foreign.exitCode, JSON.parse(foreign.stdout)]).toMatchObject([
      1,
      { ok: false, value: { Error: "NotAuthorized" } },
    ]);

    const [receipt, policy] = [data("receipt.json"), join(data("a"), "policy.json")];
    writeFileSync(receipt, JSON.stringify(client.replyReceipt(answer)));
    const at = new Date(Date.now() + 1000).toISOString();
    const { exitCode, stdout } = await run("verify", "receipt", receipt, "--policy", policy, "--at", at);
    expect([exitCode, JSON.parse(stdout)]).toMatchObject([
      0,
      { ok: true, verdict: "accepted", kind: "simulated" },
    ]);
  });

  it("client/node-on-other-chain: puts no command on another development chain", async () => {
    const elsewhere = await part("chain", "--port", "0", "--block-ms", "0", "--data-dir", data("elsewhere"));
    const url = elsewhere.ready["chain"] ?? "";
    const command = JSON.stringify({ Transfer: { dest: toHex(bob.id), value: "1" } });
    const trusting = ["--policy", join(data("a"), "policy.json"), "--anchor", `0x${String(trust.anchor)}`];
    const to = ["--worker", urlOf(worker), "--node", url, "--max-age", "3600"];
    const { exitCode, stdout } = await run("push", "balances", command, ...to, ...trusting, "--json");
    expect([exitCode, JSON.parse(stdout)]).toMatchObject([
      1,
      { code: "client/node-on-other-chain", message: expect.stringContaining("--node") as string },
    ]);
    const other = await connectNode(url);
    expect(await other.request("chain_getHeader")).toMatchObject({ number: "0x0" });
    other.close();
  });

  it("refuses a worker that runs other code, and one with another anchor", async () => {
    const policy = { version: 1, simulated: { measurements: ["00".repeat(32)] } };
    await expect(connect(urlOf(worker), { ...trust, policy })).rejects.toMatchObject({
      code: "client/policy-refused",
    });
    await expect(connect(urlOf(worker), { ...trust, policy: { version: 1 } })).rejects.toMatchObject({
      code: "evidence/kind-not-trusted",
    });
    await expect(connect(urlOf(worker), { ...trust, anchor: "00".repeat(32) })).rejects.toMatchObject({
      code: "client/wrong-chain",
    });
  });

  it("gets the same anchor from the genesis, and from a node that it does not trust", async () => {
    const genesis = (await devnode.request("chain_getBlockHash", 0)) as string;
    const told = await run("anchor", "--genesis", genesis, "--node", node, "--json");
    expect(JSON.parse(told.stdout)).toEqual({ ok: true, anchor: `0x${String(trust.anchor)}` });
    const other = await run("anchor", "--genesis", `0x${"00".repeat(32)}`, "--node", node, "--json");
    expect([other.exitCode, JSON.parse(other.stdout)]).toMatchObject([
      1,
      { ok: false, code: "client/wrong-chain" },
    ]);
  });

  it("confirms by the chain's headers that the worker's final block is final", {
    timeout: 60_000,
  }, async () => {
    const file = data("checkpoint.json");
    expect((await run("checkpoint", "--node", node, "--at", "0", "--out", file)).exitCode).toBe(0);
    const begin = startFromCheckpoint(crypto, decodeCheckpoint(readFileSync(file, "utf8").trim()));
    const finality = followFinality(begin, rpcHeaders(httpRpc(node)), crypto);
    const client = await connect(urlOf(worker), { ...trust, crypto, finality });
    await client.query(balances.totalIssuance());
    const misled = async (genesis: Uint8Array, { number }: { readonly number: number }): Promise<void> =>
      finality(genesis, { number, hash: new Uint8Array(32) });
    const doubting = await connect(urlOf(worker), { ...trust, crypto, finality: misled });
    await expect(doubting.query(balances.totalIssuance())).rejects.toMatchObject({
      code: "client/not-final",
    });
  });

  it("refuses a clone that was cut off from the chain, at the first query after maxAgeMs", {
    timeout: 120_000,
  }, async () => {
    const cutAt = await newBlock();
    let clock = 0;
    const now = (): number => clock;
    // Up to this block, the clone follows the chain. It has the worker's keys and equally good evidence, so a
    // client accepts it.
    const atClone = await connectedAt(clone, cutAt);
    const last = await atClone.query(balances.totalIssuance());
    await cloneRelay.end();
    const live = await (await connectedAt(worker, await newBlock())).query(balances.totalIssuance());
    await refusedByStoredSession();
    const missed = Number(live.chainTimeMs - last.chainTimeMs);
    expect(missed).toBeGreaterThan(1);

    const options = { ...trust, crypto, now, maxAgeMs: Math.floor(missed / 2) };
    clock = Number(last.chainTimeMs);
    const client = await connect(urlOf(clone), options);
    expect(client.worker).toEqual((await connect(urlOf(worker), options)).worker);
    await client.query(balances.totalIssuance());
    clock += options.maxAgeMs;
    await client.query(balances.totalIssuance());
    clock++;
    await expect(client.query(balances.totalIssuance())).rejects.toMatchObject({ code: "client/stale" });
    await expect(
      (await connect(urlOf(clone), options)).query(balances.totalIssuance()),
    ).rejects.toMatchObject({
      code: "client/stale",
    });
    clock = Number(live.chainTimeMs);
    expect((await (await connect(urlOf(worker), options)).query(balances.totalIssuance())).value).toBe(
      1_024_000_000_000_000n,
    );
  });
});
