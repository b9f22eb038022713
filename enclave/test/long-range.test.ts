/**
 * The long-range attack. The keys of a retired authority set sign a second chain, which starts at a block at
 * which the set was still in office. The host feeds this chain to a worker, directly or through a clone's
 * dump.
 */
import { toBase64, toHex } from "@pruntime/core/bytes";
import { describe, expect, it } from "vitest";
import { initEvent, manualChain } from "../../trusted/runtime/test/support/devchain.ts";
import { type Started, start } from "./support/enclave.ts";
import { dispatch, finalized, init, question, sync } from "./support/follow-devchain.ts";

const nonce = "00".repeat(32);

/** The real chain, whose authorities change at blocks 2 and 12, and a fork on which they never change. */
async function chains() {
  const [real, forged] = [await manualChain(), await manualChain()];
  expect(real.genesisHash).toEqual(forged.genesisHash);
  for (let number = 1; number <= 30; number++) {
    if (number === 2 || number === 12) real.rotateAuthorities();
    real.produceBlock();
  }
  for (let number = 1; number <= 40; number++) forged.produceBlock();
  return { real, forged };
}

/** A worker at block 30 of the real chain. */
async function scene() {
  const { real, forged } = await chains();
  const worker = start();
  init(worker, real);
  expect(sync(worker, real, [2, 12, 30])).toBeUndefined();
  dispatch(worker, real, 30);
  return { real, forged, worker };
}

const restarted = ({ store }: Started) => start({ store: new Map(store) });

describe("a worker that has followed the chain past a change of its authorities", () => {
  it("is not moved to the forged chain while it runs, not even by a clone's dump", async () => {
    const { real, forged, worker } = await scene();
    const before = finalized(worker);
    expect(sync(worker, forged, [40])).toBe("headers/conflicts-finalized");

    // The clone has the worker's keys and an earlier mark: its files were copied before the worker synced.
    const clone = start();
    init(clone, real);
    expect(clone.enclave.identity.signer.publicKey).toEqual(worker.enclave.identity.signer.publicKey);
    expect(sync(clone, forged, [40])).toBeUndefined();
    dispatch(clone, forged, 40);
    const dump = clone.call("dump_states").payload as unknown;
    expect(worker.call("load_states", dump).code).toBe("dump/other-fork");
    expect(finalized(worker)).toEqual(before);
  });

  it("after a restart takes no forged block from its mark on, and answers nothing below", async () => {
    const { real, forged, worker } = await scene();
    const again = restarted(worker);
    expect(again.call("get_status").payload).toMatchObject({
      below_mark: true,
      finalized: { number: 0 },
      mark: { finalized: { number: 30, hash: toHex(real.blockAt(30)!.hash) }, parachain: null, set_id: "2" },
    });
    expect(sync(again, forged, [20, 40])).toBe("runtime/contradicts-mark");
    dispatch(again, forged, 20);
    for (const [action, input] of [
      ["query", question],
      ["get_evidence", { nonce }],
      ["dump_states", {}],
      ["handover_begin", {}],
      ["get", { path: "/order/0" }],
    ] as const)
      expect(again.call(action, input)).toMatchObject({ status: 503, code: "runtime/below-mark" });
    expect(finalized(again)).toEqual({ number: 20, hash: toHex(forged.blockAt(20)!.hash) });

    const onceMore = restarted(again);
    expect(sync(onceMore, real, [2, 12, 30])).toBeUndefined();
    expect(onceMore.call("get_status").payload.below_mark).toBe(false);
    expect(onceMore.call("query", question)).toMatchObject({ status: 200, outcome: "ok" });
    expect(onceMore.call("get_evidence", { nonce }).status).toBe(200);
  });

  it.each([1, 2, 3, 4, 5, 6])(
    "reaches its mark at block %s again, among changes of the authorities",
    async (marked) => {
      const chain = await manualChain();
      for (let number = 1; number <= 7; number++) {
        if (number === 2) chain.rotateAuthorities();
        if (number === 3) chain.rotateAuthorities({ delay: 2 });
        chain.produceBlock();
      }
      const worker = start();
      init(worker, chain);
      expect(sync(worker, chain, [...[2, 5].filter((end) => end < marked), marked])).toBeUndefined();
      const again = restarted(worker);
      expect(sync(again, chain, [2, 5, 7])).toBeUndefined();
      expect(again.call("get_status").payload).toMatchObject({ below_mark: false, mark: { set_id: "2" } });
    },
  );

  it("starts without evidence if its record of init is lost, and signs nothing below its mark", async () => {
    const { real, worker } = await scene();
    const store = new Map(worker.store);
    store.delete("init");
    const again = start({ store });
    const { start: from } = initEvent(real);
    const input = {
      bridge_genesis_info_b64: toBase64(from.kind === "genesis" ? from.info : new Uint8Array()),
    };
    const metadata = { runtime_metadata_b64: toBase64(real.metadata(14)) };
    const begun = again.call("init_runtime", { ...input, ...metadata, skip_ra: false });
    expect(begun).toMatchObject({ status: 200, statement: undefined });
    expect(begun.payload.attestation).toEqual({ payload: {}, provider: "simulated", version: 1 });
    expect(again.call("get_status")).toMatchObject({ payload: { below_mark: true }, statement: undefined });
    expect(sync(again, real, [2, 12, 30])).toBeUndefined();
    const status = again.call("get_status");
    expect(status.payload.below_mark).toBe(false);
    expect(status.statement).toBeDefined();
  });
});
