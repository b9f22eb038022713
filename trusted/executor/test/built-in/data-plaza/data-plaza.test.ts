import { fromUtf8, utf8 } from "@pruntime/core/bytes";
import { maxAnswerBytes } from "@pruntime/core/channel";
import { canonicalJson, type Json, parseJson } from "@pruntime/core/json";
import { maxCommandBytes } from "@pruntime/interfaces";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { recorded } from "../../../../../test/support/fixtures.ts";
import { retainedBytes } from "../../../../../test/support/heap.ts";
import { dataPlaza, joinOrders } from "../../../src/built-in/data-plaza/contract.ts";
import type { State } from "../../../src/index.ts";
import {
  alice,
  aliceHex,
  answer,
  ask,
  bob,
  bobHex,
  code,
  encodeState,
  loadState,
  newExecutor,
  run,
  status,
  type TestExecutor,
} from "../../kit.ts";

const details = {
  name: "People",
  category: "Finance",
  description: "all of them",
  price: { PerRow: { price: "100" } },
  dataset_link: "/data",
  dataset_preview: "id,phone\n",
};
const list = (changes: Record<string, Json> = {}): Json => ({ List: { ...details, ...changes } });
const order = (query = "/query", item = 0): Json => ({ OpenOrder: { item_id: item, query_link: query } });
const [dataset, query, result] = [utf8("id,phone\n1,a\n2,b\n"), utf8("phone\nb\n"), "2,b\n"];

interface OrderState {
  readonly data_ready: boolean;
  readonly query_ready: boolean;
  readonly result_ready: boolean;
  readonly matched_rows: number;
  readonly result_path: string;
}
const waiting: OrderState = {
  data_ready: false,
  query_ready: false,
  result_ready: false,
  matched_rows: 0,
  result_path: "",
};
const done = (id: number, rows: number): OrderState => ({
  data_ready: true,
  query_ready: true,
  result_ready: true,
  matched_rows: rows,
  result_path: `/order/${id}`,
});

function orderStates(executor: TestExecutor): OrderState[] {
  const answer = JSON.parse(ask(executor, 1, "GetOrders")) as {
    GetOrders: { orders: { state: OrderState }[] };
  };
  return answer.GetOrders.orders.map(({ state }) => state);
}

const textAt = (executor: TestExecutor, path: string) => {
  const bytes = executor.data.get(path);
  return bytes && fromUtf8(bytes);
};

describe("DataPlaza: List", () => {
  it("lists the item with its place on the chain and its seller", () => {
    const executor = newExecutor();
    expect(ask(executor, 1, "GetItems")).toBe('{"GetItems":{"items":[]}}');
    run(executor, { contractId: 1, json: list(), sender: bob, block: { number: 9, timeMs: 0n }, index: 3 });
    expect(ask(executor, 1, "GetItems")).toBe(
      '{"GetItems":{"items":[{"details":{"category":"Finance","dataset_link":"/data",' +
        '"dataset_preview":"id,phone\\n","description":"all of them","name":"People",' +
        `"price":{"PerRow":{"price":"100"}}},"id":0,"seller":"${bobHex}","txref":{"blocknum":9,` +
        '"index":3}}]}}',
    );
    expect(status(executor, 1, list({ name: "雷" }))).toBe("Ok");
    expect(ask(executor, 1, "GetItems", alice)).toContain(
      `"name":"雷","price":{"PerRow":{"price":"100"}}},"id":1,"seller":"${aliceHex}"`,
    );
  });

  it.each<Json>([
    list({ name: "x".repeat(257) }),
    list({ category: "x".repeat(257) }),
    list({ description: "x".repeat(16_385) }),
    list({ dataset_link: "x".repeat(1025) }),
    list({ dataset_preview: "x".repeat(16_385) }),
    list({ price: { PerRow: { price: 100 } } }),
    list({ price: { PerRow: { price: String(1n << 128n) } } }),
    list({ price: { Flat: { price: "1" } } }),
    list({ name: null }),
    { List: { name: "x" } },
    { OpenOrder: { item_id: 0 } },
    { OpenOrder: { item_id: "0", query_link: "" } },
    { OpenOrder: { item_id: 0, query_link: "x".repeat(1025) } },
    "List",
    { Delist: 0 },
  ])("BadCommand: %j", (json) => {
    const executor = newExecutor();
    expect(status(executor, 1, json)).toBe("BadCommand");
    expect(ask(executor, 1, "GetItems")).toBe('{"GetItems":{"items":[]}}');
  });

  it("accepts texts up to their limits", () => {
    const limits = {
      name: 256,
      category: 256,
      description: 16_384,
      dataset_link: 1024,
      dataset_preview: 16_384,
    };
    const full = Object.fromEntries(Object.entries(limits).map(([key, length]) => [key, "x".repeat(length)]));
    expect(status(newExecutor(), 1, list(full))).toBe("Ok");
  });
});

