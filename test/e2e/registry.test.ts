/**
 * Tests the registry with separate processes. A relay registers its worker and registers it again after a
 * change of policy. A production chain refuses simulated evidence.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type GetStatus, getStatus, readEnvelope } from "@pruntime/api";
import { accountOf } from "@pruntime/client/chain";
import { toHex } from "@pruntime/core/bytes";
import { decodeJson } from "@pruntime/core/json";
import { describe, expect, it } from "vitest";
import { run, testStack } from "./processes.ts";

const { folder, started: part } = testStack("e2e-registry");

interface Listing {
  readonly mode: string;
  readonly policy_hash: string;
  readonly workers: readonly {
    readonly public_key: string;
    readonly operator: string;
    readonly kind: string;
    readonly measurements: Readonly<Record<string, string>>;
    readonly policy_hash: string;
    readonly stale: boolean;
    readonly verdict: string;
    readonly verified: boolean;
    readonly reasons: readonly { readonly rule: string }[];
  }[];
}

async function listed(node: string, ...more: readonly string[]): Promise<Listing> {
  const { stdout, stderr, exitCode } = await run("workers", "--node", node, "--json", ...more);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  return JSON.parse(stdout) as Listing;
}

/** Waits for a listing that satisfies `wanted`. The test's own timeout limits the wait. */
async function listedWhen(node: string, wanted: (listing: Listing) => boolean): Promise<Listing> {
  for (;;) {
    const listing = await listed(node);
    if (wanted(listing)) return listing;
    await sleep(200);
  }
}

async function refusalOf(
  ...args: readonly string[]
): Promise<{ readonly code: string; readonly message: string }> {
  const { stdout, exitCode } = await run(...args, "--json");
  expect(exitCode).toBe(1);
  return JSON.parse(stdout) as { code: string; message: string };
}

function policyFile(name: string, policy: object): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(policy));
  return path;
}

async function statusOf(url: string): Promise<GetStatus> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${url}/get_status`, {
    method: "POST",
    headers,
    body: '{"input":{},"nonce":{"id":1}}',
  });
  return decodeJson(decodeJson(await response.text(), readEnvelope).payload, getStatus.output);
}

const idOf = (suri: string): string => toHex(accountOf(suri).id);

describe("a chain with a registry, a worker and a relay", () => {
  it("list the worker, judge it by each policy, and refuse simulation in production mode", {
    timeout: 240_000,
  }, async () => {
    const chain = await part(
      "chain",
      "--port",
      "0",
      "--block-ms",
      "300",
      "--data-dir",
      join(folder, "chain"),
    );
    const node = chain.ready["chain"] ?? "";
    const worker =
      (await part("worker", "--port", "0", "--data-dir", join(folder, "worker"))).ready["worker"] ?? "";
    const data = join(folder, "worker");
    const relay = await part("relay", "--node", node, "--data-dir", data, "--register", "//Ferdie");

    const first = await listedWhen(node, ({ workers }) => workers.length === 1);
    const status = await statusOf(worker);
    expect(first.mode).toBe("development");
    expect(first.workers[0]).toMatchObject({
      public_key: status.public_key,
      operator: idOf("//Ferdie"),
      kind: "simulated",
      measurements: { measurement: status.measurement },
      policy_hash: first.policy_hash,
      stale: false,
      verdict: "accepted",
      verified: false,
    });
    expect((await listed(node, "--verify")).workers[0]).toMatchObject({
      verdict: "accepted",
      verified: true,
      reasons: [],
    });

    // The new policy names the code that the worker runs. The relay registers the worker again.
    const exact = policyFile("exact.json", { version: 1, simulated: { measurements: [status.measurement] } });
    expect((await run("set-policy", exact, "--node", node)).exitCode).toBe(0);
    const second = await listedWhen(node, ({ policy_hash, workers }) => {
      return policy_hash !== first.policy_hash && workers[0]?.verdict === "accepted";
    });
    expect(second.workers[0]?.policy_hash).toBe(second.policy_hash);

    // The new policy names other code. The worker's record stays in the registry, and is listed as stale.
    const other = policyFile("other.json", { version: 1, simulated: { measurements: ["00".repeat(32)] } });
    expect((await refusalOf("set-policy", other, "--node", node, "--signer", "//Bob")).message).toContain(
      "Registry.NotAdmin",
    );
    expect((await listed(node)).policy_hash).toBe(second.policy_hash);
    expect((await run("set-policy", other, "--node", node)).exitCode).toBe(0);
    const third = await listed(node);
    expect(third.workers[0]).toMatchObject({
      verdict: "stale",
      stale: true,
      policy_hash: second.policy_hash,
    });
    expect((await listed(node, "--verify")).workers[0]).toMatchObject({
      verdict: "refused",
      verified: true,
      reasons: [{ rule: "measurement" }],
    });
    expect((await listed(node, "--policy", exact)).workers[0]).toMatchObject({
      verdict: "accepted",
      verified: true,
    });
    const refused = await refusalOf("register", "--node", node, "--data-dir", data);
    expect([refused.code, refused.message]).toEqual([
      "client/transaction-failed",
      expect.stringContaining("Registry.NotAccepted"),
    ]);

    // The worker is registered by hand, without the relay, on behalf of another account.
    await relay.end();
    expect((await run("set-policy", exact, "--node", node)).exitCode).toBe(0);
    const registered = await run("register", "--node", node, "--data-dir", data, "--signer", "//Bob");
    expect(registered).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining(status.public_key) as string,
    });
    expect((await listed(node)).workers[0]).toMatchObject({ operator: idOf("//Bob"), verdict: "accepted" });
  });

  it("refuse a simulated worker on a production chain, under any policy", {
    timeout: 120_000,
  }, async () => {
    const any = policyFile("any.json", { version: 1, simulated: { measurements: null } });
    const args = ["--port", "0", "--block-ms", "300", "--data-dir", join(folder, "production")];
    const chain = await part("chain", ...args, "--registry-production", "--registry-policy", any);
    const node = chain.ready["chain"] ?? "";
    const worker =
      (await part("worker", "--port", "0", "--data-dir", join(folder, "other"))).ready["worker"] ?? "";
    await part("relay", "--node", node, "--data-dir", join(folder, "other"));
    while (!(await statusOf(worker)).initialized) await sleep(200);
    const data = join(folder, "other");
    expect((await refusalOf("register", "--node", node, "--data-dir", data)).message).toContain(
      "Registry.SimulatedInProduction",
    );
    expect(await listed(node)).toMatchObject({ mode: "production", workers: [] });
  });
});
