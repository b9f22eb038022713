/** Long events in units: the most that happens between two pauses, and what the worker answers at a pause. */
import { concat, toHex, utf8 } from "@pruntime/core/bytes";
import { ChannelError, encodePayload, sealCommandWithKey } from "@pruntime/core/channel";
import { type Crypto, portableCrypto } from "@pruntime/core/crypto";
import { canonicalJson } from "@pruntime/core/json";
import type { AnswerTo, Event, Outcome, Runtime } from "@pruntime/runtime";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { batch, pushCommand, signed } from "../../../host/devchain/test/support/extrinsic.ts";
import { DataArea } from "../../executor/src/built-in/data-plaza/index.ts";
import {
  alice,
  blocks,
  bob,
  followed,
  headers,
  initEvent,
  manualChain,
  ordered,
} from "./support/devchain.ts";
import { extrinsic2020, pushCommand2020, TinyChain } from "./support/tiny-chain.ts";
import { answer, held, keyPair, newRuntime, plain, root, take, workerKey } from "./support/worker.ts";

const transfer = (value: number): string =>
  canonicalJson({ Transfer: { dest: toHex(bob.id), value: String(value) } });
const json = (value: number): Uint8Array => utf8(canonicalJson({ Plain: transfer(value) }));
const balance = { FreeBalance: { account: toHex(bob.id) } };
const balanceOf = (runtime: Runtime): string => JSON.stringify(answer(runtime, 2, balance, bob));

/** Handles an event in units, calls `between` at each pause, and returns the outcome and the pauses. */
function inUnits<E extends Event>(
  runtime: Runtime,
  event: E,
  between: (pause: number) => void = () => undefined,
): readonly [Outcome<AnswerTo<E>>, number] {
  const work = runtime.begin(event);
  for (let pauses = 0; ; pauses++) {
    const { done, value } = work.next();
    if (done === true) return [value, pauses];
    between(pauses);
  }
}

/** Does what the last event left to do, calls `between` at each pause, and returns the number of pauses. */
function settled(runtime: Runtime, between: () => void = () => undefined): number {
  let pauses = 0;
  for (const _ of runtime.settle()) {
    pauses++;
    between();
  }
  return pauses;
}

/** A chain of 2020 with one block of transfers, and its worker before that block. */
function bodyOf(commands: number) {
  const chain = new TinyChain();
  const extrinsics = Array.from({ length: commands }, (_, i) =>
    extrinsic2020(pushCommand2020(2, json(i + 1)), alice.id),
  );
  chain.grow({ extrinsics });
  const runtime = newRuntime();
  take(runtime, chain.init());
  return { chain, runtime, event: chain.body(1) };
}

/** A worker with an order that lacks one file, the event that stores this file, and the order's result. */
async function withOrder() {
  const runtime = await ordered();
  const rows = utf8("12345\n".repeat(40_000)); // 240 kB
  const file = concat(utf8("phone\n"), rows);
  take(runtime, { kind: "set-data", path: "d.csv", bytes: file });
  const newFile = { kind: "set-data", path: "q.csv", bytes: file } as const;
  return { runtime, newFile, result: { kind: "get-data", path: "/order/0" } as const, rows };
}

describe("the work of an event pauses", () => {
  it("at each command of events", async () => {
    const { chain, runtime } = await followed();
    const calls = Array.from({ length: 8 }, () => pushCommand(2, json(1)));
    chain.submit(signed(chain, alice, batch("batch", calls)));
    chain.produceBlock();
    take(runtime, headers(chain, 1, 1));
    expect(inUnits(runtime, blocks(chain, 1, 1))[1]).toBeGreaterThanOrEqual(8);
  });

  it("at each command of a body", () => {
    const { runtime, event } = bodyOf(40);
    expect(inUnits(runtime, event)[1]).toBeGreaterThanOrEqual(40);
  });

  it("at each block of a batch, even if no block has a command", async () => {
    const { chain, runtime } = await followed(12);
    take(runtime, headers(chain, 1, 12));
    expect(inUnits(runtime, blocks(chain, 1, 12))[1]).toBeGreaterThanOrEqual(12);
  });

  it("after 256 headers, whether they are final or staged", async () => {
    const metadata = (await manualChain()).metadata(14);
    const chain = new TinyChain();
    for (let i = 0; i < 600; i++) chain.grow();
    const [runtime, other] = [newRuntime(), newRuntime()];
    for (const each of [runtime, other]) take(each, chain.init(metadata));
    const batch = chain.headers(1, 600);
    expect(inUnits(runtime, batch)[1]).toBeGreaterThanOrEqual(4);
    const staged = chain.blocks.slice(1).map(({ encoded }) => encoded);
    const stage = { kind: "stage-headers", headers: staged, parachain: false } as const;
    expect(inUnits(other, stage)[1]).toBeGreaterThanOrEqual(4);
  });

  it("between the steps of an init, which proves and compiles a runtime", async () => {
    const chain = await manualChain();
    expect(inUnits(newRuntime(), initEvent(chain))[1]).toBeGreaterThanOrEqual(4);
  });

  it("in the joins of a new file", async () => {
    const { runtime, newFile } = await withOrder();
    inUnits(runtime, newFile);
    expect(settled(runtime)).toBeGreaterThanOrEqual(5);
  });

  it("in the merge of a large batch", () => {
    const { runtime, event } = bodyOf(2_200);
    inUnits(runtime, event);
    expect(settled(runtime)).toBeGreaterThanOrEqual(1);
  });

  it("at each block that is read only because another block was refused", async () => {
    const { runtime, chain } = await followed(2);
    take(runtime, headers(chain, 1, 2));
    const [, second] = blocks(chain, 1, 2).blocks;
    const [outcome, pauses] = inUnits(runtime, {
      kind: "blocks",
      blocks: Array<Uint8Array>(20).fill(second!),
    });
    expect(outcome).toMatchObject({ error: { code: "dispatch/gap" } });
    expect(pauses).toBeGreaterThanOrEqual(19);
  });

  it("in a dump and in a load", () => {
    const { runtime, event } = bodyOf(1_200);
    const fresh = bodyOf(1_200).runtime;
    take(runtime, event);
    const [dumped, pauses] = inUnits(runtime, { kind: "dump" });
    expect(pauses).toBeGreaterThanOrEqual(1);
    if (!dumped.ok) throw new Error(dumped.error.code);
    expect(inUnits(fresh, { kind: "load", dump: dumped.value.dump })[1]).toBeGreaterThanOrEqual(20);
  });
});

