import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { recorded } from "../../../../test/support/fixtures.ts";
import { from0x, fromHex, to0x, toHex } from "../../src/bytes/index.ts";
import {
  type DigestItem,
  decodeHeader,
  encodeHeader,
  type Header,
  headerHash,
  maxDigestItems,
} from "../../src/chain/index.ts";
import { portableCrypto as crypto } from "../../src/crypto/index.ts";
import { CodecError } from "../../src/scale/index.ts";

const items: readonly (readonly [string, DigestItem])[] = [
  ["000c010203", { kind: "other", data: fromHex("010203") }],
  [`02${"07".repeat(32)}`, { kind: "changes-trie-root", root: new Uint8Array(32).fill(7) }],
  ["0446524e4b04ff", { kind: "consensus", engine: "FRNK", data: fromHex("ff") }],
  ["056175726100", { kind: "seal", engine: "aura", data: fromHex("") }],
  ["06ff00414204aa", { kind: "pre-runtime", engine: "\u00ff\u0000AB", data: fromHex("aa") }],
  ["070000", { kind: "changes-trie-signal", configuration: undefined }],
  [
    "0700010500000006000000",
    { kind: "changes-trie-signal", configuration: { digestInterval: 5, digestLevels: 6 } },
  ],
  ["08", { kind: "runtime-environment-updated" }],
];
const hash = (byte: number) => new Uint8Array(32).fill(byte);
const header: Header = {
  parentHash: hash(1),
  number: 300,
  stateRoot: hash(2),
  extrinsicsRoot: hash(3),
  digest: items.map(([, item]) => item),
};
const encoded = fromHex(
  `${"01".repeat(32)}b104${"02".repeat(32)}${"03".repeat(32)}20${items.map(([hex]) => hex).join("")}`,
);

describe("headers", () => {
  it("have the node's layout, and are read from an offset view too", () => {
    expect(toHex(encodeHeader(header))).toBe(toHex(encoded));
    expect(decodeHeader(encoded)).toEqual(header);
    const shifted = new Uint8Array(encoded.length + 5);
    shifted.set(encoded, 5);
    expect(decodeHeader(shifted.subarray(5))).toEqual(header);
  });

  it.each(["0100", "0300", "0900", "0701", "07000200000000"])("codec/bad-tag: digest item %s", (hex) => {
    const bytes = fromHex(`${toHex(encoded.subarray(0, 98))}04${hex}`);
    expect(() => decodeHeader(bytes)).toThrow(expect.objectContaining({ code: "codec/bad-tag" }));
  });

  it("codec/too-long: more digest items than the limit", () => {
    const withItems = (count: number) =>
      encodeHeader({
        ...header,
        digest: new Array<DigestItem>(count).fill({ kind: "other", data: hash(0) }),
      });
    expect(decodeHeader(withItems(maxDigestItems)).digest.length).toBe(maxDigestItems);
    expect(() => decodeHeader(withItems(maxDigestItems + 1))).toThrow(
      expect.objectContaining({
        code: "codec/too-long",
        detail: expect.objectContaining({ limit: maxDigestItems }) as unknown,
      }),
    );
  });

  it("are refused when cut short anywhere, and with an additional byte", () => {
    for (let length = 0; length < encoded.length; length++)
      expect(() => decodeHeader(encoded.subarray(0, length))).toThrow(CodecError);
    const more = new Uint8Array([...encoded, 0]);
    expect(() => decodeHeader(more)).toThrow(expect.objectContaining({ code: "codec/trailing" }));
  });

  it("are read only from bytes that encode to themselves again, and throw only codec errors", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat(encoded.length - 1), (noise, at) => {
        const bytes = encoded.slice();
        bytes.set(noise.subarray(0, bytes.length - at), at);
        try {
          expect(encodeHeader(decodeHeader(bytes))).toEqual(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(CodecError);
        }
      }),
    );
  });

  it.each<[string, Header]>([
    ["a hash of 31 bytes", { ...header, parentHash: new Uint8Array(31) }],
    ["a state root of 33 bytes", { ...header, stateRoot: new Uint8Array(33) }],
    ["an extrinsics root of no bytes", { ...header, extrinsicsRoot: new Uint8Array() }],
    ["a number above 32 bits", { ...header, number: 2 ** 32 }],
    ["a fraction", { ...header, number: 1.5 }],
    ["a negative number", { ...header, number: -1 }],
    ["an engine of three letters", { ...header, digest: [{ kind: "seal", engine: "FRN", data: hash(0) }] }],
    ["an engine of five letters", { ...header, digest: [{ kind: "seal", engine: "FRNKS", data: hash(0) }] }],
    [
      "an engine letter above Latin-1",
      { ...header, digest: [{ kind: "seal", engine: "FRN\u0100", data: hash(0) }] },
    ],
    [
      "a changes trie root of 31 bytes",
      { ...header, digest: [{ kind: "changes-trie-root", root: new Uint8Array(31) }] },
    ],
  ])("codec/out-of-range: write not %s", (_, bad) => {
    expect(() => encodeHeader(bad)).toThrow(expect.objectContaining({ code: "codec/out-of-range" }));
  });
});

describe("recorded headers", () => {
  recorded(
    "of three chains and five years decode, encode to the same bytes, and have the recorded hashes",
    ({ files }) => {
      for (const { header: hex, hash: name, number } of files.json("substrate/e-headers.json.gz").headers) {
        const read = decodeHeader(from0x(hex));
        expect(read.number).toBe(number);
        expect(to0x(encodeHeader(read))).toBe(hex);
        expect(to0x(headerHash(crypto, from0x(hex)))).toBe(name);
      }
    },
  );
});
