/** Runs the comparison of `npm run leaks`, and shows that it finds leaks where there are some. */
import type { Json } from "@pruntime/core/json";
import { balances, type Schema } from "@pruntime/interfaces";
import { describe, expect, it } from "vitest";
import { compareAll } from "../scripts/leaks/compare.ts";
import { extremeOf } from "../scripts/leaks/extremes.ts";
import { viewOfAnswer, viewOfCall, viewOfLogLine, viewOfMetrics } from "../scripts/leaks/view.ts";

describe("what the host records", { timeout: 240_000 }, () => {
  it("does not depend on secrets, askers or outcomes", async () => {
    const rows = await compareAll("v2");
    expect(rows.filter(({ difference }) => difference !== undefined)).toEqual([]);
    const names = rows.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["command Balances.Transfer", "sealed files of DataPlaza"]));
  });

  it("differs on channel v1, which is not padded", async () => {
    const rows = await compareAll("v1", [balances]);
    const leaky = rows.filter(({ difference }) => difference !== undefined).map(({ name }) => name);
    expect(leaky).toEqual([
      "replies of Balances.FreeBalance",
      "replies of Balances.TotalIssuance",
      "request Balances.FreeBalance",
      "request Balances.TotalIssuance",
      "command Balances.Transfer",
    ]);
  });
});

describe("the extremes of a schema", () => {
  it.each<[Schema, Json, Json]>([
    ["unit", null, null],
    ["bool", true, false],
    ["u8", 0, 255],
    ["i8", 0, -128],
    ["u64", "0", "18446744073709551615"],
    ["i128", "0", `-${2n ** 127n}`],
    ["account", "00".repeat(32), "ff".repeat(32)],
    [{ text: { max: 2 } }, "", "\u0001\u0001"],
    [{ bytes: { length: 2 } }, "0000", "ffff"],
    [{ bytes: { max: 2 } }, "", "ffff"],
    [{ option: "u8" }, null, 255],
    [{ list: { of: "u8", max: 2 } }, [], [255, 255]],
    [{ struct: [{ name: "a", type: "u8" }] }, { a: 0 }, { a: 255 }],
    [
      {
        variant: [
          { name: "Long", type: "u64" },
          { name: "Unit", type: "unit" },
        ],
      },
      "Unit",
      { Long: "18446744073709551615" },
    ],
  ])("%j", (schema, shortest, longest) => {
    expect(extremeOf(schema, null, "shortest")).toEqual(shortest);
    expect(extremeOf(schema, null, "longest")).toEqual(longest);
  });

  it("keep the example's value where the size is public", () => {
    const schema: Schema = {
      struct: [
        { name: "a", type: "text", size: "public" },
        { name: "b", type: "u8" },
      ],
    };
    expect(extremeOf(schema, { a: "kept", b: 7 }, "longest")).toEqual({ a: "kept", b: 255 });
  });

  it.each<Schema>(["text", "bytes", { list: { of: "u8" } }])(
    "do not exist for %j, which has no limit",
    (schema) => expect(() => extremeOf(schema, null, "longest")).toThrow("without a limit"),
  );
});

describe("the view of a host", () => {
  const reply = {
    kind: "reply",
    id: 1,
    cost: 0,
    status: 200,
    code: undefined,
    body: new TextEncoder().encode('{"status":"ok"}'),
    statement: undefined,
    puts: [],
    drops: [],
  } as const;
  it.each([
    ["status", { status: 400 }],
    ["code", { code: "a/b" }],
    ["body", { body: new TextEncoder().encode('{"status":"no"}') }],
    ["length", { body: new TextEncoder().encode('{"status":"okay"}') }],
    ["stored blob", { puts: [{ key: "a", bytes: new Uint8Array(1) }] }],
    ["deleted blob", { drops: ["a"] }],
  ])("shows another %s of a reply", (_, change) =>
    expect(viewOfAnswer({ ...reply, ...change })).not.toBe(viewOfAnswer(reply)),
  );

  it("shows the lengths of what looks random, and no times", () => {
    const call = (digits: string) =>
      viewOfCall({
        kind: "call",
        id: 1,
        waiting: 0,
        action: "query",
        body: new TextEncoder().encode(`"${digits}"`),
      });
    expect(call("a1".repeat(8))).toBe(call("b2".repeat(8)));
    expect(call("a1".repeat(8))).not.toBe(call("a1".repeat(9)));
    expect(viewOfAnswer({ ...reply, cost: 3 })).toBe(viewOfAnswer(reply));
    expect(viewOfLogLine('{"time":1,"pid":2,"ms":3,"code":"a/b"}')).toBe('log line {"code":"a/b"}');
  });

  it("shows which metrics changed by how much, except for durations, ages and memory", () => {
    const before = '# HELP a\na{b="c"} 1\nd 5\ne_duration_sum 1\ng_age_seconds 1\nh_memory_bytes 1\n';
    const after = '# HELP a\na{b="c"} 3\nd 5\ne_duration_sum 2\nf 1\ng_age_seconds 2\nh_memory_bytes 2\n';
    expect(viewOfMetrics(before, after)).toEqual(['metric a{b="c"} +2', "metric f +1"]);
  });
});
