import { describe, expect, it } from "vitest";
import { concat, toHex, utf8 } from "../../src/bytes/index.ts";
import { portableCrypto } from "../../src/crypto/index.ts";
import {
  BlockRemarks,
  compileRemarks,
  type ExtrinsicFormat,
  type RegistryType,
} from "../../src/metadata/index.ts";
import { encode, Writer } from "../../src/scale/index.ts";
import { complete } from "../../src/work/index.ts";
import { codeOf } from "../support/code.ts";
import * as t from "./types.ts";

/** Types of a runtime with System (0), Utility (1), Sudo (2) and a pallet of odd calls (3). */
const [byte, bytes, call, calls, nothing, accountId, number, signature, flag] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
const [systemCalls, utilityCalls, sudoCalls, oddCalls, compact, endless, deep] = [9, 10, 11, 12, 13, 14, 15];
const types: readonly RegistryType[] = [
  t.primitive("u8"),
  t.sequence(byte),
  t.variant([
    t.alternative(0, "System", t.unnamed(systemCalls)),
    t.alternative(1, "Utility", t.unnamed(utilityCalls)),
    t.alternative(2, "Sudo", t.unnamed(sudoCalls)),
    t.alternative(3, "Odd", t.unnamed(oddCalls)),
  ]),
  t.sequence(call),
  t.tuple(),
  t.array(32, byte),
  t.primitive("u32"),
  t.array(64, byte),
  t.variant([t.alternative(0, "No"), t.alternative(1, "Yes", t.unnamed(number))]),
  t.variant([
    t.alternative(0, "remark", t.named({ remark: bytes })),
    t.alternative(7, "remark_with_event", t.named({ remark: bytes })),
  ]),
  t.variant([t.alternative(0, "batch", t.named({ calls })), t.alternative(1, "none")]),
  t.variant([t.alternative(0, "sudo", t.named({ call }))]),
  t.variant([
    t.alternative(0, "own", t.unnamed(systemCalls)),
    t.alternative(1, "endless", t.unnamed(endless)),
    t.alternative(2, "many_nothings", t.unnamed(16)),
    t.alternative(3, "bits", t.unnamed(17)),
    t.alternative(4, "deep", t.unnamed(deep)),
    t.alternative(5, "pair", t.unnamed(18, 19)),
  ]),
  t.compact(number),
  t.composite(t.named({ again: endless, more: endless })),
  t.sequence(deep),
  t.array(0xffff_ffff, nothing),
  t.bits(20, 21),
  t.array(2, flag),
  t.sequence(22),
  t.primitive("u16"),
  t.composite([], "bitvec", "order", "Lsb0"),
  t.tuple(byte, number),
];
const format: ExtrinsicFormat = {
  address: accountId,
  signature,
  call,
  extensions: new Map([
    [0, [compact, nothing, flag]],
    [1, [number]],
  ]),
};
const pallets = [
  t.pallet("System", 0, { calls: systemCalls }),
  t.pallet("Utility", 1, { calls: utilityCalls }),
  t.pallet("Sudo", 2, { calls: sudoCalls }),
  t.pallet("Odd", 3, { calls: oddCalls }),
];
const finder = compileRemarks(t.runtime(types, pallets, format));
const find = (...input: Parameters<typeof finder>) => complete(finder(...input));

const extrinsic = (...parts: readonly Uint8Array[]): Uint8Array =>
  encode(concat(...parts), (w, body) => w.vecU8(body));
const u8 = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);
const signed = (...inner: readonly Uint8Array[]): Uint8Array =>
  extrinsic(u8(0x84), new Uint8Array(32), new Uint8Array(64), u8(4, 1, 9, 9, 9, 9), ...inner);
const bare = (...inner: readonly Uint8Array[]): Uint8Array => extrinsic(u8(0x04), ...inner);
const remark = (text: string, tag = 7): Uint8Array => new Writer().u8(0).u8(tag).vecU8(utf8(text)).finish();
const batch = (...inner: readonly Uint8Array[]): Uint8Array =>
  concat(
    u8(1, 0),
    encode(inner.length, (w, n) => w.compact(n)),
    ...inner,
  );
