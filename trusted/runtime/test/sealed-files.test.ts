/**
 * Files that their owners sealed: what the host and other accounts get of them, through the events that a
 * host can send.
 */
import { fromUtf8, utf8 } from "@pruntime/core/bytes";
import { isSealedResult, openResult } from "@pruntime/core/channel";
import { portableCrypto } from "@pruntime/core/crypto";
import type { Json } from "@pruntime/core/json";
import type { Runtime } from "@pruntime/runtime";
import { describe, expect, it } from "vitest";
import { alice, bob, followed } from "./support/devchain.ts";
import { seal } from "./support/sealed-file.ts";
import { answer, outcomeOf, refusal, type Signer, sealed as sealedQuery, take } from "./support/worker.ts";

const table = utf8("phone,x\n1,alpha\n2,beta\n3,gamma\n");
const [data, numbers] = ["/d", "/q"] as const;

const set = (path: string, bytes: Uint8Array) => ({ kind: "set-data", path, bytes }) as const;
const get = (path: string) => ({ kind: "get-data", path }) as const;

/** A worker on which Bob has listed the dataset, and Alice has ordered. */
async function market() {
  const { runtime, push, step } = await followed();
  const send = (by: typeof alice, json: Json) => {
    push(1, { Plain: JSON.stringify(json) }, by);
    step();
  };
  const list = (by: typeof alice, link: string) =>
    send(by, {
      List: {
        name: "",
        category: "",
        description: "",
        price: { PerRow: { price: "1" } },
        dataset_link: link,
        dataset_preview: "",
      },
    });
  const order = (by: typeof alice, item: number, link: string) =>
    send(by, { OpenOrder: { item_id: item, query_link: link } });
  list(bob, data);
  order(alice, 0, numbers);
  return { runtime, list, order, step };
}

interface OrderState {
  readonly data_ready: boolean;
  readonly query_ready: boolean;
  readonly result_ready: boolean;
  readonly matched_rows: number;
}

/** The states of the orders, as an account or an anonymous caller reads them. */
function states(runtime: Runtime, by?: Signer): readonly OrderState[] {
  const { GetOrders } = answer(runtime, 1, "GetOrders", by) as unknown as {
    GetOrders: { orders: readonly { state: OrderState }[] };
  };
  return GetOrders.orders.map(({ state }) => state);
}
const ready = (runtime: Runtime) => states(runtime).map(({ result_ready }) => result_ready);

describe("a sealed dataset and a sealed query file", () => {
  it("give a result that only the buyer can open", async () => {
    const { runtime } = await market();
    const query = seal(runtime, alice, "query", numbers, utf8("phone\n2\n3\n"));
    take(runtime, set(data, seal(runtime, bob, "dataset", data, table).bytes));
    take(runtime, set(numbers, query.bytes));
    const { bytes } = take(runtime, get("/order/0"));
    expect(isSealedResult(bytes!)).toBe(true);
    const { seller, rows } = openResult(portableCrypto, query.resultKey, "/order/0", bytes!);
    expect([seller, fromUtf8(rows)]).toEqual([bob.id, "2,beta\n3,gamma\n"]);
  });

  it("data/sealed: are not given out", async () => {
    const { runtime } = await market();
    take(runtime, set(data, seal(runtime, bob, "dataset", data, table).bytes));
    take(runtime, set(numbers, seal(runtime, alice, "query", numbers, utf8("phone\n2\n")).bytes));
    for (const path of [data, numbers]) expect(refusal(runtime, get(path))).toBe("data/sealed");
  });

  it("tell only the buyer how many rows match", async () => {
    const { runtime } = await market();
    take(runtime, set(data, seal(runtime, bob, "dataset", data, table).bytes));
    take(runtime, set(numbers, seal(runtime, alice, "query", numbers, utf8("phone\n2\n")).bytes));
    const counts = [undefined, bob, alice].map((by) => states(runtime, by)[0]?.matched_rows);
    expect(counts).toEqual([0, 0, 1]);
    const { GetOrders } = outcomeOf(
      runtime,
      sealedQuery(runtime, 1, "GetOrders", { by: alice }),
    ) as unknown as {
      GetOrders: { orders: readonly { state: OrderState }[] };
    };
    expect(GetOrders.orders[0]?.state.matched_rows).toBe(1);
  });

  it("show the host the same for every content of the same padded length", async () => {
    const shown: unknown[] = [];
    for (const [rows, query] of [
      [table, "phone\n9\n"],
      [utf8(`phone,x\n${"2,beta-beta\n".repeat(15)}`), `phone\n${"2\n".repeat(60)}`],
    ] as const) {
      const { runtime, step } = await market();
      const outcomes = [
        runtime.accept(set(data, seal(runtime, bob, "dataset", data, rows).bytes)),
        runtime.accept(set(numbers, seal(runtime, alice, "query", numbers, utf8(query)).bytes)),
        runtime.accept(get("/order/0")),
      ];
      step();
      shown.push([
        outcomes.map((outcome) =>
          outcome.ok
            ? [
                outcome.effects.puts.map(({ kind, name, bytes }) => [kind, name, bytes.length]),
                lengths(outcome.value),
              ]
            : outcome.error,
        ),
        states(runtime),
      ]);
    }
    expect(shown[0]).toEqual(shown[1]);
    expect(JSON.stringify(shown)).not.toContain("code");
  });
});

/** An answer, with the lengths of its byte strings in place of the bytes. */
function lengths(value: object): Json {
  return Object.entries(value).map(([key, field]) => [
    key,
    field instanceof Uint8Array ? field.length : (field as Json),
  ]);
}

