/**
 * Tests that unmodified polkadot-api works with a chain that offers both APIs, only the modern API, or only
 * the legacy API. For the legacy API, polkadot-api uses its own middleware.
 */
import { createClient, type PolkadotClient } from "polkadot-api";
import { getPolkadotSigner } from "polkadot-api/signer";
import { getWsProvider } from "polkadot-api/ws";
import { describe, expect, it, onTestFinished } from "vitest";
import WebSocket from "ws";
import { alice, serve } from "./bench.ts";

function connectTo(url: string): PolkadotClient {
  const client = createClient(getWsProvider(url, { websocketClass: WebSocket as never }));
  onTestFinished(() => client.destroy());
  return client;
}

function signer(): ReturnType<typeof getPolkadotSigner> {
  const pair = alice();
  return getPolkadotSigner(pair.publicKey, "Sr25519", pair.sign);
}

/**
 * Makes a transaction that pushes a command. The typed API needs descriptors, which only an application
 * generates, so this function uses the untyped API.
 */
function push(
  client: PolkadotClient,
  bytes: number,
): ReturnType<ReturnType<PolkadotClient["getUnsafeApi"]>["tx"][string][string]> {
  return client.getUnsafeApi().tx["Execution"]!["push_command"]!({
    contract_id: 3,
    payload: new Uint8Array(bytes).fill(1),
  });
}

describe.each(["both", "modern", "legacy"] as const)("polkadot-api against %s", (api) => {
  it("pushes a command and sees its event and finality", async () => {
    const { url, chain } = await serve({}, { api });
    const client = connectTo(url);
    const result = await push(client, 3).signAndSubmit(signer());
    expect(result.ok).toBe(true);
    expect(result.block.number).toBe(chain.best().header.number);
    expect(result.events.map(({ type, value }) => `${type}.${value.type}`)).toContain(
      "Execution.CommandPushed",
    );
    expect(await client.getFinalizedBlock()).toMatchObject({ hash: result.block.hash });
  });

  it("decodes PayloadTooLarge", async () => {
    const { url } = await serve({ maxPayload: 100 }, { api });
    const result = await push(connectTo(url), 101).signAndSubmit(signer());
    expect(result.ok).toBe(false);
    expect(result.ok ? undefined : result.dispatchError).toMatchObject({
      type: "Module",
      value: { type: "Execution", value: { type: "PayloadTooLarge" } },
    });
  });

  it("refuses a stale nonce", async () => {
    const { url } = await serve({}, { api });
    const client = connectTo(url);
    await push(client, 3).signAndSubmit(signer());
    await expect(push(client, 3).signAndSubmit(signer(), { nonce: 0 })).rejects.toMatchObject({
      error: { type: "Invalid", value: { type: "Stale" } },
    });
  });

  it("reads entries, constants and fees", async () => {
    const { url } = await serve({}, { api });
    const client = connectTo(url);
    const unsafe = client.getUnsafeApi();
    const accounts = await unsafe.query["System"]!["Account"]!.getEntries();
    expect(accounts.length).toBeGreaterThanOrEqual(6);
    expect(await unsafe.constants["System"]!["SS58Prefix"]!()).toBe(42);
    const pair = alice();
    expect(typeof (await push(client, 3).getEstimatedFees(pair.publicKey))).toBe("bigint");
  });
});
