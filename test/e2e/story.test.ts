/**
 * Tests a chain, a relay and two workers as separate processes. The second worker has a copy of the first
 * worker's sealed identity.
 */
import { cpSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { GetStatus } from "@pruntime/api";
import {
  connectTrustingWhoeverAnswers,
  httpTransport,
  type Transport,
  type WorkerClient,
} from "@pruntime/client";
import { accountOf, ChainClient } from "@pruntime/client/chain";
import { toHex } from "@pruntime/core/bytes";
import { createNativeCrypto, secureRandom } from "@pruntime/crypto-native";
import { connectNode, type NodeConnection } from "@pruntime/relay";
import { describe, expect, it } from "vitest";
import WebSocket from "ws";
import { tellStory } from "../../cli/src/stack/story.ts";
import { operatorTransport } from "../../cli/src/worker/operator.ts";
import { operatorOf } from "../../cli/src/worker/operator-address.ts";
import { type Part, run, testStack } from "./processes.ts";

const { folder, started: part } = testStack("e2e");
const crypto = await createNativeCrypto();
const bob = toHex(accountOf("//Bob").id);

const connect = (url: string): Promise<WorkerClient> => connectOver(httpTransport(url));

const connectOver = (transport: Transport): Promise<WorkerClient> =>
  connectTrustingWhoeverAnswers({
    transport,
    crypto,
    random: secureRandom,
    freshness: { now: Date.now, maxAgeMs: 120_000 },
  });

async function headOf(node: NodeConnection): Promise<number> {
  return Number.parseInt(((await node.request("chain_getHeader")) as { number: string }).number, 16);
}

/**
 * Waits until `block` is the latest block that the worker has dispatched. Returns the worker's status. The
 * test's own timeout limits the wait.
 */
async function dispatchedTo(url: string, block: number): Promise<GetStatus> {
  for (;;) {
    const status = await connect(url)
      .then((client) => client.status())
      .catch(() => undefined);
    if (status?.dispatched?.number === block) return status;
    await sleep(100);
  }
}

describe.each([
  { kind: "with this project's pallets", flags: [], via: "pallet" },
  { kind: "without this project's pallets", flags: ["--plain"], via: "remark" },
])("a chain $kind, a relay and two workers", ({ flags, via }) => {
  const data = (name: string): string => join(folder, `${via}-${name}`);

  it("complete the whole story and agree on the state", { timeout: 240_000 }, async () => {
    const [dataA, dataB] = [data("a"), data("b")];
    const chain = await part(
      "chain",
      "--port",
      "0",
      "--block-ms",
      "0",
      "--rotate-every",
      "0",
      "--system-versions",
      "1,2,3,3",
      "--data-dir",
      data("chain"),
      ...flags,
    );
    const node = chain.ready["chain"] ?? "";
    const devnode = await connectNode(node);

    const relayTo = (data: string, ...more: readonly string[]): Promise<Part> =>
      part("relay", "--node", node, "--data-dir", data, ...more);
    await devnode.request("dev_newBlock");

    // A worker stores its keys when it is initialized for a chain. The second worker gets a copy of the keys.
    const born = await part("worker", "--port", "0", "--data-dir", dataA);
    const bornRelay = await relayTo(dataA);
    const atBirth = await dispatchedTo(born.ready["worker"] ?? "", 1);
    await bornRelay.end();
    await born.end();
    cpSync(dataA, dataB, { recursive: true });

    const workerA = await part("worker", "--port", "0", "--data-dir", dataA);
    const urlA = workerA.ready["worker"] ?? "";
    let relayA = await relayTo(dataA);
    expect((await dispatchedTo(urlA, 1)).public_key).toBe(atBirth.public_key);

    const told: string[] = [];
    const client = await ChainClient.connect(node, { websocketClass: WebSocket });
    await tellStory({
      worker: await connect(urlA),
      operator: await connectOver(operatorTransport(operatorOf({ dataDir: dataA }))),
      chain: client,
      rotateAuthorities: async () => {
        await devnode.request("dev_rotateAuthorities");
        await devnode.request("dev_newBlock");
      },
      upgradeRuntime: async () => {
        await devnode.request("dev_upgradeRuntime");
        await devnode.request("dev_newBlock", 2); // the new runtime executes the second block
        return headOf(devnode);
      },
      interruptRelay: async () => {
        await relayA.end("SIGKILL");
        relayA = await relayTo(dataA);
      },
      narrate: (line) => told.push(line),
    });
    client.close();
    expect(told.length).toBeGreaterThan(20);

    expect((await devnode.request("state_getRuntimeVersion")) as object).toMatchObject({
      specVersion: 4,
      systemVersion: 3,
    });

    const [contract, command] = ["balances", JSON.stringify({ Transfer: { dest: bob, value: "1" } })];
    const pushed = async (...more: readonly string[]): Promise<unknown> => {
      const where = ["--node", node, "--worker", urlA, "--trust-whoever-answers", "--json"];
      return JSON.parse((await run("push", contract, command, ...where, ...more)).stdout);
    };
    expect(await pushed()).toMatchObject({ ok: true, via, receipt: "Ok" });
    expect(await pushed("--via", "remark")).toMatchObject({ ok: true, via: "remark", receipt: "Ok" });
    if (via === "remark")
      expect(await pushed("--via", "pallet")).toMatchObject({ ok: false, code: "client/no-such-call" });

    const head = await headOf(devnode);
    const { query_key: queryKeyA, ...statusA } = await dispatchedTo(urlA, head);
    expect(statusA.authorities?.set_id).toBe("2");

    // The second worker reaches the same state under the same keys, in batches of another size.
    const workerB = await part("worker", "--port", "0", "--data-dir", dataB);
    const urlB = workerB.ready["worker"] ?? "";
    await relayTo(dataB, "--headers", "5", "--blocks", "3");
    const { query_key: queryKeyB, ...statusB } = await dispatchedTo(urlB, head);
    expect(statusB).toEqual(statusA);
    expect(queryKeyB).not.toEqual(queryKeyA); // every process draws a query key of its own

    // The first worker is killed together with its gateway. It restarts with its keys and syncs to the same
    // root.
    await workerA.end("SIGKILL");
    const again = await part("worker", "--port", new URL(urlA).port, "--data-dir", dataA);
    expect(again.ready["worker"]).toBe(urlA);
    const { query_key: queryKeyAgain, ...statusAgain } = await dispatchedTo(urlA, head);
    expect(statusAgain).toEqual(statusA);
    expect(queryKeyAgain).not.toEqual(queryKeyA);
    devnode.close();
  });
});
