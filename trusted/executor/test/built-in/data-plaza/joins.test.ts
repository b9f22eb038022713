/** Tests whose joins run first, and that orders take no room from others. */
import { fromUtf8, utf8 } from "@pruntime/core/bytes";
import type { Json } from "@pruntime/core/json";
import { complete } from "@pruntime/core/work";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { retainedBytes } from "../../../../../test/support/heap.ts";
import { DataArea, defaultDataLimits } from "../../../src/built-in/data-plaza/index.ts";
import { type Join, JoinQueue } from "../../../src/built-in/data-plaza/join-queue.ts";
import {
  alice,
  ask,
  bob,
  carol,
  encodeState,
  loadState,
  newExecutor,
  run,
  type TestExecutor,
} from "../../kit.ts";

/** A file in clear, which any order may name. */
const clear = (path: string, bytes: Uint8Array) => ({ path, bytes, seal: undefined });
const linksOf = (dataset: string, query: string) => ({ dataset, seller: alice, query, buyer: bob });

/** A data area with a file of 10 bytes for each letter. One join of two letters runs at a time. */
function areaOf(letters: string): {
  readonly data: DataArea;
  readonly order: Order;
  readonly next: () => string;
} {
  const data = new DataArea({ ...defaultDataLimits, maxJoinBytes: 20, leastJoinBytes: 1 });
  for (const letter of letters) data.store(clear(letter, utf8("phone\n123\n")));
  const pairs = [...letters].flatMap((dataset) => [...letters].map((query) => linksOf(dataset, query)));
  const counted = () => pairs.filter((links) => data.progress(links).rows !== undefined);
  return {
    data,
    order: (buyer, ...joined) => {
      for (const [dataset = "", query = ""] of joined)
        data.follow({ ...linksOf(dataset, query), id: data.orderCount, buyer });
    },
    next: () => {
      const before = counted();
      complete(data.joinWork());
      return counted()
        .filter((links) => !before.includes(links))
        .map(({ dataset, query }) => dataset + query)
        .join();
    },
  };
}
type Order = (buyer: Uint8Array, ...joined: readonly string[]) => void;

