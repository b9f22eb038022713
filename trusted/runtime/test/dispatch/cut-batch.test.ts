/** Tests a call with several blocks of which the worker has memory for the first ones only. */
import { toHex, utf8 } from "@pruntime/core/bytes";
import { portableCrypto } from "@pruntime/core/crypto";
import { canonicalJson } from "@pruntime/core/json";
import { createDevchain } from "@pruntime/devchain";
import { identityOf, type Runtime } from "@pruntime/runtime";
import { afterAll, describe, expect, it } from "vitest";
import { batch, pushCommand, signed } from "../../../../host/devchain/test/support/extrinsic.ts";
import { alice, blocks, bob, headers, initEvent } from "../support/devchain.ts";
import { extrinsic2020, pushCommand2020, TinyChain } from "../support/tiny-chain.ts";
import { answer, held, root, runtimeCode, runtimeOf, take } from "../support/worker.ts";

const secrets = {
  signing: new Uint8Array(32).fill(3),
  ecdhSecret: new Uint8Array(32).fill(2),
  stateKey: new Uint8Array(32).fill(9),
};

/** A chain with 2, 4, 8, 16 and 0 commands in its blocks, each of which moves a different amount to Bob. */
const chain = await createDevchain({ mode: { kind: "manual" }, now: () => 1_700_000_000_000 });
for (const commands of [2, 4, 8, 16, 0]) {
  const calls = Array.from({ length: commands }, (_, i) => {
    const pay = { Transfer: { dest: toHex(bob.id), value: String(commands + i) } };
    return pushCommand(2, utf8(canonicalJson({ Plain: canonicalJson(pay) })));
  });
  if (commands > 0) chain.submit(signed(chain, alice, batch("batch", calls)));
  chain.produceBlock();
}
afterAll(() => chain.close());

/** A worker that knows all five blocks as final. */
function worker(stateBudget?: number): Runtime {
  const identity = identityOf(portableCrypto, secrets);
  const runtime = runtimeOf(identity, portableCrypto, runtimeCode, undefined, undefined, stateBudget);
  take(runtime, initEvent(chain));
  take(runtime, headers(chain, 1, 5));
  return runtime;
}

/** Room for the commands of the first three blocks. */
const budget = 45_000;
const full = { ok: false, error: { code: "executor/state-full" } };

describe("a batch of which only the first blocks fit into memory", () => {
  it("is dispatched up to the first block that does not fit, as if that were its end", () => {
    const [cut, whole] = [worker(budget), worker()];
    expect(take(cut, blocks(chain, 1, 5))).toEqual({ dispatchedTo: 3, bodiesWanted: [] });
    take(whole, blocks(chain, 1, 3));
    expect(held(cut)).toBe(held(whole));
    expect(cut.status()).toEqual(whole.status());
  });

  it("executor/state-full: is refused when its first block does not fit, and changes nothing", () => {
    const cut = worker(budget);
    take(cut, blocks(chain, 1, 5));
    const before = [held(cut), answer(cut, 2, "TotalIssuance")];
    for (const [from, to] of [
      [4, 4],
      [4, 5],
      [1, 5],
    ] as const)
      expect(cut.accept(blocks(chain, from, to))).toMatchObject(full);
    expect([held(cut), answer(cut, 2, "TotalIssuance")]).toEqual(before);
    expect(cut.status()!.chain.waiting.length).toBe(2);
  });

  it("shows in its status which block does not fit, until a state is loaded", () => {
    const cut = worker(budget);
    take(cut, blocks(chain, 1, 5));
    expect(cut.status()!.full).toBeUndefined();
    cut.accept(blocks(chain, 4, 5));
    const { full } = cut.status()!;
    expect(full).toEqual({ since: 4, bytes: expect.any(Number), limit: budget });
    expect(full!.bytes).toBeGreaterThan(budget);
    take(cut, headers(chain, 5, 5));
    expect(cut.status()!.full).toBe(full);
    expect(cut.accept({ kind: "load", dump: take(worker(), { kind: "dump" }).dump }).ok).toBe(false);
    expect(cut.status()!.full).toBe(full);
  });

  it("goes on, with the same result, in a worker with more memory that loads the first one's dump", () => {
    const [cut, larger, whole] = [worker(budget), worker(), worker()];
    take(cut, blocks(chain, 1, 5));
    take(larger, { kind: "load", dump: take(cut, { kind: "dump" }).dump });
    for (const each of [larger, whole]) take(each, blocks(chain, each === larger ? 4 : 1, 5));
    expect([root(larger), held(larger)]).toEqual([root(whole), held(whole)]);
  });
});

it("a worker that reads bodies shows in its status too which block does not fit", () => {
  const bodies = new TinyChain();
  bodies.grow({ extrinsics: [extrinsic2020(pushCommand2020(2, utf8("x")), alice.id)] });
  const identity = identityOf(portableCrypto, secrets);
  const runtime = runtimeOf(identity, portableCrypto, runtimeCode, undefined, undefined, 1_000);
  take(runtime, bodies.init());
  expect(runtime.accept(bodies.body(1))).toMatchObject(full);
  expect(runtime.status()!.full).toMatchObject({ since: 1, limit: 1_000 });
});