const sudo = (inner: Uint8Array): Uint8Array => concat(u8(2, 0), inner);
const nested = (levels: number, wrap: (inner: Uint8Array) => Uint8Array): Uint8Array => {
  let inner = remark("x");
  for (let i = 0; i < levels; i++) inner = wrap(inner);
  return inner;
};
const texts = (bytes: Uint8Array): string[] => find(bytes).map((found) => Buffer.from(found).toString());

describe("compileRemarks finds", () => {
  it("the remark of a signed extrinsic, as a view of the extrinsic's bytes", () => {
    const bytes = signed(remark("hello"));
    const [found] = find(bytes);
    expect(found && toHex(found)).toBe(toHex(utf8("hello")));
    expect(found?.buffer).toBe(bytes.buffer);
  });

  it("remarks in bare and general extrinsics of versions 4 and 5", () => {
    expect(texts(bare(remark("4")))).toEqual(["4"]);
    expect(texts(extrinsic(u8(0x05), remark("5")))).toEqual(["5"]);
    expect(texts(extrinsic(u8(0x45, 0, 4, 0), remark("general")))).toEqual(["general"]);
    expect(texts(extrinsic(u8(0x45, 1, 1, 2, 3, 4), remark("newer")))).toEqual(["newer"]);
  });

  it("all remarks inside other calls, in order", () => {
    const inner = batch(remark("b"), u8(1, 1), sudo(batch(remark("c"))));
    expect(texts(signed(batch(remark("a"), inner, remark("d"))))).toEqual(["a", "b", "c", "d"]);
  });

  it("only tagged remarks on request", () => {
    const bytes = signed(batch(remark("tag:a"), remark("b"), remark("ta"), remark(""), remark("tag:")));
    const found = find(bytes, utf8("tag:")).map((found) => Buffer.from(found).toString());
    expect(found).toEqual(["tag:a", "tag:"]);
  });

  it("remarks after arguments of any type", () => {
    const bits = u8(3, 3, 17 << 2, 0, 0, 1, 0);
    const pair = concat(u8(3, 5), u8(0, 1, 1, 2, 3, 4), u8(2 << 2, 1, 0, 0, 0, 0, 2, 0, 0, 0, 0));
    expect(texts(bare(batch(u8(3, 2), bits, pair, remark("last"))))).toEqual(["last"]);
  });

  it("a remark inside 256 containers, the chain's own limit, and none deeper", () => {
    expect(texts(bare(nested(250, batch)))).toEqual(["x"]);
    expect(texts(bare(nested(256, batch)))).toEqual(["x"]);
    expect(texts(bare(nested(257, batch)))).toEqual([]);
    expect(texts(bare(nested(256, sudo)))).toEqual(["x"]);
    expect(texts(bare(nested(257, sudo)))).toEqual([]);
  });

  it("remarks after any number of containers side by side", () => {
    expect(texts(bare(batch(...Array.from({ length: 300 }, () => sudo(batch())), remark("x"))))).toEqual([
      "x",
    ]);
  });

  it("the remark after a block full of the smallest calls", () => {
    const count = 2_500_000;
    const small = new Uint8Array(2 * count).fill(1);
    const body = concat(
      u8(1, 0),
      encode(count + 1, (w, n) => w.compact(n)),
      small,
      remark("x"),
    );
    expect(texts(bare(body))).toEqual(["x"]);
  });
});

describe("a search pauses", () => {
  const many = bare(batch(...Array<Uint8Array>(20_000).fill(remark(""))));

  it("after 16,384 values", () => {
    let pauses = 0;
    const work = finder(many);
    let step = work.next();
    for (; step.done !== true; step = work.next()) pauses++;
    expect(step.value.length).toBe(20_000);
    expect(pauses).toBeGreaterThanOrEqual(2);
  });

  it("after it has hashed 256 remarks", () => {
    let [hashes, most, pauses] = [0, 0, 0];
    const blake2b256 = (data: Uint8Array) => {
      hashes++;
      return portableCrypto.blake2b256(data);
    };
    const remarks = new BlockRemarks({ blake2b256 }, finder, [many]);
    for (const _ of remarks.search(0)) {
      [most, hashes] = [Math.max(most, hashes), 0];
      pauses++;
    }
    expect(most).toBe(256);
    expect(pauses).toBeGreaterThan(20_000 / 256);
    expect([...remarks.search(0)]).toEqual([]);
  });
});

