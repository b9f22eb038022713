import { describe, expect, it } from "vitest";
import { recorded } from "../../../../test/support/fixtures.ts";
import { concat, from0x, fromHex, utf8 } from "../../src/bytes/index.ts";
import { portableCrypto } from "../../src/crypto/index.ts";
import { decodeLegacyMetadata, decodeMetadata, isLegacyMetadata } from "../../src/metadata/index.ts";
import { codeOf } from "../support/code.ts";

const text = (value: string) => concat(Uint8Array.of(4 * value.length), utf8(value));
const bytes = (hex: string) => fromHex(hex.replaceAll(" ", ""));
const [none, T] = [Uint8Array.of(0), text("T")];
const named = (...parts: Uint8Array[]) => concat(text("n"), ...parts, none);
const list = (...items: Uint8Array[]) => concat(Uint8Array.of(4 * items.length), ...items);
const some = (value: Uint8Array) => concat(Uint8Array.of(1), value);

/** A pallet with a storage item of each given type, one call, one event, one constant and one error. */
function pallet(version: number, storageTypes: readonly Uint8Array[], name = "P"): Uint8Array {
  const storage = concat(
    text("Prefix"),
    list(...storageTypes.map((type) => named(Uint8Array.of(1), type, text("f")))),
  );
  const calls = list(named(list(concat(T, T))));
  const index = version === 11 ? new Uint8Array() : Uint8Array.of(9);
  return concat(
    text(name),
    some(storage),
    some(calls),
    some(list(named(list(T)))),
    list(named(T, T)),
    list(named()),
    index,
  );
}

const plain = concat(Uint8Array.of(0), T);
const map = concat(bytes("01 05"), T, T, Uint8Array.of(0));
const double = concat(bytes("02 06"), T, T, T, Uint8Array.of(0));
const many = concat(Uint8Array.of(3), list(T, T), bytes("08 00 01"), T);

function metadata(version: number, ...pallets: Uint8Array[]): Uint8Array {
  return concat(utf8("meta"), Uint8Array.of(version), list(...pallets), Uint8Array.of(4), list(T));
}

const code = (given: Uint8Array) => codeOf(() => decodeLegacyMetadata(given));

describe("decodeLegacyMetadata", () => {
  it.each([11, 12, 13])("names the pallets of version %i", (version) => {
    const types = version === 13 ? [plain, map, double, many] : [plain, map, double];
    const empty = concat(text("E"), bytes(version === 11 ? "00 00 00 00 00" : "00 00 00 00 00 07"));
    const given = metadata(version, pallet(version, types), empty);
    const indices = version === 11 ? [undefined, undefined] : [9, 7];
    expect(decodeLegacyMetadata(given)).toEqual({
      version,
      pallets: [
        { name: "P", index: indices[0] },
        { name: "E", index: indices[1] },
      ],
    });
    for (let length = 0; length < given.length; length++)
      expect(code(given.subarray(0, length))).toMatch(/^codec\//);
    expect(code(concat(given, none))).toBe("codec/trailing");
  });

  it("refuses other versions, other bytes, and parts that these versions do not have", () => {
    expect(code(metadata(11).with(0, 0))).toBe("metadata/bad-magic");
    for (const version of [10, 14, 15, 16])
      expect(code(metadata(version))).toBe("metadata/unsupported-version");
    expect(code(metadata(12, pallet(12, [many])))).toBe("codec/bad-tag");
    expect(code(metadata(13, pallet(13, [Uint8Array.of(4)])))).toBe("codec/bad-tag");
    expect(code(metadata(13, pallet(13, [map.with(1, 7)])))).toBe("codec/bad-tag");
    expect(code(metadata(13, pallet(13, []), pallet(13, [])))).toBe("metadata/duplicate");
  });

  it("recognizes metadata of its versions", () => {
    for (const version of [11, 12, 13]) expect(isLegacyMetadata(metadata(version))).toBe(true);
    for (const version of [10, 14]) expect(isLegacyMetadata(metadata(version))).toBe(false);
    expect(isLegacyMetadata(new Uint8Array())).toBe(false);
  });
});

describe("recorded metadata from before 2022", () => {
  recorded.for([
    ["v11-substrate", 11, 32],
    ["v12-kusama", 12, 31],
    ["v13-polkadot", 13, 30],
  ] as const)("%s decodes completely, with the recorded pallets", ([name, version, count], { files }) => {
    const { metadata, blake2_256, facts } = files.json(`substrate/g-metadata-${name}.json.gz`);
    const given = from0x(metadata);
    expect(portableCrypto.blake2b256(given)).toEqual(from0x(blake2_256));
    const decoded = decodeLegacyMetadata(given);
    expect([decoded.version, decoded.pallets.length]).toEqual([version, count]);
    expect(decoded.pallets.map((pallet) => pallet.name)).toEqual(facts.modules);
    expect(code(given.subarray(0, -1))).toMatch(/^codec\//);
    expect(code(concat(given, none))).toBe("codec/trailing");
    expect(codeOf(() => decodeMetadata(given))).toBe("metadata/unsupported-version");
  });
});