describe("DataPlaza: OpenOrder", () => {
  it("is public, and waits for its files", () => {
    const executor = newExecutor();
    status(executor, 1, list());
    run(executor, { contractId: 1, json: order(), sender: bob, block: { number: 4, timeMs: 0n }, index: 1 });
    expect(ask(executor, 1, "GetOrders")).toBe(
      `{"GetOrders":{"orders":[{"buyer":"${bobHex}","details":{"item_id":0,"query_link":"/query"},` +
        '"id":0,"state":{"data_ready":false,"matched_rows":0,"query_ready":false,"result_path":"",' +
        '"result_ready":false},"txref":{"blocknum":4,"index":1}}]}}',
    );
  });

  it("of an unknown item is ItemIdNotFound; queries still work (2020 panicked)", () => {
    const executor = newExecutor();
    expect(status(executor, 1, order())).toBe("ItemIdNotFound");
    expect(status(executor, 1, order("/query", 0xffff_ffff))).toBe("ItemIdNotFound");
    expect(ask(executor, 1, "GetOrders")).toBe('{"GetOrders":{"orders":[]}}');
  });
});

describe("DataPlaza: the join runs when its last input arrives", () => {
  const steps = {
    order: (executor: TestExecutor) => void status(executor, 1, order()),
    dataset: (executor: TestExecutor) => executor.data.set("/data", dataset),
    query: (executor: TestExecutor) => executor.data.set("/query", query),
  };
  const partly = {
    order: {},
    dataset: { data_ready: true },
    query: { query_ready: true },
  };
  type Step = keyof typeof steps;
  const all: Step[][] = [
    ["order", "dataset", "query"],
    ["order", "query", "dataset"],
    ["dataset", "order", "query"],
    ["dataset", "query", "order"],
    ["query", "order", "dataset"],
    ["query", "dataset", "order"],
  ];

  it.each(all)("%s, %s, %s", (...sequence) => {
    const executor = newExecutor();
    status(executor, 1, list());
    let expected = waiting;
    sequence.forEach((step, i) => {
      expect(executor.data.get("/order/0")).toBe(undefined);
      steps[step](executor);
      expected = i === 2 ? done(0, 1) : { ...expected, ...partly[step] };
      if (sequence.slice(0, i + 1).includes("order")) expect(orderStates(executor)).toEqual([expected]);
    });
    expect(textAt(executor, "/order/0")).toBe(result);
  });

  it("GetOrders only reads: it changes neither root, state nor data (in 2020 it ran the joins)", () => {
    const executor = newExecutor();
    status(executor, 1, list());
    status(executor, 1, order());
    executor.data.set("/data", dataset);
    const before = [
      executor.stateRoot,
      encodeState(executor),
      [...executor.data.entries()],
      executor.data.get("/order/0"),
    ];
    for (let i = 0; i < 3; i++) orderStates(executor);
    expect([
      executor.stateRoot,
      encodeState(executor),
      [...executor.data.entries()],
      executor.data.get("/order/0"),
    ]).toEqual(before);
  });

  it("only when the order commits", () => {
    const executor = newExecutor();
    status(executor, 1, list());
    executor.data.set("/data", dataset);
    executor.data.set("/query", query);
    executor.begin().endBlock(1);
    expect(executor.data.get("/order/0")).toBe(undefined);
  });

  it("each order has a result; orders of the same files have equal results", () => {
    const executor = newExecutor();
    run(executor, ...[list(), list({ dataset_link: "/other" })].map((json) => ({ contractId: 1, json })));
    executor.data.set("/data", dataset);
    executor.data.set("/query", query);
    run(
      executor,
      ...[order(), order("/more"), order(), order("/query", 1)].map((json) => ({ contractId: 1, json })),
    );
    executor.data.set("/more", utf8("phone\na\nb"));
    executor.data.set("/other", utf8("phone\nc\n"));
    expect(orderStates(executor)).toEqual([done(0, 1), done(1, 2), done(2, 1), done(3, 0)]);
    expect([0, 1, 2, 3, 4].map((id) => textAt(executor, `/order/${id}`))).toEqual([
      result,
      "1,a\n2,b\n",
      result,
      "",
      undefined,
    ]);
  });

  it("a replaced file is joined again", () => {
    const executor = newExecutor();
    for (const json of [list(), order()]) status(executor, 1, json);
    for (const step of ["dataset", "query"] as const) steps[step](executor);
    executor.data.set("/query", utf8("phone\na\nb\n"));
    expect(orderStates(executor)).toEqual([done(0, 2)]);
    executor.data.set("/data", utf8("phone\n"));
    expect(orderStates(executor)).toEqual([done(0, 0)]);
    expect(textAt(executor, "/order/0")).toBe("");
  });

  it("dataset and query may be the same file", () => {
    const executor = newExecutor();
    status(executor, 1, list());
    status(executor, 1, order("/data"));
    executor.data.set("/data", dataset);
    expect(textAt(executor, "/order/0")).toBe("1,a\n2,b\n");
  });

  it("a result is not an input of another join", () => {
    const executor = newExecutor();
    for (const json of [list(), order(), list({ dataset_link: "/order/0" }), order("/query", 1)])
      status(executor, 1, json);
    for (const step of ["dataset", "query"] as const) steps[step](executor);
    expect(orderStates(executor)[1]).toEqual({ ...waiting, query_ready: true });
  });

  it("a file that is not CSV gives an empty result", () => {
    const executor = newExecutor();
    for (const json of [list(), order()]) status(executor, 1, json);
    executor.data.set("/data", new Uint8Array(5000).fill(0x2c));
    executor.data.set("/query", Uint8Array.of(0x22));
    expect(orderStates(executor)).toEqual([done(0, 0)]);
  });
});

