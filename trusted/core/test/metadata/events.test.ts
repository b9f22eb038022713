import { describe, expect, it } from "vitest";
import { concat, fromHex } from "../../src/bytes/index.ts";
import {
  compileEvents,
  compileEventsWork,
  type RegistryType,
  type RuntimeMetadata,
} from "../../src/metadata/index.ts";
import { codeOf } from "../support/code.ts";
import * as t from "./types.ts";

/**
 * The types of a runtime with the pallets System (0) and Execution (6). Comments and tests refer to a type by
 * its position.
 */
const types: readonly RegistryType[] = [
  t.primitive("u8"),
  t.primitive("u32"),
  t.array(32, 0),
  t.composite(t.unnamed(2), "primitive_types", "H256"),
  t.sequence(3),
  t.variant([
    t.alternative(0, "ApplyExtrinsic", t.unnamed(1)),
    t.alternative(1, "Finalization"),
    t.alternative(2, "Initialization"),
  ]),
  t.variant([t.alternative(0, "System", t.unnamed(8)), t.alternative(6, "Execution", t.unnamed(9))]),
  t.composite(t.named({ phase: 5, event: 6, topics: 4 }), "frame_system", "EventRecord"),
  t.variant([t.alternative(2, "CodeUpdated"), t.alternative(5, "Remarked", t.named({ sender: 3, hash: 3 }))]),
  t.variant([
    t.alternative(0, "CommandPushed", t.named({ who: 3, id: 1, payload: 11 })),
    t.alternative(1, "Old", t.unnamed(1, 11)),
  ]),
  t.sequence(7),
  t.sequence(0),
];
const events = 10;

function runtime(replaced: Readonly<Record<number, RegistryType>> = {}): RuntimeMetadata {
  const storage = { prefix: "System", items: new Map([["Events", t.plainItem(events)]]) };
  return t.runtime(
    types.map((type, i) => replaced[i] ?? type),
    [
      t.pallet("System", 0, { events: 8, storage }),
      t.pallet("Execution", 6, { events: 9 }),
      t.pallet("Silent", 7),
    ],
  );
}

const decoder = compileEvents(runtime());
const hash = "11".repeat(32);
const pushed = `00 07000000 06 00 ${hash} 01000000 08aabb 00`.replaceAll(" ", "");
const code = (hex: string) => codeOf(() => decoder.decode(fromHex(hex)));

it("compileEvents pauses after each pallet", () => expect([...compileEventsWork(runtime())].length).toBe(2));

describe("compileEvents decodes", () => {
  it("phase, pallet, name, fields and topics", () => {
    expect(decoder.decode(fromHex(`04${pushed}`))).toEqual([
      {
        ...{ phase: { kind: "apply-extrinsic", index: 7 }, pallet: "Execution", name: "CommandPushed" },
        ...{ fields: { who: fromHex(hash), id: 1, payload: fromHex("aabb") }, topics: [] },
      },
    ]);
    const old = `01 06 01 05000000 04cc 08 ${hash} ${"22".repeat(32)}`.replaceAll(" ", "");
    expect(decoder.decode(fromHex(`0802000200${old}`))).toEqual([
      { phase: { kind: "initialization" }, pallet: "System", name: "CodeUpdated", fields: {}, topics: [] },
      {
        ...{
          phase: { kind: "finalization" },
          pallet: "Execution",
          name: "Old",
          fields: { 0: 5, 1: fromHex("cc") },
        },
        topics: [fromHex(hash), fromHex("22".repeat(32))],
      },
    ]);
  });

  it("no events at all", () => expect(decoder.decode(fromHex("00"))).toEqual([]));

  it("an offset view, and returns views of it", () => {
    const bytes = fromHex(`04${pushed}`);
    const [record] = decoder.decode(
      concat(fromHex("ffff"), bytes, fromHex("ff")).subarray(2, 2 + bytes.length),
    );
    expect(record).toEqual(decoder.decode(bytes)[0]);
    const payload = decoder.decode(bytes)[0]?.fields["payload"] as Uint8Array;
    expect(payload.buffer).toBe(bytes.buffer);
  });

  it("many records in a row, even after an earlier error", () => {
    expect(code(`08${pushed}${pushed.slice(0, 20)}`)).toBe("codec/truncated");
    expect(decoder.decode(fromHex(`a10f${pushed.repeat(1000)}`)).length).toBe(1000);
  });
});

