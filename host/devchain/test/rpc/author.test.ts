/** Tests the messages about a transaction on its way through the pool. */
import { ApiPromise, Keyring, WsProvider } from "@polkadot/api";
import { to0x } from "@pruntime/core/bytes";
import { describe, expect, it, onTestFinished } from "vitest";
import { countListeners, serve } from "./bench.ts";

const manual = { mode: { kind: "manual" } } as const;
const aliceAddress = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

/** Makes commands that Alice signs, with nonces from 0. */
async function signed(url: string, count: number): Promise<string[]> {
  const api = await ApiPromise.create({ provider: new WsProvider(url) as never, noInitWarn: true });
  onTestFinished(() => api.disconnect());
  const alice = new Keyring({ type: "sr25519" }).addFromUri("//Alice");
  const nonces = Array.from({ length: count }, (_, nonce) => nonce);
  const push = api.tx["execution"]!["pushCommand"]!;
  return Promise.all(
    nonces.map(async (nonce) => (await push(3, "0x01").signAsync(alice, { nonce })).toHex()),
  );
}

describe("author_submitAndWatchExtrinsic", () => {
  it("reports ready, inBlock and finalized, and then ends", async () => {
    const { rpc, url, chain } = await serve({ ...manual, finalityLag: 1 });
    const [extrinsic] = await signed(url, 1);
    const listeners = countListeners(chain);
    const id = await rpc.call("author_submitAndWatchExtrinsic", extrinsic);
    expect(listeners()).toBe(1);
    expect(await rpc.next(id)).toBe("ready");
    expect(await rpc.call("author_pendingExtrinsics")).toEqual([extrinsic]);
    const hash = to0x(chain.produceBlock().hash);
    expect(await rpc.next(id)).toEqual({ inBlock: hash });
    chain.produceBlock();
    expect(await rpc.next(id)).toEqual({ finalized: hash });
    expect(await rpc.call("author_unwatchExtrinsic", id)).toBe(false);
    expect(listeners()).toBe(0);
    expect(await rpc.call("author_pendingExtrinsics")).toEqual([]);
  });

  it("reports the same on a chain in instant mode", async () => {
    const { rpc, url, chain } = await serve();
    const [extrinsic] = await signed(url, 1);
    const id = await rpc.call("author_submitAndWatchExtrinsic", extrinsic);
    const told = [await rpc.next(id), await rpc.next(id), await rpc.next(id)];
    const hash = to0x(chain.best().hash);
    expect(told).toEqual(["ready", { inBlock: hash }, { finalized: hash }]);
  });

  it("refuses with a node's codes and messages, without opening a subscription", async () => {
    const { rpc, url, chain } = await serve(manual, { maxSubscriptions: 1 });
    const [extrinsic] = await signed(url, 1);
    const hash = await rpc.call("author_submitExtrinsic", extrinsic);
    expect(hash).toMatch(/^0x[0-9a-f]{64}$/);
    expect(await rpc.ask("author_submitAndWatchExtrinsic", extrinsic)).toMatchObject({
      error: { code: 1013 },
    });
    chain.produceBlock();
    const listeners = countListeners(chain);
    const stale = { code: 1010, message: "Invalid Transaction", data: "Transaction is outdated" };
    expect(await rpc.ask("author_submitAndWatchExtrinsic", extrinsic)).toMatchObject({ error: stale });
    const forged = `${extrinsic!.slice(0, -1)}${extrinsic!.endsWith("0") ? "1" : "0"}`;
    const badProof = { code: 1010, message: "Invalid Transaction", data: "Transaction has a bad signature" };
    expect(await rpc.ask("author_submitAndWatchExtrinsic", forged)).toMatchObject({ error: badProof });
    expect(listeners()).toBe(0);
    expect(typeof (await rpc.call("chain_subscribeNewHeads"))).toBe("string");
  });
});

describe("system_accountNextIndex", () => {
  it("counts the transactions in the pool, up to the first gap", async () => {
    const { rpc, url, chain } = await serve(manual);
    const [first, second, , fourth] = await signed(url, 4);
    const next = (): Promise<unknown> => rpc.call("system_accountNextIndex", aliceAddress);
    await rpc.call("author_submitExtrinsic", fourth);
    expect(await next()).toBe(0);
    await rpc.call("author_submitExtrinsic", first);
    await rpc.call("author_submitExtrinsic", second);
    expect(await next()).toBe(2);
    chain.produceBlock();
    expect(await next()).toBe(2);
  });
});

describe("transaction_v1_broadcast", () => {
  it("puts a valid transaction in the pool", async () => {
    const { rpc, url, chain } = await serve(manual);
    const [extrinsic] = await signed(url, 1);
    expect(typeof (await rpc.call("transaction_v1_broadcast", extrinsic))).toBe("string");
    expect(chain.pending().map(to0x)).toEqual([extrinsic]);
  });

  it("submits a refused transaction again after the next block, unless it is stopped", async () => {
    const { rpc, url, chain } = await serve(manual);
    const [extrinsic] = await signed(url, 1);
    const { submit } = chain;
    let offers = 0;
    const refuseFirst = (bytes: Uint8Array): Uint8Array => submit(offers++ === 0 ? new Uint8Array() : bytes);
    Object.assign(chain, { submit: refuseFirst });
    await rpc.call("transaction_v1_broadcast", extrinsic);
    expect(chain.pending()).toEqual([]);
    chain.produceBlock();
    await expect.poll(() => chain.pending().map(to0x)).toEqual([extrinsic]);
    chain.produceBlock();
    await rpc.call("dev_status");
    expect(offers).toBe(2);
  });
});