describe("a file that another account sealed", () => {
  it("as the dataset of an item: its orders are never ready", async () => {
    const { runtime, list, order } = await market();
    take(runtime, set(data, seal(runtime, bob, "dataset", data, table).bytes));
    take(runtime, set(numbers, seal(runtime, alice, "query", numbers, utf8("phone\n2\n")).bytes));
    list(alice, data);
    order(alice, 1, numbers);
    expect(states(runtime)[1]).toMatchObject({ data_ready: false, query_ready: true, result_ready: false });
    expect(take(runtime, get("/order/1"))).toEqual({ bytes: undefined });
    expect(ready(runtime)).toEqual([true, false]);
  });

  it("as the query file of an order: it is run for its orderer alone", async () => {
    const { runtime, order } = await market();
    take(runtime, set(data, seal(runtime, bob, "dataset", data, table).bytes));
    take(runtime, set(numbers, seal(runtime, alice, "query", numbers, utf8("phone\n2\n")).bytes));
    order(bob, 0, numbers);
    expect(states(runtime)[1]).toMatchObject({ data_ready: true, query_ready: false, result_ready: false });
    expect(take(runtime, get("/order/1"))).toEqual({ bytes: undefined });
    expect(ready(runtime)).toEqual([true, false]);
  });

  it("as a dataset that was sealed as a query file, and the reverse", async () => {
    const { runtime } = await market();
    take(runtime, set(data, seal(runtime, bob, "query", data, table).bytes));
    take(runtime, set(numbers, seal(runtime, alice, "dataset", numbers, table).bytes));
    expect(states(runtime)).toMatchObject([{ data_ready: false, query_ready: false }]);
  });
});

describe("files in clear beside sealed ones", () => {
  it("a sealed dataset is joined with no query file in clear", async () => {
    const { runtime } = await market();
    take(runtime, set(data, seal(runtime, bob, "dataset", data, table).bytes));
    take(runtime, set(numbers, utf8("phone\n2\n")));
    expect(states(runtime)).toMatchObject([{ data_ready: true, query_ready: false, result_ready: false }]);
    expect(take(runtime, get("/order/0"))).toEqual({ bytes: undefined });
  });

  it("a sealed query file is joined with a dataset in clear, and its result names no seller", async () => {
    const { runtime } = await market();
    const query = seal(runtime, alice, "query", numbers, utf8("phone\n2\n"));
    take(runtime, set(data, table));
    take(runtime, set(numbers, query.bytes));
    const { bytes } = take(runtime, get("/order/0"));
    expect(openResult(portableCrypto, query.resultKey, "/order/0", bytes!)).toEqual({
      seller: undefined,
      rows: utf8("2,beta\n"),
    });
  });

  it("files in clear belong to no account, and the operator reads results, as in 2020", async () => {
    const { runtime, list, order } = await market();
    take(runtime, set(data, table));
    take(runtime, set(numbers, utf8("phone\n2\n")));
    list(alice, data);
    order(bob, 1, numbers);
    expect(states(runtime).map(({ matched_rows }) => matched_rows)).toEqual([1, 1]);
    for (const path of ["/order/0", "/order/1"])
      expect(take(runtime, get(path))).toEqual({ bytes: utf8("2,beta\n") });
    expect(take(runtime, get(data))).toEqual({ bytes: table });
  });

  it("a file that replaces another owner's is judged again, in both directions", async () => {
    const { runtime } = await market();
    take(runtime, set(data, table));
    const own = seal(runtime, alice, "query", numbers, utf8("phone\n2\n")).bytes;
    const other = seal(runtime, bob, "query", numbers, utf8("phone\n1\n2\n")).bytes;
    const seen = [other, own, other, utf8("phone\n3\n"), own].map((bytes) => {
      take(runtime, set(numbers, bytes));
      return states(runtime, alice)[0]?.matched_rows;
    });
    expect(seen).toEqual([0, 1, 0, 1, 1]);
    take(runtime, set(numbers, other));
    expect(ready(runtime)).toEqual([false]);
  });
});

describe("a sealed file is refused, and nothing changes", () => {
  it.each([
    ["channel/bad-tag", (file: Uint8Array) => file.with(100, file[100]! ^ 1)],
    ["channel/bad-tag", (file: Uint8Array) => file.subarray(0, 90)],
    ["channel/bad-tag", (file: Uint8Array) => file.subarray(0, 16)],
    ["channel/bad-point", (file: Uint8Array) => file.with(16, 5)],
  ])("%s", async (wanted, change) => {
    const { runtime } = await market();
    const file = change(seal(runtime, bob, "dataset", data, table).bytes);
    expect(refusal(runtime, set(data, file))).toBe(wanted);
    expect(states(runtime)[0]?.data_ready).toBe(false);
  });

  it("file/misplaced: under another path", async () => {
    const { runtime } = await market();
    const file = seal(runtime, bob, "dataset", data, table).bytes;
    expect(refusal(runtime, set(numbers, file))).toBe("file/misplaced");
  });

  it.each([
    ["csv/no-column", "dataset", "x,y\n1,2\n"],
    ["csv/bad-row", "dataset", "phone,x\n1\n"],
    ["csv/bad-quotes", "query", 'phone\n"1\n'],
  ] as const)("%s", async (wanted, kind, text) => {
    const { runtime } = await market();
    expect(refusal(runtime, set(data, seal(runtime, bob, kind, data, utf8(text)).bytes))).toBe(wanted);
    expect(take(runtime, get(data))).toEqual({ bytes: undefined });
  });

  it("a query file needs no column named phone, if it has a single one", async () => {
    const { runtime } = await market();
    take(runtime, set(data, seal(runtime, bob, "dataset", data, table).bytes));
    take(runtime, set(numbers, seal(runtime, alice, "query", numbers, utf8("number\n2\n")).bytes));
    expect(states(runtime, alice)[0]?.matched_rows).toBe(1);
  });
});