describe("compileEvents with a filter", () => {
  /** The positions of additional types. The event `Old` has a field of each of these types except `order`. */
  const [flag, text, pair, list, bits, option, order, big, wrapped, nothing] = [
    12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
  ];
  const fields = [flag, text, pair, list, bits, option, big, wrapped, nothing];
  const kinds: readonly RegistryType[] = [
    t.primitive("bool"),
    t.primitive("str"),
    t.tuple(1, 11),
    t.sequence(pair),
    t.bits(0, order),
    t.option(text),
    t.composite([], "bitvec", "order", "Lsb0"),
    t.compact(1),
    t.array(2, option),
    t.array(3, 22),
    t.tuple(),
  ];
  const all = runtime({
    9: t.variant([
      t.alternative(0, "CommandPushed", t.named({ who: 3, id: 1, payload: 11 })),
      t.alternative(1, "Old", t.unnamed(...fields)),
    ]),
  });
  const mixed = { ...all, types: [...all.types, ...kinds] };
  const old =
    "01 0601 01 0861 62 05000000 04cc 08 01000000 00 02000000 08aabb 0c05 01 0463 0104 00 01 0864 65 08" +
    `${hash}${"22".repeat(32)}`;
  const bytes = fromHex(`0c ${old} ${pushed} ${old}`.replaceAll(" ", ""));
  const only = (name: string) => compileEvents(mixed, (_, event) => event === name);

  it("yields the wanted events as without one, and skips the others to the last byte", () => {
    const every = compileEvents(mixed).decode(bytes);
    expect(every.map(({ name }) => name)).toEqual(["Old", "CommandPushed", "Old"]);
    for (const name of ["Old", "CommandPushed", "CodeUpdated"])
      expect(only(name).decode(bytes)).toEqual(every.filter((record) => record.name === name));
    expect(compileEvents(mixed, (pallet) => pallet === "System").decode(bytes)).toEqual([]);
  });

  it("refuses bytes that end within a skipped event, and bytes after the last", () => {
    for (let end = 1; end < bytes.length; end++)
      expect(codeOf(() => only("CodeUpdated").decode(bytes.subarray(0, end)))).toMatch(/^codec\//);
    expect(codeOf(() => only("CodeUpdated").decode(concat(bytes, Uint8Array.of(0))))).toBe("codec/trailing");
    expect(codeOf(() => only("Old").decode(fromHex("0402000300")))).toBe("codec/bad-tag");
  });

  it("does not judge the values that it skips", () => {
    const odd = bytes.slice();
    odd[4] = 2; // the bool
    odd[6] = 0xff; // not UTF-8
    expect(codeOf(() => compileEvents(mixed).decode(odd))).toMatch(/^(codec|bytes)\//);
    expect(only("CommandPushed").decode(odd)).toHaveLength(1);
  });

  it("does not compile the types that it skips", () => {
    const bad = { ...mixed, types: mixed.types.with(big, t.compact(text)) };
    expect(codeOf(() => compileEvents(bad))).toBe("metadata/bad-type");
    expect(codeOf(() => compileEvents(bad, (_, name) => name === "Old"))).toBe("metadata/bad-type");
    expect(codeOf(() => compileEvents(bad, (_, name) => name === "CommandPushed"))).toBe("accepted");
  });

  it("metadata/too-large: refuses many fields without bytes, skipped or read", () => {
    const wide = t.alternative(1, "Wide", t.unnamed(...new Array<number>(5000).fill(types.length)));
    const plain = runtime({ 9: t.variant([wide]) });
    const metadata = { ...plain, types: [...plain.types, t.tuple()] };
    for (const wanted of [true, false])
      expect(codeOf(() => compileEvents(metadata, () => wanted).decode(fromHex("0402060100")))).toBe(
        "metadata/too-large",
      );
  });

  it("metadata/duplicate: refuses two events or pallets of one index", () => {
    const events = t.variant([t.alternative(0, "A"), t.alternative(0, "B")]);
    expect(codeOf(() => compileEvents(runtime({ 9: events }), () => false))).toBe("metadata/duplicate");
    const pallets = t.variant([
      t.alternative(0, "System", t.unnamed(8)),
      t.alternative(0, "Two", t.unnamed(9)),
    ]);
    expect(codeOf(() => compileEvents(runtime({ 6: pallets }), () => false))).toBe("metadata/duplicate");
  });
});

describe("compileEvents refuses", () => {
  it("every strict prefix", () => {
    const bytes = fromHex(`08${pushed.repeat(2)}`);
    for (let end = 0; end < bytes.length; end++)
      expect(codeOf(() => decoder.decode(bytes.subarray(0, end)))).toMatch(/^codec\/(truncated|too-long)$/);
  });

  it.each([
    ["codec/trailing", `04${pushed}00`],
    ["codec/too-long", "03ffffffff"],
    ["codec/non-canonical", `1100${pushed.repeat(4)}`],
    ["codec/bad-tag", "0403000200"], // phase
    ["codec/bad-tag", "0402010200"], // no such pallet
    ["codec/bad-tag", "0402070200"], // a pallet without events
    ["codec/bad-tag", "0402000300"], // no such event
    ["codec/too-long", `0402000208${hash}`], // topics
  ])("%s: %s", (expected, hex) => expect(code(hex)).toBe(expected));

  const unit = (index: number, name: string) => t.alternative(index, name);
  const apply = t.alternative(0, "ApplyExtrinsic", t.unnamed(1));
  const [system, execution] = [
    t.alternative(0, "System", t.unnamed(8)),
    t.alternative(6, "Execution", t.unnamed(9)),
  ];
  const record = { phase: 5, event: 6, topics: 4 };
  const oddities: readonly (readonly [string, Readonly<Record<number, RegistryType>>])[] = [
    ["events that are not a list", { [events]: t.array(1, 7) }],
    ["records that are tuples", { 7: t.tuple(5, 6, 4) }],
    ["a record with an additional field", { 7: t.composite(t.named({ ...record, more: 0 })) }],
    ["a record with a missing field", { 7: t.composite(t.named({ phase: 5, event: 6 })) }],
    ["a record in another order", { 7: t.composite(t.named({ event: 6, phase: 5, topics: 4 })) }],
    ["a record of unnamed fields", { 7: t.composite(t.unnamed(5, 6, 4)) }],
    ["topics that are not hashes", { 4: t.sequence(0) }],
    ["topics of another length", { 2: t.array(20, 0) }],
    ["a phase with other names", { 5: t.variant([apply, unit(1, "Final"), unit(2, "Initialization")]) }],
    [
      "a phase with other indices",
      { 5: t.variant([apply, unit(2, "Finalization"), unit(1, "Initialization")]) },
    ],
    [
      "a phase with an additional variant",
      { 5: t.variant([apply, unit(1, "Finalization"), unit(2, "Initialization"), unit(3, "Poll")]) },
    ],
    [
      "a phase with an index of another type",
      {
        5: t.variant([
          t.alternative(0, "ApplyExtrinsic", t.unnamed(0)),
          unit(1, "Finalization"),
          unit(2, "Initialization"),
        ]),
      },
    ],
    ["a phase that is not an enum", { 5: t.tuple(0, 1) }],
    ["an event that is not an enum", { 6: t.tuple(8, 9) }],
    ["a pallet under another index", { 6: t.variant([system, t.alternative(7, "Execution", t.unnamed(9))]) }],
    ["another pallet's events", { 6: t.variant([system, t.alternative(6, "Execution", t.unnamed(8))]) }],
    [
      "a pallet with two event enums",
      { 6: t.variant([system, t.alternative(6, "Execution", t.unnamed(9, 9))]) },
    ],
    ["a pallet whose events are not an enum", { 9: t.tuple(0, 1) }],
  ];
  it.each(oddities)("metadata/bad-events: %s", (_, replaced) =>
    expect(codeOf(() => compileEvents(runtime(replaced)))).toBe("metadata/bad-events"),
  );

  it("keeps reading events of a pallet that the runtime no longer lists", () => {
    const outer = t.variant([system, t.alternative(9, "Removed", t.unnamed(9))]);
    const [record] = compileEvents(runtime({ 6: outer })).decode(fromHex("0402090105000000" + "04cc00"));
    expect(record).toMatchObject({ pallet: "Removed", name: "Old", fields: { 0: 5, 1: fromHex("cc") } });
  });

  it("metadata/duplicate: two pallets with the same name in the outer enum", () => {
    const removed = [9, 10].map((index) => t.alternative(index, "Removed", t.unnamed(9)));
    const outer = t.variant([system, ...removed]);
    expect(codeOf(() => compileEvents(runtime({ 6: outer })))).toBe("metadata/duplicate");
  });

  it("metadata/bad-events: a runtime without System.Events, or in which it is a map", () => {
    expect(codeOf(() => compileEvents(t.runtime(types)))).toBe("metadata/bad-events");
    expect(codeOf(() => compileEvents(t.runtime(types, [t.pallet("System", 0, { events: 8 })])))).toBe(
      "metadata/bad-events",
    );
    const items = new Map([["Events", { ...t.plainItem(events), key: 1 }]]);
    const system = t.pallet("System", 0, { events: 8, storage: { prefix: "System", items } });
    expect(
      codeOf(() => compileEvents(t.runtime(types, [system, t.pallet("Execution", 6, { events: 9 })]))),
    ).toBe("metadata/bad-events");
  });

  it("metadata/duplicate: two events with the same name", () => {
    const twice = t.variant([t.alternative(0, "CommandPushed"), t.alternative(1, "CommandPushed")]);
    expect(codeOf(() => compileEvents(runtime({ 9: twice })))).toBe("metadata/duplicate");
  });

  it.each([
    ["two events have the same index", t.variant([t.alternative(0, "A"), t.alternative(0, "B")])],
    ["a field is named __proto__", t.variant([t.alternative(0, "A", t.named({ ["__proto__"]: 0 }))])],
  ])("metadata/bad-type: %s", (_, type) =>
    expect(codeOf(() => compileEvents(runtime({ 9: type })))).toBe("metadata/bad-type"),
  );

  it("metadata/bad-type: two pallets with the same index in the outer enum", () => {
    const outer = t.variant([system, execution, execution]);
    expect(codeOf(() => compileEvents(runtime({ 6: outer })))).toBe("metadata/bad-type");
  });
});
