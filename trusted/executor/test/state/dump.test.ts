import { utf8 } from "@pruntime/core/bytes";
import { Writer } from "@pruntime/core/scale";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  alice,
  ask,
  balanceOf,
  bob,
  code,
  encodeState,
  loadState,
  newExecutor,
  run,
  status,
  type TestExecutor,
  transfer,
} from "../kit.ts";

type Entry = readonly [contractId: number, key: string | Uint8Array, value: Uint8Array];
const u32 = (value: number) => new Writer().u32(value).finish();
const u128 = (value: bigint) => new Writer().u128(value).finish();

function dump(entries: readonly Entry[]): Uint8Array {
  return dumpOf(
    entries.map(([id, key, value]) => {
      const path = new Writer()
        .u8(0)
        .u32(id)
        .raw(typeof key === "string" ? utf8(key) : key);
      return [path.finish(), value];
    }),
  );
}

function dumpOf(entries: readonly (readonly [path: Uint8Array, value: Uint8Array])[]): Uint8Array {
  const w = new Writer();
  for (const [path, value] of entries) w.vecU8(path).vecU8(value);
  return w.finish();
}

function busy(): TestExecutor {
  const executor = newExecutor();
  const listing = {
    name: "",
    category: "",
    description: "",
    price: { PerRow: { price: "1" } },
    dataset_link: "/d",
    dataset_preview: "",
  };
  run(
    executor,
    { json: transfer(bob, 5n) },
    { json: null },
    { contractId: 3, json: { Issue: { symbol: "A", total: "1" } } },
    { contractId: 3, json: { Destroy: { id: 0 } } },
    { contractId: 1, json: { List: listing } },
    { contractId: 1, json: { OpenOrder: { item_id: 0, query_link: "/q" } } },
    { text: undefined },
  );
  return executor;
}

