/** A forced change of the authorities. No proof of finality leads across such a change. */
import { toBase64, toHex } from "@pruntime/core/bytes";
import { encodeCheckpoint } from "@pruntime/core/light-client";
import { describe, expect, it } from "vitest";
import { manualChain } from "../../trusted/runtime/test/support/devchain.ts";
import { type Started, start } from "./support/enclave.ts";
import { dispatch, finalized, init, question, sync } from "./support/follow-devchain.ts";
import { checkpointAt, forcedChain, recover, recovery_keys } from "./support/recovery.ts";

it("finality/forced-change: stops the worker; without recovery keys, only new keys go on", async () => {
  const chain = await forcedChain();
  const worker = start();
  init(worker, chain);
  expect(sync(worker, chain, [3])).toBeUndefined();
  dispatch(worker, chain, 3);
  const before = finalized(worker);
  const encoded = toBase64(chain.blockAt(4)!.encodedHeader);
  expect(worker.call("stage_header", { headers_b64: [encoded] }).code).toBe("finality/forced-change");
  expect(recover(worker, chain, 6)).toMatchObject({ status: 409, code: "recovery/no-keys" });
  expect(finalized(worker)).toEqual(before);
  expect(worker.call("query", question)).toMatchObject({ status: 200, outcome: "ok" });
  expect(worker.call("get_status").payload.recovery_keys).toBeNull();

  const checkpoint = encodeCheckpoint(checkpointAt(chain, 5));
  const input = { skip_ra: true, checkpoint, runtime_metadata_b64: toBase64(chain.metadata(14)) };
  const store = new Map(worker.store);
  store.delete("init");
  expect(start({ store }).call("init_runtime", input).code).toBe("runtime/other-chain");
  expect(start().call("init_runtime", input).code).toBeUndefined();
});

/** A worker with recovery keys at block 3, the last before the forced change. */
async function scene() {
  const chain = await forcedChain();
  const worker = start();
  expect(init(worker, chain, { recovery_keys }).code).toBeUndefined();
  expect(sync(worker, chain, [3])).toBeUndefined();
  dispatch(worker, chain, 3);
  return { chain, worker };
}

describe("recover_finality", () => {
  it("leads the worker past the change with the same keys, anchor and state", async () => {
    const { chain, worker } = await scene();
    const before = worker.call("get_status");
    expect(sync(worker, chain, [6], 4)).toBe("finality/forced-change");
    expect(recover(worker, chain, 6)).toMatchObject({ status: 200, payload: { synced_to: 6 } });
    expect(sync(worker, chain, [9], 7)).toBeUndefined();
    dispatch(worker, chain, 9, 4);
    const after = worker.call("get_status");
    expect(after.payload).toMatchObject({
      anchor: before.payload.anchor,
      authorities: { set_id: "1" },
      dispatched: { number: 9, hash: toHex(chain.blockAt(9)!.hash) },
      mark: { set_id: "1" },
      public_key: before.payload.public_key,
      recovery_keys: { keys: recovery_keys.keys.map((key) => key.slice(2)), threshold: 2 },
    });
    expect(after.statement!.finalizedNumber).toBe(9);
    expect(worker.call("query", question)).toMatchObject({ status: 200, outcome: "ok" });
    expect(recover(worker, chain, 9).code).toBe("recovery/other-set");
  });

  it("is needed again after a restart, and does not move the worker from its mark", async () => {
    const { chain, worker } = await scene();
    recover(worker, chain, 6);
    expect(sync(worker, chain, [9], 7)).toBeUndefined();
    const again = start({ store: new Map(worker.store) });
    expect(again.call("get_status").payload).toMatchObject({ below_mark: true, mark: { set_id: "1" } });
    expect(sync(again, chain, [3])).toBeUndefined();
    expect(sync(again, chain, [9], 4)).toBe("finality/forced-change");
    expect(recover(again, chain, 6).code).toBeUndefined();
    expect(again.call("query", question).code).toBe("runtime/below-mark");
    expect(sync(again, chain, [9], 7)).toBeUndefined();
    expect(again.call("get_status").payload.below_mark).toBe(false);
  });

  it("runtime/contradicts-mark: refuses a signed checkpoint of another chain past the mark", async () => {
    const { chain, worker } = await scene();
    recover(worker, chain, 6);
    const again = start({ store: new Map(worker.store) });
    const other = await forcedChain(3);
    expect(sync(again, chain, [2])).toBeUndefined();
    expect(recover(again, other, 7).code).toBe("runtime/contradicts-mark");
    expect(recover(again, chain, 7).code).toBeUndefined();
  });

  it("loads the dump of a worker that has recovered", async () => {
    const { chain, worker } = await scene();
    recover(worker, chain, 6);
    dispatch(worker, chain, 6, 4);
    const again = start({ store: new Map(worker.store) });
    const dump = worker.call("dump_states").payload as unknown;
    expect(again.call("load_states", dump).code).toBeUndefined();
    expect(sync(again, chain, [9], 7)).toBeUndefined();
  });
});

