/**
 * Tests a worker that is stopped for longer than its node keeps state, and a relay that is killed in the
 * meantime. All parts are real processes.
 */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { run, testStack } from "./processes.ts";

const { folder, started } = testStack("outage", "SIGKILL");

type Dispatched = { readonly number: number } | null;

/** Calls a method of the chain over HTTP. */
async function rpc<T>(chain: string, method: string, ...params: readonly unknown[]): Promise<T> {
  const response = await fetch(chain.replace("ws:", "http:"), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
  const { result, error } = (await response.json()) as { readonly result: T; readonly error?: unknown };
  if (error !== undefined) throw new Error(JSON.stringify(error));
  return result;
}

describe("a worker that is stopped for longer than its node keeps state", () => {
  it("catches up from the relay's spool, although the relay was killed in the meantime", {
    timeout: 240_000,
  }, async () => {
    const data = join(folder, "data");
    const chain = (
      await started("chain", "--data-dir", data, "--port", "0", "--block-ms", "0", "--state-pruning", "256")
    ).ready["chain"]!;
    const head = async (): Promise<number> =>
      (await rpc<{ readonly best: number }>(chain, "dev_status")).best;
    const genesis = (await rpc<string>(chain, "chain_getBlockHash", 0)).slice(2);

    const workerArguments = ["worker", "--data-dir", data, "--no-saved-state", "--log-level", "error"];
    let worker = await started(...workerArguments, "--port", "0");
    const url = worker.ready["worker"]!;
    const port = new URL(url).port;
    const relayArguments = ["relay", "--node", chain, "--data-dir", data, "--spool", join(folder, "spool")];
    let relay = await started(...relayArguments, "--spool-port", "0");

    /** The last block in the relay's spool. */
    const spooled = async (): Promise<number> => {
      const response = await fetch(`${relay.ready["spool"]}/${genesis}`);
      return response.status === 200
        ? (((await response.json()) as { readonly last?: number }).last ?? 0)
        : 0;
    };
    const outage = async (blocks: number): Promise<void> => {
      for (let made = 0; made < blocks; made += 50) {
        await rpc(chain, "dev_newBlock", 50);
        while ((await spooled()) < (await head()) - 16) await sleep(100);
      }
    };
    const dispatched = async (): Promise<number> => {
      const { exitCode, stdout } = await run("info", "--worker", url, "--json");
      if (exitCode !== 0) return -1;
      const { status } = JSON.parse(stdout) as { readonly status: { readonly dispatched: Dispatched } };
      return status.dispatched?.number ?? -1;
    };

    await rpc(chain, "dev_newBlock", 20);
    while ((await dispatched()) < 20) await sleep(200);
    await worker.end();
    await outage(200);
    await relay.end("SIGKILL");
    await rpc(chain, "dev_newBlock", 50);
    relay = await started(...relayArguments, "--spool-port", "0");
    await outage(350);

    const last = await head();
    expect(last).toBeGreaterThan(600);
    worker = await started(...workerArguments, "--port", port);
    while ((await dispatched()) < last) await sleep(500);
    expect(await dispatched()).toBe(last);
  });
});