describe("compileRemarks finds nothing", () => {
  it("in byte strings, plain remarks, and a pallet's own use of System's calls", () => {
    const decoy = Buffer.from(remark("decoy")).toString("latin1");
    expect(
      find(
        signed(
          concat(
            u8(0, 0),
            encode(remark("decoy"), (w, b) => w.vecU8(b)),
          ),
        ),
      ),
    ).toEqual([]);
    expect(texts(signed(remark(decoy)))).toEqual([Buffer.from(utf8(decoy)).toString()]);
    expect(find(signed(u8(3, 0), remark("own").subarray(1)))).toEqual([]);
  });

  it.each([
    ["bytes after the call", signed(remark("x"), u8(0))],
    ["bytes after the extrinsic", concat(signed(remark("x")), u8(0))],
    ["a call cut short", signed(batch(remark("x")).subarray(0, -1))],
    ["no call", signed()],
    ["no bytes", new Uint8Array()],
    ["a length beyond the bytes", u8(8, 0x04)],
    ["an unknown pallet", signed(batch(remark("x"), u8(9, 0)))],
    ["an unknown call", signed(batch(remark("x"), u8(1, 9)))],
    ["an unknown version", extrinsic(u8(0x06), remark("x"))],
    ["a signature in version 5", extrinsic(u8(0x85), remark("x"))],
    ["unknown extensions", extrinsic(u8(0x45, 2), remark("x"))],
    ["a count beyond the bytes", bare(batch(remark("x")).fill(0xfc, 2, 3))],
    ["a type that contains itself without end", bare(batch(remark("x"), u8(3, 1)))],
    [
      "a sequence of itself, too deep",
      bare(batch(remark("x"), concat(u8(3, 4), new Uint8Array(300).fill(4)))),
    ],
  ])("where the extrinsic does not decode: %s", (_, bytes) => {
    expect(find(bytes)).toEqual([]);
  });
});

describe("compileRemarks refuses", () => {
  const refusal = (...args: Parameters<typeof t.runtime>) => codeOf(() => compileRemarks(t.runtime(...args)));
  const replaced = (at: number, type: RegistryType) => types.map((old, i) => (i === at ? type : old));

  it("runtimes whose remark calls differ from FRAME's", () => {
    expect(refusal(types, pallets, format)).toBe("accepted");
    expect(refusal(types, pallets.slice(1), format)).toBe("metadata/missing");
    expect(refusal(types, [t.pallet("System", 0), ...pallets.slice(1)], format)).toBe("metadata/missing");
    const moved = [t.pallet("System", 9, { calls: systemCalls }), ...pallets.slice(1)];
    expect(refusal(types, moved, format)).toBe("metadata/missing");
    const other = [t.pallet("System", 0, { calls: utilityCalls }), ...pallets.slice(1)];
    expect(refusal(types, other, format)).toBe("metadata/missing");
    expect(refusal(replaced(call, t.tuple()), pallets, format)).toBe("metadata/missing");
    for (const fields of [t.named({ a: accountId }), t.named({ a: bytes, b: bytes }), []]) {
      const calls = t.variant([t.alternative(7, "remark_with_event", fields)]);
      expect(refusal(replaced(systemCalls, calls), pallets, format)).toBe("metadata/missing");
    }
    const renamed = t.variant([t.alternative(7, "remark", t.named({ a: bytes }))]);
    expect(refusal(replaced(systemCalls, renamed), pallets, format)).toBe("metadata/missing");
  });

  it("metadata that does not name the parts of extrinsics", () => {
    expect(refusal(types, pallets)).toBe("metadata/missing");
  });
});