/**
 * A worker whose latest final block is the block of a recovery: the set is replaced without a digest, as by
 * nodes that change it by a rule of their own.
 */
async function recoveredAtItsBlock() {
  const chain = await manualChain();
  for (let number = 1; number <= 5; number++) chain.produceBlock();
  const worker = start();
  init(worker, chain, { recovery_keys });
  expect(sync(worker, chain, [3])).toBeUndefined();
  const before = { store: new Map(worker.store) };
  expect(recover(worker, chain, 3)).toMatchObject({ status: 200, payload: { synced_to: 3 } });
  return { chain, worker, before };
}

describe("a recovery of the latest final block itself", () => {
  it("is taken again after a restart, and the worker answers nothing before", async () => {
    const { chain, worker } = await recoveredAtItsBlock();
    expect(worker.call("get_status").payload).toMatchObject({ below_mark: false, mark: { set_id: "1" } });
    const again = start({ store: new Map(worker.store) });
    expect(sync(again, chain, [3])).toBeUndefined();
    expect(again.call("get_status").payload).toMatchObject({
      below_mark: true,
      authorities: { set_id: "0" },
    });
    expect(again.call("query", question).code).toBe("runtime/below-mark");
    expect(recover(again, chain, 3).code).toBeUndefined();
    expect(again.call("get_status").payload).toMatchObject({ below_mark: false, mark: { set_id: "1" } });
    expect(again.call("query", question)).toMatchObject({ status: 200, outcome: "ok" });
  });

  it("runtime/contradicts-mark: the replaced set cannot go on past the block", async () => {
    const { chain, worker } = await recoveredAtItsBlock();
    const again = start({ store: new Map(worker.store) });
    expect(sync(again, chain, [5])).toBe("runtime/contradicts-mark");
    expect(sync(again, chain, [3, 5])).toBe("runtime/contradicts-mark");
  });

  it("runtime/contradicts-mark: the replaced set cannot go on by announcing sets of its own", async () => {
    const { worker } = await recoveredAtItsBlock();
    const fork = await manualChain();
    for (let number = 1; number <= 9; number++) {
      if (number === 4 || number === 6) fork.rotateAuthorities();
      fork.produceBlock();
    }
    const again = start({ store: new Map(worker.store) });
    expect(sync(again, fork, [4, 6, 9])).toBe("runtime/contradicts-mark");
    expect(sync(again, fork, [3])).toBeUndefined();
    expect(sync(again, fork, [4, 6, 9], 4)).toBe("runtime/contradicts-mark");
    expect(again.call("get_status").payload).toMatchObject({
      below_mark: true,
      finalized: { number: 3 },
      mark: { finalized: { number: 3 }, set_id: "1" },
    });
    expect(again.call("query", question).code).toBe("runtime/below-mark");
  });

  /** A worker at block 3, as it was before the recovery, which the replaced set has led along a fork. */
  async function astray(before: Pick<Started, "store">) {
    const fork = await manualChain();
    for (let number = 1; number <= 9; number++) {
      if (number === 4 || number === 6) fork.rotateAuthorities();
      fork.produceBlock();
    }
    const clone = start({ store: new Map(before.store) });
    expect(sync(clone, fork, [3])).toBeUndefined();
    expect(sync(clone, fork, [4, 6, 9], 4)).toBeUndefined();
    dispatch(clone, fork, 9);
    expect(clone.call("get_status").payload).toMatchObject({ below_mark: false, mark: { set_id: "2" } });
    return clone;
  }

  it("dump/lower-set-id: the replaced set cannot go on by a clone's dump", async () => {
    const { chain, worker, before } = await recoveredAtItsBlock();
    const dump = (await astray(before)).call("dump_states").payload as unknown;
    const again = start({ store: new Map(worker.store) });
    expect(sync(again, chain, [2])).toBeUndefined();
    for (const one of [worker, again]) expect(one.call("load_states", dump).code).toBe("dump/lower-set-id");
    expect(finalized(worker)).toMatchObject({ number: 3 });
  });
});
