import { describe, expect, it } from "vitest";
import { recorded } from "../../../../test/support/fixtures.ts";
import {
  decodeAuthoritySetChange,
  decodeBlockHeaderWithEvents,
  decodeBlockWithEvents,
  decodeBridgeInitInfo,
  decodeHeaderToSync,
  decodeSignedBlock,
  encodeAuthoritySetChange,
  encodeBlockHeaderWithEvents,
  encodeBlockWithEvents,
  encodeBridgeInitInfo,
  encodeHeaderToSync,
  encodeSignedBlock,
} from "../../src/bridge-2020/index.ts";
import { fromHex, toHex } from "../../src/bytes/index.ts";
import { CodecError, Writer } from "../../src/scale/index.ts";
import { authority, child, genesis } from "../grandpa/chain.ts";

const { header, encoded: encodedHeader } = child(genesis());
const head = toHex(encodedHeader);
const id = toHex(authority(0).id);
const none = undefined;

const layouts: readonly (readonly [
  string,
  string,
  unknown,
  (bytes: Uint8Array) => unknown,
  (value: never) => Uint8Array,
])[] = [
  [
    "BridgeInitInfo",
    `${head}04${id}02000000000000000808010200`,
    { header, encodedHeader, authorities: [authority(0, 2n)], proof: [fromHex("0102"), fromHex("")] },
    decodeBridgeInitInfo,
    encodeBridgeInitInfo,
  ],
  [
    "SignedBlock with a justification",
    `${head}080c04aabb00010807ff`,
    {
      header,
      encodedHeader,
      extrinsics: [fromHex("0c04aabb"), fromHex("00")],
      justification: fromHex("07ff"),
    },
    decodeSignedBlock,
    encodeSignedBlock,
  ],
  [
    "SignedBlock without",
    `${head}0000`,
    { header, encodedHeader, extrinsics: [], justification: none },
    decodeSignedBlock,
    encodeSignedBlock,
  ],
  [
    "SignedBlock with an empty justification",
    `${head}000100`,
    { header, encodedHeader, extrinsics: [], justification: fromHex("") },
    decodeSignedBlock,
    encodeSignedBlock,
  ],
  [
    "AuthoritySetChange",
    `04${id}0100000000000000070000000000000004040a`,
    { authorities: [authority(0)], setId: 7n, proof: [fromHex("0a")] },
    decodeAuthoritySetChange,
    encodeAuthoritySetChange,
  ],
  [
    "HeaderToSync with a justification",
    `${head}0104aa`,
    { header, encodedHeader, justification: fromHex("aa") },
    decodeHeaderToSync,
    encodeHeaderToSync,
  ],
  [
    "HeaderToSync without",
    `${head}00`,
    { header, encodedHeader, justification: none },
    decodeHeaderToSync,
    encodeHeaderToSync,
  ],
  [
    "BlockWithEvents",
    `${head}040000010400010404020104ee`,
    {
      block: { header, encodedHeader, extrinsics: [fromHex("00")], justification: none },
      events: fromHex("00"),
      proof: [fromHex("02")],
      key: fromHex("ee"),
    },
    decodeBlockWithEvents,
    encodeBlockWithEvents,
  ],
  [
    "BlockHeaderWithEvents with nothing",
    `${head}000000`,
    { header, encodedHeader, events: none, proof: none, key: none },
    decodeBlockHeaderWithEvents,
    encodeBlockHeaderWithEvents,
  ],
  [
    "BlockHeaderWithEvents with empty things",
    `${head}010001000100`,
    { header, encodedHeader, events: fromHex(""), proof: [], key: fromHex("") },
    decodeBlockHeaderWithEvents,
    encodeBlockHeaderWithEvents,
  ],
];

describe.each(layouts)("%s", (_, hex, value, decode, encode) => {
  const bytes = fromHex(hex);

  it("reads these bytes, from an offset view too, and writes them", () => {
    expect(decode(bytes)).toEqual(value);
    expect(toHex(encode(value as never))).toBe(toHex(bytes));
    const shifted = new Uint8Array(bytes.length + 4);
    shifted.set(bytes, 3);
    expect(decode(shifted.subarray(3, 3 + bytes.length))).toEqual(value);
  });

  it("is refused when cut short anywhere, and with an additional byte", () => {
    for (let length = 0; length < bytes.length; length++)
      expect(() => decode(bytes.subarray(0, length))).toThrow(CodecError);
    const more = new Uint8Array([...bytes, 0]);
    expect(() => decode(more)).toThrow(expect.objectContaining({ code: "codec/trailing" }));
  });
});

describe("bounds", () => {
  it("codec/too-long: an extrinsic longer than the block", () => {
    expect(() => decodeSignedBlock(fromHex(`${head}04fd03000000`))).toThrow(
      expect.objectContaining({ code: "codec/too-long" }),
    );
  });
  it("codec/too-long: a proof with too many nodes, and a body with more extrinsics than bytes", () => {
    const proof = (nodes: number) =>
      new Writer().raw(encodedHeader).u8(0).u8(1).compact(nodes).raw(new Uint8Array(nodes)).u8(0);
    const body = (extrinsics: number, bytes: number) =>
      new Writer().raw(encodedHeader).compact(extrinsics).raw(new Uint8Array(bytes));
    const tooLong = expect.objectContaining({ code: "codec/too-long" });
    expect(decodeBlockHeaderWithEvents(proof(65_536).finish()).proof?.length).toBe(65_536);
    expect(() => decodeBlockHeaderWithEvents(proof(65_537).finish())).toThrow(tooLong);
    expect(() => decodeSignedBlock(body(100, 399).finish())).toThrow(tooLong);
  });
  it("codec/bad-tag: an option that is neither Some nor None", () => {
    expect(() => decodeHeaderToSync(fromHex(`${head}0200`))).toThrow(
      expect.objectContaining({ code: "codec/bad-tag" }),
    );
  });
});

describe("phala 2020", () => {
  recorded.for(["a", "b"])("genesis info %s: two authorities, three proof nodes", (name, { files }) => {
    const bytes = files.base64(`phala/2020-bridge/genesis-info-${name}.b64`);
    const info = decodeBridgeInitInfo(bytes);
    expect([info.header.number, info.authorities.length, info.proof.length]).toEqual([0, 2, 3]);
    expect(encodeBridgeInitInfo(info)).toEqual(bytes);
  });

  recorded("the block of 2019-12-14 reads and writes back", ({ files }) => {
    const bytes = files.base64("phala/2020-bridge/signed-block-2019-12-14.b64");
    const block = decodeSignedBlock(bytes);
    expect(block.extrinsics.length).toBeGreaterThan(0);
    expect(encodeSignedBlock(block)).toEqual(bytes);
  });
});