describe("setData, getData", () => {
  it("stores a copy of the file's bytes", () => {
    const executor = newExecutor();
    const bytes = utf8("abc");
    executor.data.set("/a", bytes);
    bytes.fill(0);
    executor.data.get("/a")?.fill(0);
    expect(textAt(executor, "/a")).toBe("abc");
    expect(executor.data.get("/b")).toBe(undefined);
    expect([...executor.data.entries()]).toEqual([{ path: "/a", bytes: utf8("abc"), seal: undefined }]);
  });

  it("stores a path without keeping its request in memory", () => {
    const request = { maxLength: 1 << 22, maxDepth: 1 };
    const retained = retainedBytes(() => {
      const executor = newExecutor();
      for (let i = 0; i < 16; i++) {
        const text = `{"path":"/a/file/of/number/${i}","data":"${"A".repeat(1 << 20)}"}`;
        const { path } = parseJson(text, request) as { path: string };
        executor.data.set(path, new Uint8Array(1));
      }
      return executor;
    });
    expect(retained).toBeLessThan(1 << 20);
  });

  it("is outside the state root", () => {
    const executor = newExecutor();
    const root = executor.stateRoot;
    executor.data.set("/data", dataset);
    expect(executor.stateRoot).toEqual(root);
    expect(encodeState(executor)).toEqual(encodeState(newExecutor()));
  });

  const small = { maxFileBytes: 10, maxFiles: 2, maxTotalBytes: 15, maxJoinBytes: 100, leastJoinBytes: 1 };
  it.each([
    ["data/reserved-path", "/order/0", 1],
    ["data/reserved-path", "/order/", 1],
    ["data/bad-path", "", 1],
    ["data/bad-path", "x".repeat(1025), 1],
    ["data/file-too-large", "/b", 11],
    ["data/full", "/b", 9],
    ["bytes/bad-utf8", "/\ud800", 8],
  ])("%s: %s, and nothing changes", (wanted, path, length) => {
    const executor = newExecutor({ dataLimits: small });
    executor.data.set("/a", new Uint8Array(7));
    expect(() => executor.data.set(path, new Uint8Array(length))).toThrow(code(wanted));
    expect([...executor.data.entries()]).toEqual([{ path: "/a", bytes: new Uint8Array(7), seal: undefined }]);
    executor.data.set("/b", new Uint8Array(8)); // the refused file's bytes are not counted
  });

  it("data/too-many-files; a file may still be replaced, which frees its space", () => {
    const executor = newExecutor({ dataLimits: small });
    executor.data.set("/a", new Uint8Array(7));
    executor.data.set("/b", new Uint8Array(8));
    expect(() => executor.data.set("/c", new Uint8Array(0))).toThrow(code("data/too-many-files"));
    expect(() => executor.data.set("/b", new Uint8Array(9))).toThrow(code("data/full"));
    executor.data.set("/a", new Uint8Array(5));
    executor.data.set("/b", new Uint8Array(10));
  });

  it("joins beyond the read limit wait in order for the next batch or file", () => {
    const limits = {
      maxFileBytes: 20,
      maxFiles: 9,
      maxTotalBytes: 60,
      maxJoinBytes: 2 * 16,
      leastJoinBytes: 1,
    };
    const executor = newExecutor({ dataLimits: limits });
    const file = utf8("phone\na\n"); // two of them are 16 bytes
    for (const path of ["/data", "/query", "/b", "/c", "/d"]) executor.data.set(path, file);
    const json = [list(), order("/none"), order(), order("/b"), order("/c"), order("/d"), order("/data")];
    run(executor, ...json.map((json) => ({ contractId: 1, json })));
    const ready = () => orderStates(executor).flatMap(({ result_ready }, id) => (result_ready ? [id] : []));
    expect(ready()).toEqual([1, 2]);
    run(executor);
    expect(ready()).toEqual([1, 2, 3, 4]);
    executor.data.set("/none", new Uint8Array(20));
    expect(ready()).toEqual([1, 2, 3, 4, 5]);
    run(executor);
    expect(ready()).toEqual([0, 1, 2, 3, 4, 5]);
    loadState(executor, encodeState(executor));
    expect(ready()).toEqual([0]);
  });
});