it("opens at most one sealed command between two pauses", () => {
  let opened = 0;
  const aes256Gcm: Crypto["aes256Gcm"] = (key) => {
    opened++;
    return portableCrypto.aes256Gcm(key);
  };
  const chain = new TinyChain();
  const address = { genesisHash: chain.at(0).hash, publicKey: workerKey.publicKey };
  const extrinsics = Array.from({ length: 5 }, (_, i) => {
    const bound = { sender: alice.id, contractId: 2 };
    const payload = sealCommandWithKey(portableCrypto, keyPair(90 + i), address, bound, transfer(1));
    return extrinsic2020(pushCommand2020(2, utf8(encodePayload(payload))), alice.id);
  });
  chain.grow({ extrinsics });
  const runtime = newRuntime({ ...portableCrypto, aes256Gcm });
  take(runtime, chain.init());
  const perUnit: number[] = [];
  inUnits(runtime, chain.body(1), () => {
    perUnit.push(opened);
    opened = 0;
  });
  expect([Math.max(...perUnit), perUnit.filter((n) => n > 0).length]).toEqual([1, 5]);
});

describe("a query between two units", () => {
  it("sees the state, the block and the root from before the event", () => {
    const { runtime, event } = bodyOf(30);
    const before = shown(runtime);
    const seen = new Set<string>();
    const [outcome] = inUnits(runtime, event, () => seen.add(shown(runtime)));
    expect(outcome.ok).toBe(true);
    expect([...seen]).toEqual([before]);
  });

  it("sees those from after the event, once the event's outcome is known", () => {
    const { runtime, event } = bodyOf(2_200);
    const before = shown(runtime);
    inUnits(runtime, event);
    const seen = new Set([shown(runtime)]);
    expect(settled(runtime, () => seen.add(shown(runtime)))).toBeGreaterThan(0);
    expect([...seen]).toEqual([shown(runtime)]);
    expect(shown(runtime)).not.toBe(before);
    expect(balanceOf(runtime)).toBe('{"FreeBalance":{"balance":"2421100"}}');
  });

  function shown(runtime: Runtime): string {
    const { chain, stateRoot } = runtime.status()!;
    return `${chain.dispatched.number} ${toHex(stateRoot)} ${balanceOf(runtime)}`;
  }

  it("is signed for the state that it shows", () => {
    const { runtime, event } = bodyOf(3);
    const hash = new Uint8Array(32);
    const before = runtime.statement(hash, hash);
    const [first] = [...units(runtime, event)];
    expect(first).toEqual(before);
    expect(runtime.statement(hash, hash)).not.toEqual(before);
  });

  function* units(runtime: Runtime, event: Event) {
    const work = runtime.begin(event);
    while (work.next().done !== true) yield runtime.statement(new Uint8Array(32), new Uint8Array(32));
  }
});

describe("an event between two units of another event", () => {
  it("is refused and changes nothing", () => {
    const { runtime, event, chain } = bodyOf(3);
    const codes = new Set<string>();
    const [outcome] = inUnits(runtime, event, () => {
      for (const other of [chain.body(1), { kind: "dump" }, { kind: "get-data", path: "x" }] as const) {
        const refused = runtime.accept(other);
        codes.add(refused.ok ? "accepted" : refused.error.code);
      }
    });
    expect([outcome.ok, [...codes]]).toEqual([true, ["runtime/busy"]]);
    expect(runtime.accept({ kind: "dump" }).ok).toBe(true);
  });

  it("is accepted after work that was given up", () => {
    const { runtime, event } = bodyOf(3);
    const before = held(runtime);
    const work = runtime.begin(event);
    work.next();
    work.return({ ok: false, error: { code: "runtime/halted" } });
    expect(held(runtime)).toBe(before);
    take(runtime, event);
  });
});

