import { describe, expect, it } from "vitest";
import { concat, fromHex, toHex } from "../../src/bytes/index.ts";
import {
  decodeMetadata,
  decodeMetadataWork,
  type MetadataError,
  requireEvent,
} from "../../src/metadata/index.ts";
import { codeOf } from "../support/code.ts";
import { type Changes, lookupWith, sampleMetadata, versions } from "./sample.ts";
import * as t from "./types.ts";

describe("decodeMetadata", () => {
  it.each(versions)("reads version %i as it was written", (version) => {
    const { types, pallets, extrinsic, ...rest } = decodeMetadata(sampleMetadata(version));
    expect(rest).toEqual({ version });
    const parts = { address: 0, call: 3, signature: 1, extensions: new Map([[0, [0]]]) };
    expect(extrinsic).toEqual(version === 14 ? undefined : parts);
    expect(types).toEqual([
      t.primitive("u8"),
      t.sequence(0),
      t.composite([...t.named({ a: 0 }), ...t.unnamed(1)], "p", "C"),
      t.variant([t.alternative(7, "V", t.unnamed(2))], "p", "Event"),
      t.array(3, 0),
      t.tuple(0, 1),
      t.compact(0),
      t.bits(0, 2),
    ]);
    const plain = { modifier: "default", hashers: [], key: undefined, value: 0, fallback: Uint8Array.of(7) };
    const map = {
      modifier: "optional",
      hashers: ["twox-64-concat", "identity"],
      key: 5,
      value: 2,
      fallback: Uint8Array.of(7),
    };
    expect(pallets).toEqual([
      {
        ...{ name: "Test", index: 9, calls: 3, events: 3, errors: undefined },
        storage: { prefix: "Prefix", items: new Map(Object.entries({ Plain: plain, Map: map })) },
        constants: new Map([["Max", { type: 0, value: Uint8Array.of(42) }]]),
      },
    ]);
  });

  it.each([
    [
      "types",
      {
        lookup: [
          ...lookupWith({}),
          ...Array.from({ length: 10_000 }, (_, i) => ({ ...lookupWith({})[0], id: 8 + i })),
        ],
      },
    ],
    [
      "pallets",
      {
        pallets: Array.from({ length: 200 }, (_, index) => ({
          ...{ index, name: `P${index}` },
          constants: [{ name: "Max", type: 0, value: `0x${"2a".repeat(1_024)}`, docs: [] }],
        })),
      },
    ],
  ])("pauses after each 16 KiB of %s", (_, changes) => {
    const bytes = sampleMetadata(15, changes);
    expect(bytes.length).toBeGreaterThan(2 * 65_536);
    expect([...decodeMetadataWork(bytes)].length).toBeGreaterThan(Math.floor(bytes.length / 17_000));
  });

  it("reads the parts of an extrinsic from the parameters of its type in version 14", () => {
    const parameters = Object.entries({ Address: 0, Call: 3, Signature: 1, Extra: undefined });
    const params = parameters.map(([name, type]) => ({ name, type }));
    const { extrinsic } = decodeMetadata(sampleMetadata(14, { lookup: lookupWith({ 1: { params } }) }));
    expect(extrinsic).toEqual({ address: 0, call: 3, signature: 1, extensions: new Map([[0, [0]]]) });
  });

  it("refuses extensions that version 16 does not list, and two sets for the same version", () => {
    const given = (signedExtensionsByVersion: unknown) => {
      const signedExtensions = [{ identifier: "CheckNonce", type: 0, additionalSigned: 1 }];
      const parts = { version: [4], address: 0, call: 3, signature: 1 };
      const extrinsic = { ...parts, signedExtensions, signedExtensionsByVersion };
      return codeOf(() => decodeMetadata(sampleMetadata(16, { extrinsic })));
    };
    expect(given([[0, [0]]])).toBe("accepted");
    expect(given([[0, [1]]])).toBe("metadata/missing");
    expect(
      given([
        [0, [0]],
        [0, []],
      ]),
    ).toBe("metadata/duplicate");
  });

  it.each(versions)("refuses every strict prefix of version %i, and an additional byte", (version) => {
    const bytes = sampleMetadata(version);
    for (let end = 0; end < bytes.length; end++)
      expect(codeOf(() => decodeMetadata(bytes.subarray(0, end)))).toMatch(/^codec\/(truncated|too-long)$/);
    expect(codeOf(() => decodeMetadata(concat(bytes, Uint8Array.of(0))))).toBe("codec/trailing");
  });

  it.each(versions)("throws only coded errors if any byte of version %i is changed", (version) => {
    const bytes = sampleMetadata(version);
    for (let at = 0; at < bytes.length; at++)
      for (const mask of [1, 2, 3, 4, 0x80, 0xff]) {
        const damaged = bytes.map((byte, i) => (i === at ? byte ^ mask : byte));
        expect(codeOf(() => decodeMetadata(damaged))).toMatch(/^(accepted|(codec|bytes|metadata)\/.*)$/);
      }
  });

  it.each(versions)("reads an offset view of version %i and keeps no view of it", (version) => {
    const bytes = sampleMetadata(version);
    const view = concat(Uint8Array.of(1, 2, 3), bytes).subarray(3);
    const metadata = decodeMetadata(view);
    view.fill(0xff);
    expect(metadata).toEqual(decodeMetadata(bytes));
  });

  const field = { type: 0, docs: [] };
  const variant = (index: number, fields: readonly object[] = []) => ({
    name: `V${index}`,
    index,
    fields,
    docs: [],
  });
  const lookup = (replaced: Readonly<Record<number, object>>) => ({ lookup: lookupWith(replaced) });
  const inPallet = (changes: object) => ({ pallets: [{ ...changes }] });
  const method = (parts: number) => ({
    name: "m",
    inputs: Array.from({ length: parts }, () => ({ name: "x", type: 0 })),
    output: 0,
    docs: [],
  });
  it.each<[string, 14 | 15 | 16, (parts: readonly number[]) => Changes]>([
    ["fields", 14, (parts) => lookup({ 2: { def: { tag: "composite", value: parts.map(() => field) } } })],
    [
      "elements of a tuple",
      14,
      (parts) => lookup({ 5: { def: { tag: "tuple", value: parts.map(() => 0) } } }),
    ],
    [
      "variants",
      14,
      (parts) => lookup({ 3: { def: { tag: "variant", value: parts.map((n) => variant(n % 256)) } } }),
    ],
    [
      "fields of a variant",
      14,
      (parts) =>
        lookup({
          3: {
            def: {
              tag: "variant",
              value: [
                variant(
                  0,
                  parts.map(() => field),
                ),
              ],
            },
          },
        }),
    ],
    ["parameters", 14, (parts) => lookup({ 0: { params: parts.map((n) => ({ name: `T${n}`, type: 0 })) } })],
    ["words of a path", 14, (parts) => lookup({ 0: { path: parts.map(() => "p") } })],
    [
      "constants",
      14,
      (parts) =>
        inPallet({ constants: parts.map((n) => ({ name: `C${n}`, type: 0, value: "0x", docs: [] })) }),
    ],
    ["methods", 15, (parts) => ({ apis: [{ name: "A", methods: parts.map(() => method(0)), docs: [] }] })],
    [
      "inputs of a method",
      15,
      ({ length }) => ({ apis: [{ name: "A", methods: [method(length)], docs: [] }] }),
    ],
  ])("codec/too-long: more than 256 %s", (_, version, changes) => {
    const read = (count: number) =>
      codeOf(() =>
        decodeMetadata(sampleMetadata(version, changes(Array.from({ length: count }, (_n, i) => i)))),
      );
    expect(read(256)).toBe("accepted");
    expect(read(257)).toBe("codec/too-long");
  });

  it("metadata/bad-magic", () =>
    expect(codeOf(() => decodeMetadata(fromHex("6d6574620e00")))).toBe("metadata/bad-magic"));

  it.each([0, 11, 12, 13, 17, 255])("metadata/unsupported-version: %i", (version) =>
    expect(codeOf(() => decodeMetadata(concat(fromHex("6d657461"), Uint8Array.of(version))))).toBe(
      "metadata/unsupported-version",
    ),
  );

  it("metadata/bad-registry: a type at another type's position", () => {
    expect(codeOf(() => decodeMetadata(sampleMetadata(14, { lookup: lookupWith({ 1: { id: 2 } }) })))).toBe(
      "metadata/bad-registry",
    );
  });

  it.each([
    ["a sequence's element", { 1: { def: { tag: "sequence", value: 8 } } }],
    ["an array's element", { 4: { def: { tag: "array", value: { len: 3, type: 8 } } } }],
    ["a tuple's element", { 5: { def: { tag: "tuple", value: [0, 8] } } }],
    ["a compact type's inner type", { 6: { def: { tag: "compact", value: 8 } } }],
    [
      "a bit sequence's store",
      { 7: { def: { tag: "bitSequence", value: { bitStoreType: 8, bitOrderType: 2 } } } },
    ],
    [
      "a bit sequence's order",
      { 7: { def: { tag: "bitSequence", value: { bitStoreType: 0, bitOrderType: 8 } } } },
    ],
    ["a field", { 2: { def: { tag: "composite", value: [{ type: 8, docs: [] }] } } }],
    [
      "a variant's field",
      {
        3: {
          def: {
            tag: "variant",
            value: [{ name: "V", index: 0, fields: [{ type: 8, docs: [] }], docs: [] }],
          },
        },
      },
    ],
    ["a parameter", { 0: { params: [{ name: "T", type: 8 }] } }],
  ])("metadata/unknown-type: %s", (_, replaced) =>
    expect(codeOf(() => decodeMetadata(sampleMetadata(14, { lookup: lookupWith(replaced) })))).toBe(
      "metadata/unknown-type",
    ),
  );

  it.each([
    ["calls", { calls: 8 }],
    ["events", { events: 8 }],
    ["errors", { errors: 8 }],
    ["a constant", { constants: [{ name: "Max", type: 8, value: "0x", docs: [] }] }],
    [
      "an item",
      {
        storage: {
          prefix: "",
          items: [{ name: "I", modifier: 0, type: { tag: "plain", value: 8 }, fallback: "0x", docs: [] }],
        },
      },
    ],
  ])("metadata/unknown-type: %s of a pallet", (_, change) =>
    expect(codeOf(() => decodeMetadata(sampleMetadata(14, { pallets: [change] })))).toBe(
      "metadata/unknown-type",
    ),
  );

  const item = { name: "I", modifier: 0, type: { tag: "plain", value: 0 }, fallback: "0x", docs: [] };
  const constant = { name: "C", type: 0, value: "0x", docs: [] };
  it.each([
    ["two pallets with the same name", [{ index: 1 }, { index: 2 }]],
    ["two pallets with the same index", [{ name: "A" }, { name: "B" }]],
    ["two items with the same name", [{ storage: { prefix: "", items: [item, item] } }]],
    ["two constants with the same name", [{ constants: [constant, constant] }]],
  ])("metadata/duplicate: %s", (_, pallets) =>
    expect(codeOf(() => decodeMetadata(sampleMetadata(14, { pallets })))).toBe("metadata/duplicate"),
  );

  it("codec/bad-tag: an unknown storage modifier", () => {
    const items = [{ ...item, modifier: 2 }];
    expect(
      codeOf(() => decodeMetadata(sampleMetadata(14, { pallets: [{ storage: { prefix: "", items } }] }))),
    ).toBe("codec/bad-tag");
  });

  it.each(["000000080000", "000000050f00"])("codec/bad-tag: an unknown type or primitive (%s)", (type) =>
    expect(codeOf(() => decodeMetadata(fromHex(`6d6574610e04${type}`)))).toBe("codec/bad-tag"),
  );

  it.each([
    ["a kind of storage", 14, "0108050614", "0208050614"],
    ["a hasher", 14, "0108050614", "0108070614"],
    ["an item's deprecation", 16, "020c6f6c64010c312e30", "030c6f6c64010c312e30"],
    ["a variant's deprecation", 16, "07020c6f6c6400", "07000c6f6c6400"],
  ] as const)("codec/bad-tag: %s there is none of", (_, version, have, instead) => {
    const hex = toHex(sampleMetadata(version));
    expect(hex).toContain(have);
    expect(codeOf(() => decodeMetadata(fromHex(hex.replace(have, instead))))).toBe("codec/bad-tag");
  });

  it("codec/too-long: counts that are too large for the input", () => {
    const head = fromHex("6d6574610e");
    expect(codeOf(() => decodeMetadata(concat(head, fromHex("03ffffffff"))))).toBe("codec/too-long");
    expect(codeOf(() => decodeMetadata(concat(head, fromHex("0003ffffffff"))))).toBe("codec/too-long");
    expect(codeOf(() => decodeMetadata(concat(head, fromHex("0400000000"))))).toBe("codec/too-long");
  });
});