describe("joins that wait", () => {
  it("run in the turns of their accounts, not in the order of all orders", () => {
    const { order, next } = areaOf("abcd");
    order(bob, "aa", "ab", "ac", "ad");
    order(alice, "ba", "bb");
    order(carol, "ca");
    expect(Array.from({ length: 7 }, next)).toEqual(["aa", "ba", "ca", "ab", "bb", "ac", "ad"]);
  });

  it("of an account that waited for nothing come next, however much others have ordered", () => {
    const { order, next } = areaOf("abcd");
    order(bob, "aa", "ab", "ac", "ad", "ba", "bb", "bc", "bd");
    expect([next(), next(), next()]).toEqual(["aa", "ab", "ac"]);
    order(alice, "da");
    expect([next(), next()]).toContain("da");
  });

  it("cost what they read: short joins run while another account's long join waits", () => {
    const { data, order, next } = areaOf("abcd");
    data.store(clear("a", utf8(`phone\n${"1".repeat(54)}`)));
    order(bob, "aa", "ab");
    order(alice, "bb", "bc", "bd", "cb");
    expect(Array.from({ length: 6 }, next)).toEqual(["aa", "bb", "bc", "bd", "cb", "ab"]);
  });

  it("move to the turn of an account that orders the same join, if that turn is earlier", () => {
    const { order, next } = areaOf("abcd");
    order(bob, "aa", "ab", "ac", "ad");
    order(alice, "ad");
    expect([next(), next()]).toEqual(["aa", "ad"]);
  });

  it("run once each, however often other accounts have moved them", () => {
    const { order, next } = areaOf("abcdefgh");
    const pairs = [..."abcdefgh"].flatMap((dataset) => [..."abcdefgh"].map((query) => dataset + query));
    order(bob, ...pairs);
    for (let account = 1; account <= 20; account++)
      order(new Uint8Array(32).fill(account), ...pairs.slice(2 * account).reverse());
    const ran = pairs.map(next);
    expect([...ran].sort()).toEqual(pairs);
    expect(next()).toBe("");
  });

  it("property: run by turn and then by the order in which the turns were given", () => {
    const step = fc.option(fc.tuple(fc.nat(19), fc.nat(4), fc.integer({ min: 1, max: 9 })), { freq: 3 });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const queue = new JoinQueue();
        const joins = Array.from({ length: 20 }, (): Join => {
          const file = { bytes: new Uint8Array(), seal: undefined, joins: new Map() };
          return { dataset: file, query: file, rows: undefined, account: "", place: undefined };
        });
        const waiting = () => joins.flatMap(({ place }) => place ?? []);
        for (const each of steps) {
          const [next] = waiting().sort((a, b) => a.turn - b.turn || a.given - b.given);
          expect(queue.first).toBe(next?.join);
          if (each === null) queue.take();
          else queue.add(joins[each[0]]!, String(each[1]), each[2]);
        }
      }),
    );
  });

  it("are not delayed by another account that orders the same join", () => {
    const { order, next } = areaOf("abcd");
    order(bob, "aa", "ab", "ac");
    order(alice, "ad");
    order(bob, "ad");
    expect([next(), next()]).toEqual(["aa", "ad"]);
  });

  it("are not delayed by accounts that come later and order the same join", () => {
    const { order, next } = areaOf("abcd");
    order(bob, "aa");
    order(alice, "ad");
    for (const account of [1, 2, 3]) order(new Uint8Array(32).fill(account), `b${"abc"[account - 1]}`, "ad");
    for (const account of [4, 5, 6]) order(new Uint8Array(32).fill(account), "ad");
    expect([next(), next()]).toEqual(["aa", "ad"]);
  });

  it("of an account that comes late begin at the present turn, and make up for no earlier one", () => {
    const { order, next } = areaOf("abcd");
    order(bob, "aa", "ab", "ac", "ad", "ba");
    expect([next(), next(), next()]).toEqual(["aa", "ab", "ac"]);
    order(alice, "ca", "cb", "cc");
    expect(Array.from({ length: 4 }, next)).toEqual(["ca", "ad", "cb", "ba"]);
  });

  it("are not added for files that are counted already", () => {
    const { order, next } = areaOf("ab");
    order(bob, "aa");
    expect(next()).toBe("aa");
    order(alice, "aa", "ab");
    expect(next()).toBe("ab");
  });

  it("of a replaced file run again, in the turn of the account that ordered them", () => {
    const { data, order, next } = areaOf("abc");
    order(bob, "aa", "ab", "ac");
    order(alice, "ba");
    for (let i = 0; i < 4; i++) next();
    data.store(clear("a", utf8("phone\n456\n")));
    order(carol, "cc");
    expect(["aa", "ab", "ac"].map((pair) => data.progress(linksOf("a", pair[1]!)).rows)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(Array.from({ length: 5 }, next)).toEqual(["aa", "ba", "cc", "ab", "ac"]);
  });

  it("count as a least number of bytes, so that a batch has a limited number of joins", () => {
    const data = new DataArea({ ...defaultDataLimits, maxJoinBytes: 300, leastJoinBytes: 100 });
    for (const path of ["a", "b", "c"]) data.store(clear(path, new Uint8Array(0)));
    const pairs = ["a", "b", "c"].flatMap((dataset) =>
      ["a", "b", "c"].map((query) => linksOf(dataset, query)),
    );
    for (const [id, links] of pairs.entries()) data.follow({ id, ...links });
    complete(data.joinWork());
    expect(pairs.filter((links) => data.progress(links).rows !== undefined).length).toBe(3);
  });
});

describe("a sealed file", () => {
  const sealed = (path: string, length: number) => ({
    path,
    bytes: new Uint8Array(length),
    seal: { kind: "query" as const, owner: bob, resultKey: new Uint8Array(32) },
  });

  it("counts with its padding, so that limits do not tell its length", () => {
    const limits = { ...defaultDataLimits, maxFileBytes: 600, maxTotalBytes: 1000 };
    const refused = [1, 252, 253, 508].map((length) => {
      const data = new DataArea(limits);
      data.store(clear("/a", new Uint8Array(600)));
      try {
        data.check(sealed("/b", length));
        return undefined;
      } catch (error) {
        return (error as { readonly detail: unknown }).detail;
      }
    });
    const full = { code: "data/full", bytes: 1112, limit: 1000 };
    expect(refused).toEqual([undefined, undefined, full, full]);
    const tooLarge = { code: "data/file-too-large", bytes: 1024, limit: 600 };
    expect(() => new DataArea(limits).check(sealed("/b", 509))).toThrow(
      expect.objectContaining({ detail: tooLarge }),
    );
  });

  it("gives its room back when it is replaced", () => {
    const data = new DataArea({ ...defaultDataLimits, maxTotalBytes: 600 });
    for (let i = 0; i < 3; i++) {
      data.store(sealed("/a", 300));
      data.store(clear("/a", new Uint8Array(600)));
    }
    expect(() => data.store(clear("/b", new Uint8Array(1)))).toThrow(
      expect.objectContaining({ code: "data/full" }),
    );
  });

  it("takes turns that do not depend on its length", () => {
    const runs = [1, 250].map((length) => {
      const data = new DataArea({ ...defaultDataLimits, maxJoinBytes: 300, leastJoinBytes: 1 });
      for (const path of ["/a", "/b"]) data.store(clear(path, utf8("phone\n1\n")));
      data.store(sealed("/q", length));
      for (const [id, dataset] of ["/a", "/b"].entries()) data.follow({ ...linksOf(dataset, "/q"), id });
      complete(data.joinWork());
      return ["/a", "/b"].map((dataset) => data.progress(linksOf(dataset, "/q")).rows);
    });
    expect(runs).toEqual([
      [0, undefined],
      [0, undefined],
    ]);
  });
});

