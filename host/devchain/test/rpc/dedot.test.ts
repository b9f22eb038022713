/** Tests that unmodified dedot works over the modern and the legacy API. */
import { Keyring } from "@polkadot/api";
import type { DevchainOptions } from "@pruntime/devchain";
import { DedotClient, LegacyClient, WsProvider } from "dedot";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Bench, serve } from "./bench.ts";

const clients = { modern: DedotClient, legacy: LegacyClient } as const;

/**
 * Starts a chain with one block after genesis, because dedot sends nothing before it has received two
 * finalized blocks.
 */
async function started(options: DevchainOptions, api: "modern" | "legacy"): Promise<Bench> {
  const bench = await serve(options, { api });
  bench.chain.produceBlock();
  return bench;
}

describe.each(["modern", "legacy"] as const)("dedot against %s", (api) => {
  async function connectTo(url: string): Promise<DedotClient> {
    const client = await clients[api].new(new WsProvider(url));
    onTestFinished(() => client.disconnect());
    return client as DedotClient;
  }

  function push(client: DedotClient, bytes: number) {
    const pushCommand = client.tx["execution"]!["pushCommand"] as (
      id: number,
      payload: Uint8Array,
    ) => ReturnType<typeof client.tx.system.remark>;
    return pushCommand(3, new Uint8Array(bytes).fill(1));
  }

  const alice = () => new Keyring({ type: "sr25519" }).addFromUri("//Alice");

  it("pushes a command and sees its event and finality", async () => {
    const { url, chain } = await started({}, api);
    const client = await connectTo(url);
    const result = await push(client, 3).signAndSend(alice()).untilFinalized();
    expect(result.status).toMatchObject({
      type: "Finalized",
      value: { blockNumber: chain.best().header.number },
    });
    expect(
      result.events.map(({ event }) => `${event.pallet}.${(event.palletEvent as { name: string }).name}`),
    ).toContain("Execution.CommandPushed");
  });

  it("decodes PayloadTooLarge", async () => {
    const { url } = await started({ maxPayload: 100 }, api);
    const client = await connectTo(url);
    const { dispatchError } = await push(client, 101).signAndSend(alice()).untilFinalized();
    expect(client.registry.findErrorMeta(dispatchError!)).toMatchObject({
      pallet: "Execution",
      name: "PayloadTooLarge",
    });
  });

  it("refuses a stale nonce", async () => {
    const { url } = await started({}, api);
    const client = await connectTo(url);
    const [first, second] = [push(client, 3), push(client, 4)];
    await first.sign(alice());
    await second.sign(alice()); // the nonce is the same as in the first transaction
    await first.send().untilFinalized();
    await expect(second.send()).rejects.toThrow(
      api === "modern" ? "Invalid Tx: Invalid - Stale" : "1010: Invalid Transaction",
    );
  });
});