describe("requireEvent", () => {
  const types = [
    ...[
      t.primitive("u8"),
      t.primitive("u32"),
      t.array(32, 0),
      t.composite(t.unnamed(2), "AccountId32"),
      t.sequence(0),
    ],
    ...[
      t.option(1),
      t.compact(1),
      t.tuple(1, 0),
      t.composite(t.named({ a: 0 }), "u32"),
      t.variant([], "u32"),
    ],
    t.variant([
      t.alternative(0, "Pushed", t.named({ who: 3, id: 1, payload: 4 })),
      t.alternative(1, "Old", t.unnamed(3, 1)),
    ]),
    t.variant([t.alternative(0, "Many", t.unnamed(5, 6, 7, 8, 9, 11))]),
    t.tuple(11, 0),
    t.tuple(12, 12),
  ];
  const metadata = t.runtime(types, [
    t.pallet("Execution", 6, { events: 10 }),
    t.pallet("Other", 7, { events: 11 }),
    t.pallet("No", 8),
  ]);
  const check = (pallet: string, event: string, shape: Record<string, string>) =>
    codeOf(() => requireEvent(metadata, pallet, event, shape));
  const pushed = { who: "[u8; 32]", id: "u32", payload: "Vec<u8>" };

  it("accepts the fields that the caller expects", () => {
    expect(check("Execution", "Pushed", pushed)).toBe("accepted");
    expect(check("Execution", "Old", { 0: "[u8; 32]", 1: "u32" })).toBe("accepted");
  });

  it.each([
    ["another type", { ...pushed, id: "u64" }],
    ["a missing field", { who: "[u8; 32]", id: "u32" }],
    ["an additional field", { ...pushed, more: "u32" }],
    ["another name", { who: "[u8; 32]", contract: "u32", payload: "Vec<u8>" }],
    ["another order", { id: "u32", who: "[u8; 32]", payload: "Vec<u8>" }],
  ])("metadata/event-mismatch: %s", (_, shape) =>
    expect(check("Execution", "Pushed", shape)).toBe("metadata/event-mismatch"),
  );

  it.each([
    ["no pallet", "Nowhere", "Pushed"],
    ["a pallet without events", "No", "Pushed"],
    ["no event", "Execution", "Pulled"],
  ])("metadata/missing: %s", (_, pallet, event) => expect(check(pallet, event, {})).toBe("metadata/missing"));

  it("writes types in Rust's notation, and never a named type like a built-in one", () => {
    try {
      requireEvent(metadata, "Other", "Many", {});
      expect.unreachable();
    } catch (error) {
      const have = "{ 0: Option<u32>, 1: Compact<u32>, 2: (u32, u8), 3: struct u32, 4: enum u32, 5: enum  }";
      expect((error as MetadataError).detail).toEqual({
        code: "metadata/event-mismatch",
        event: "Other.Many",
        have,
        want: "{  }",
      });
    }
  });

  it("metadata/event-mismatch: more fields than the limit", () => {
    const fields = Array.from({ length: 33 }, (_, i) => [`f${i}`, 0] as const);
    const event = t.variant([t.alternative(0, "Wide", t.named(Object.fromEntries(fields)))]);
    const wide = t.runtime([t.primitive("u8"), event], [t.pallet("P", 0, { events: 1 })]);
    const shape = Object.fromEntries(fields.slice(0, 32).map(([name]) => [name, "u8"]));
    expect(codeOf(() => requireEvent(wide, "P", "Wide", shape))).toBe("metadata/event-mismatch");
  });
});