describe("orders take no room from others", () => {
  const item = (link: string): Json => ({
    List: {
      name: "",
      category: "",
      description: "",
      price: { PerRow: { price: "1" } },
      dataset_link: link,
      dataset_preview: "",
    },
  });
  const order = (item_id: number, query_link: string): Json => ({ OpenOrder: { item_id, query_link } });
  const send = (executor: TestExecutor, sender: Uint8Array, ...jsons: readonly Json[]) =>
    run(executor, ...jsons.map((json) => ({ contractId: 1, json, sender })));
  const rows = (first: string) => {
    const phones = Array.from({ length: 50_000 }, (_, i) => `${first}${String(i).padStart(8, "0")}`);
    return utf8(`phone\n${phones.join("\n")}`);
  };

  it("an account that ordered results of any size leaves a result to the next buyer", () => {
    const retained = retainedBytes(() => {
      const limits = { ...defaultDataLimits, maxFileBytes: 1 << 20, maxTotalBytes: 2 << 20 };
      const executor = newExecutor({ dataLimits: limits });
      const links = ["/1", "/2", "/3"];
      for (const link of links) executor.data.set(link, rows(link[1]!));
      executor.data.set("/victim", utf8("phone\n100000007\n"));
      send(executor, bob, ...links.map(item));
      for (let i = 0; i < 12; i++) send(executor, bob, ...links.map((link, id) => order(id, link)));
      send(executor, alice, order(0, "/victim"));
      const { GetOrders } = JSON.parse(ask(executor, 1, "GetOrders")) as {
        GetOrders: { orders: { state: { matched_rows: number; result_path: string } }[] };
      };
      const [last, ...others] = [...GetOrders.orders].reverse();
      expect([last?.state.matched_rows, others[0]?.state.matched_rows]).toEqual([1, 50_000]);
      expect(fromUtf8(executor.data.get(last?.state.result_path ?? "")!)).toBe("100000007\n");
      return executor;
    });
    expect(retained).toBeLessThan(4 << 20); // the files have 1.5 MB, and the ordered results 18 MB
  });

  it("orders whose files are absent take no memory beside the state", () => {
    const retained = retainedBytes(() => {
      const data = new DataArea();
      data.store(clear("/data", utf8("phone\n")));
      for (let id = 0; id < 20_000; id++) data.follow({ id, ...linksOf("/data", `/absent/${id}`) });
      return data;
    });
    expect(retained).toBeLessThan(2 << 20); // the smallest entry for each order would take more
  });

  it.each([
    "/order/",
    "/order/NaN",
    "/order/1.5",
    "/order/1",
    "/order/00",
    "/order/0x0",
    "/order/-0",
    "/order/-1",
    "/order/4294967296",
  ])("no result has the path %s", (path) => {
    const executor = newExecutor();
    send(executor, bob, item("/1"), order(0, "/1"));
    executor.data.set("/1", rows("1"));
    expect(executor.data.get("/order/0")).toBeDefined();
    expect(executor.data.get(path)).toBe(undefined);
  });

  it("a new file is joined for orders that came before it, also after a load", () => {
    const executor = newExecutor();
    send(executor, bob, item("/1"), order(0, "/2"));
    executor.data.set("/2", rows("1"));
    loadState(executor, encodeState(executor));
    executor.data.set("/1", rows("1"));
    expect(executor.data.get("/order/0")?.length).toBe(499_999);
  });
});