describe("DataPlaza: queries", () => {
  it("orders do not copy the long texts of their item", () => {
    const entries = new Map<string, Uint8Array>();
    let bytesRead = 0;
    const state: State = {
      get: (key) => {
        bytesRead += entries.get(key)?.length ?? 0;
        return entries.get(key);
      },
      set: (key, value) => void entries.set(key, value),
      delete: (key) => void entries.delete(key),
    };
    const context = { block: { number: 1, timeMs: 0n }, index: 0, sender: alice, txHash: new Uint8Array(32) };
    const contract = dataPlaza({
      progress: () => ({ hasDataset: false, hasQuery: false, rows: undefined, isSealed: false }),
    });
    const send = (json: Json) => contract.command(context, state, utf8(canonicalJson(json))).status;
    const text = "\u4e2d".repeat(9_000);
    send(list({ description: text, dataset_preview: text }));
    bytesRead = 0;
    expect(send(order())).toBe("Ok");
    contract.query({ origin: undefined }, state, utf8('"GetOrders"'));
    expect([...joinOrders(state, 0)]).toEqual([
      { id: 0, dataset: "/data", seller: alice, query: "/query", buyer: alice },
    ]);
    expect(bytesRead).toBeLessThan(1024);
  });

  it.each([
    "GetItem",
    { GetItems: { before: -1 } },
    { GetOrders: 1 },
    {},
    { GetItems: null, GetOrders: null },
    null,
    5,
  ])("contract/bad-request: %j", (request) =>
    expect(() => answer(newExecutor(), 1, request, alice)).toThrow(code("contract/bad-request")),
  );

  it("orders fit an answer: the newest that fit; `before` gives earlier ones", () => {
    const executor = newExecutor();
    run(
      executor,
      { contractId: 1, json: list() },
      ...Array.from({ length: 1003 }, () => ({ contractId: 1, json: order() })),
    );
    const ids = (request: Json) => {
      const answer = JSON.parse(ask(executor, 1, request)) as { GetOrders: { orders: { id: number }[] } };
      return answer.GetOrders.orders.map(({ id }) => id);
    };
    expect([ids("GetOrders").length, ids("GetOrders")[0], ids("GetOrders").at(-1)]).toEqual([243, 760, 1002]);
    expect(ask(executor, 1, "GetOrders").length).toBeLessThanOrEqual(maxAnswerBytes);
    expect(ids({ GetOrders: { before: 3 } })).toEqual([0, 1, 2]);
    expect(ids({ GetOrders: { before: 0 } })).toEqual([]);
    expect(ids({ GetOrders: { before: 2 ** 32 - 1 } })).toEqual(ids("GetOrders"));
  });

  /** Reads a whole list of items, page by page. Returns the ids, newest first. */
  function idsOfItems(executor: TestExecutor): number[] {
    const ids: number[] = [];
    for (;;) {
      const bytes = answer(
        executor,
        1,
        ids.length === 0 ? "GetItems" : { GetItems: { before: ids.at(-1)! } },
      );
      expect(bytes.length).toBeLessThanOrEqual(maxAnswerBytes);
      const { GetItems } = JSON.parse(fromUtf8(bytes)) as { GetItems: { items: { id: number }[] } };
      if (GetItems.items.length === 0) return ids;
      ids.push(...GetItems.items.map(({ id }) => id).reverse());
    }
  }

  it("long items cannot make a list unreadable: every page fits an answer, and no item is missing", () => {
    const executor = newExecutor();
    const large = list({ description: "x".repeat(16_384), dataset_preview: "x".repeat(16_384) });
    run(executor, ...Array.from({ length: 27 }, () => ({ contractId: 1, json: large })));
    expect(idsOfItems(executor)).toEqual(Array.from({ length: 27 }, (_, i) => 26 - i));
  });

  it("property: whatever its characters, an item that is listed fits an answer", () => {
    const text = (max: number) =>
      fc
        .tuple(fc.string({ unit: fc.constantFrom("x", '"', "\\", "\u0001", "雷", "😀") }), fc.nat(max))
        .map(([unit, length]) =>
          unit
            .repeat(1 + length)
            .slice(0, max)
            .replace(/\p{Surrogate}/gu, ""),
        );
    const listing = fc.record({
      name: text(256),
      category: text(256),
      description: text(16_384),
      dataset_link: text(1024),
      dataset_preview: text(16_384),
    });
    fc.assert(
      fc.property(fc.array(listing, { minLength: 1, maxLength: 6 }), (listings) => {
        const executor = newExecutor();
        const given = listings.map((changes) => ({ contractId: 1, json: list(changes) }));
        const listed = run(executor, ...given).filter((receipt) => receipt.status === "Ok").length;
        expect(idsOfItems(executor).length).toBe(listed);
      }),
      { numRuns: 60 },
    );
  });

  it("the longest command is listed and shown; a longer one ends with BadCommand", () => {
    const executor = newExecutor();
    const text = "\u4e2d".repeat(16_384);
    const rest =
      maxCommandBytes - utf8(canonicalJson(list({ description: text, dataset_preview: "" }))).length;
    const long = (length: number) => list({ description: text, dataset_preview: "x".repeat(length) });
    expect(status(executor, 1, long(rest + 1))).toBe("BadCommand");
    expect(status(executor, 1, long(rest))).toBe("Ok");
    expect(idsOfItems(executor)).toEqual([0]);
  });
});

describe("DataPlaza with the recorded 2020 files", () => {
  recorded("the first order has five rows under /order/0", ({ files }) => {
    const executor = newExecutor();
    const [data, wanted] = [
      "/ipfs/QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG",
      "/ipfs/QmY6yj1GsermExDXoosVE3aSPxdMNYr6aKuw3nA8LoWPRS",
    ];
    status(executor, 1, list({ dataset_link: data }));
    status(executor, 1, order(wanted), bob);
    executor.data.set(wanted, files.bytes("phala/2020-data-plaza/query.csv"));
    executor.data.set(data, files.bytes("phala/2020-data-plaza/dataset.csv"));
    expect(orderStates(executor)).toEqual([done(0, 5)]);
    expect(executor.data.get("/order/0")).toEqual(files.bytes("phala/2020-data-plaza/expected-result.csv"));
  });
});