describe("the effects of an event", () => {
  it("are prepared in units, before the state changes", async () => {
    const { runtime, newFile } = await withOrder();
    const orders = () => JSON.stringify(answer(runtime, 1, "GetOrders", bob));
    const before = orders();
    const seen: unknown[] = [];
    const work = runtime.begin(newFile, function* ({ puts }) {
      for (const { name } of puts) {
        seen.push([name, orders() === before, runtime.accept({ kind: "dump" }).ok]);
        yield;
      }
    });
    let step = work.next();
    for (; step.done !== true; step = work.next()) expect(orders()).toBe(before);
    expect(seen).toEqual([["q.csv", true, false]]);
    expect(step.value).toMatchObject({ ok: true, effects: { puts: [{ name: "q.csv" }] } });
    expect(orders()).not.toBe(before);
  });

  it("are refused if the runtime is halted meanwhile", async () => {
    const { runtime, newFile } = await withOrder();
    const work = runtime.begin(newFile, function* () {
      runtime.halt();
      yield;
    });
    let step = work.next();
    while (step.done !== true) step = work.next();
    expect(step.value).toEqual({ ok: false, error: { code: "runtime/halted" } });
  });
});

describe("what an event leaves to do", () => {
  it("is done by the next event, before anything else, unless it is done before", async () => {
    const { runtime, newFile, result, rows } = await withOrder();
    inUnits(runtime, newFile);
    const [outcome, pauses] = inUnits(runtime, result);
    expect(pauses).toBeGreaterThanOrEqual(5);
    expect(outcome).toMatchObject({ ok: true, value: { bytes: rows } });
    expect(settled(runtime)).toBe(0);
  });

  it("can be stopped after any unit", async () => {
    const { runtime, newFile, result, rows } = await withOrder();
    inUnits(runtime, newFile);
    for (const _ of runtime.settle()) break;
    expect(settled(runtime)).toBeGreaterThanOrEqual(4);
    expect(take(runtime, result).bytes).toEqual(rows);
  });

  it("is not done by a halted runtime", async () => {
    const { runtime, newFile } = await withOrder();
    inUnits(runtime, newFile);
    runtime.halt();
    expect(settled(runtime)).toBe(0);
  });

  it("halts the runtime if it has a bug, even one that throws a coded error", async () => {
    for (const bug of [new TypeError("bug"), new ChannelError({ code: "channel/bad-tag" })]) {
      const { runtime } = await followed();
      const join = vi.spyOn(DataArea.prototype, "joinWork").mockImplementation(function* () {
        yield;
        throw bug;
      });
      onTestFinished(() => join.mockRestore());
      inUnits(runtime, { kind: "set-data", path: "d.csv", bytes: utf8("phone\n") });
      expect(() => settled(runtime)).toThrow(bug);
      expect(runtime.accept(plain(2, "TotalIssuance"))).toMatchObject({ error: { code: "runtime/halted" } });
      join.mockRestore();
    }
  });
});

describe("an error in the middle of an event", () => {
  it("changes nothing, if it is a refusal", async () => {
    const { chain, runtime, push } = await followed();
    push(2, json(1));
    for (let i = 0; i < 3; i++) chain.produceBlock();
    take(runtime, headers(chain, 1, 3));
    const [first, , third] = blocks(chain, 1, 3).blocks;
    const before = held(runtime);
    const [outcome, pauses] = inUnits(runtime, { kind: "blocks", blocks: [first!, third!] });
    expect(outcome).toMatchObject({ ok: false, error: { code: "dispatch/gap" } });
    expect(pauses).toBeGreaterThan(0);
    expect(held(runtime)).toBe(before);
  });

  it("changes nothing and halts the runtime, if it is a bug of the event's handler or of a query", () => {
    const { chain, event } = bodyOf(3);
    for (const at of ["event", "query"]) {
      let broken = false;
      const bug = new TypeError("bug");
      const blake2b256: Crypto["blake2b256"] = (data) => {
        if (broken) throw bug;
        return portableCrypto.blake2b256(data);
      };
      const random = { ...portableCrypto, blake2b256 };
      const runtime = newRuntime(random);
      take(runtime, chain.init());
      const before = root(runtime);
      const work = runtime.begin(event);
      work.next();
      work.next();
      if (at === "event") {
        broken = true;
        expect(() => [...work]).toThrow(bug);
      } else {
        runtime.halt();
        let step = work.next();
        while (step.done !== true) step = work.next();
        expect(step.value).toMatchObject({ ok: false, error: { code: "runtime/halted" } });
      }
      expect(root(runtime)).toBe(before);
      expect(runtime.accept(plain(2, "TotalIssuance"))).toMatchObject({ error: { code: "runtime/halted" } });
    }
  });
});