describe("a dump of the state", () => {
  it("writes exactly these bytes for this state", () => {
    const executor = newExecutor({ contracts: [] });
    expect(encodeState(executor)).toEqual(new Uint8Array());
    run(executor, {
      text: undefined,
      txHash: new Uint8Array(32).fill(0xab),
      contractId: 5,
      block: { number: 3, timeMs: 0n },
    });
    const value = new Writer().raw(alice).u32(3).u8(0).u32(5).vecU8(new Uint8Array()).u8(8).finish();
    const named = new Writer().compact(1).raw(new Uint8Array(32).fill(0xab)).raw(alice).finish();
    expect(encodeState(executor)).toEqual(
      dump([
        [0, "oldest-receipts", u32(3)],
        [0, `receipt/${"ab".repeat(32)}`, value],
        [0, "receipts-of/3/0", named],
      ]),
    );
  });

  it("a loaded state equals the dumped one: root, answers, and results of present files", () => {
    const [executor, loaded] = [busy(), newExecutor()];
    for (const each of [executor, loaded]) {
      each.data.set("/d", utf8("phone\na\n"));
      each.data.set("/q", utf8("phone\na\n"));
    }
    loadState(loaded, encodeState(executor));
    expect(loaded.stateRoot).toEqual(executor.stateRoot);
    expect(encodeState(loaded)).toEqual(encodeState(executor));
    expect(balanceOf(loaded, bob)).toBe('{"FreeBalance":{"balance":"5"}}');
    for (const request of ["GetItems", "GetOrders"])
      expect(ask(loaded, 1, request)).toBe(ask(executor, 1, request));
    expect(loaded.data.get("/order/0")).toEqual(utf8("a\n"));
    status(loaded, 3, { Issue: { symbol: "B", total: "1" } });
    expect(ask(loaded, 3, "Metadata")).toContain('"id":2,');
  });

  it("replaces everything, results included, except the operator's files", () => {
    const executor = busy();
    executor.data.set("/d", utf8("phone\n"));
    executor.data.set("/q", utf8("phone\n"));
    expect(executor.data.get("/order/0")).toEqual(new Uint8Array());
    loadState(executor, encodeState(newExecutor()));
    expect(executor.stateRoot).toEqual(newExecutor().stateRoot);
    expect(ask(executor, 1, "GetOrders")).toBe('{"GetOrders":{"orders":[]}}');
    expect(executor.data.get("/order/0")).toBe(undefined);
    expect(executor.data.get("/d")).toEqual(utf8("phone\n"));
  });

  it("reads a view into a larger buffer and keeps no reference to it", () => {
    const bytes = encodeState(busy());
    const buffer = new Uint8Array(bytes.length + 2);
    buffer.set(bytes, 1);
    const executor = newExecutor();
    loadState(executor, buffer.subarray(1, -1));
    buffer.fill(0xff);
    expect(encodeState(executor)).toEqual(bytes);
  });

  const issuance: Entry = [2, "issuance", u128(1n)];
  const orphan = new Writer().u32(1).u32(0).raw(alice).u32(0).vecU8(utf8("/q")).finish();
  it.each([
    ["codec/truncated", new Uint8Array(1)],
    ["codec/too-long", Uint8Array.of(0xfe, 0xff, 0xff, 0xff)],
    ["executor/dump-order", dump([issuance, issuance])],
    ["executor/dump-order", dump([issuance, [2, "account/aa", u128(1n)]])],
    ["executor/dump-order", dump([issuance, [1, "items", u32(0)]])],
    ["executor/dump-contract", dump([[77, "issuance", u128(1n)]])],
    ["executor/dump-entry", dump([[2, "issuances", u128(1n)]])],
    ["executor/dump-entry", dump([[2, "", u128(1n)]])],
    ["executor/dump-entry", dump([[2, "x".repeat(257), u128(1n)]])],
    ["executor/dump-entry", dump([[2, Uint8Array.of(0xff), u128(1n)]])],
    ["executor/dump-entry", dumpOf([[new Uint8Array(), u128(1n)]])],
    ["executor/dump-entry", dumpOf([[Uint8Array.of(0, 2, 0, 0), u128(1n)]])],
    ["executor/dump-entry", dumpOf([[new Uint8Array(32).fill(1), u128(1n)]])],
    ["executor/dump-entry", dumpOf([[Uint8Array.of(2, 0, 0, 0, 0, 0x78), u128(1n)]])],
    ["executor/dump-entry", dumpOf([[new Uint8Array(1 << 20), u128(1n)]])],
    ["executor/dump-contract", dumpOf([[new Uint8Array(34).fill(1), u128(1n)]])],
    ["codec/truncated", dump([[2, "issuance", new Uint8Array(15)]])],
    ["codec/trailing", dump([[2, "issuance", new Uint8Array(17)]])],
    [
      "codec/bad-tag",
      dump([
        [
          0,
          "receipt/00",
          new Writer().raw(alice).u32(3).u8(0).u32(5).vecU8(new Uint8Array()).u8(15).finish(),
        ],
      ]),
    ],
    ["contract/missing-entry", dump([[1, "orders", u32(1)]])],
    [
      "contract/missing-entry",
      dump([
        [1, "order/0", orphan],
        [1, "orders", u32(1)],
      ]),
    ],
  ])("%s, and nothing changes", (wanted, bytes) => {
    const executor = busy();
    executor.data.set("/d", utf8("phone\n"));
    executor.data.set("/q", utf8("phone\n"));
    const before = [executor.stateRoot, encodeState(executor), executor.data.get("/order/0")];
    expect(() => loadState(executor, bytes)).toThrow(code(wanted));
    expect([executor.stateRoot, encodeState(executor), executor.data.get("/order/0")]).toEqual(before);
  });

  it("a prefix or a changed byte is refused, or gives another root", () => {
    const executor = busy();
    const bytes = encodeState(executor);
    const otherRoot = (changed: Uint8Array) => {
      const other = newExecutor();
      try {
        loadState(other, changed);
      } catch (error) {
        expect(error).toEqual(expect.objectContaining({ name: "ProtocolError" }));
        return;
      }
      expect(encodeState(other)).toEqual(changed);
      expect(other.stateRoot).not.toEqual(executor.stateRoot);
    };
    for (let length = 0; length < bytes.length; length++) otherRoot(bytes.subarray(0, length));
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const changed = bytes.slice();
        changed[at] = (changed[at] as number) ^ mask;
        otherRoot(changed);
      }),
    );
  });
});
