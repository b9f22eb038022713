import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concat, fromHex, utf8 } from "../../src/bytes/index.ts";
import { commandRemarkTag, decodeCommandRemark, encodeCommandRemark } from "../../src/extrinsics/index.ts";
import { offsetView } from "../trie/states.ts";

const remark = concat(utf8("pruntime/command/1:"), fromHex("02010000"), utf8("{}"));

describe("encodeCommandRemark", () => {
  it("writes the tag, the contract's id and the payload", () =>
    expect(encodeCommandRemark({ contractId: 258, payload: utf8("{}") })).toEqual(remark));
});

describe("decodeCommandRemark", () => {
  it("reads the contract's id and the payload, out of a view too", () => {
    const command = { contractId: 258, payload: utf8("{}") };
    expect(decodeCommandRemark(remark)).toEqual(command);
    expect(decodeCommandRemark(offsetView(remark))).toEqual(command);
  });

  it("reads what encodeCommandRemark writes", () =>
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff_ffff }), fc.uint8Array(), (contractId, payload) => {
        expect(decodeCommandRemark(encodeCommandRemark({ contractId, payload }))).toEqual({
          contractId,
          payload,
        });
      }),
    ));

  it("finds no command in a remark that is too short for a contract's id", () => {
    for (let end = 0; end < commandRemarkTag.length + 4; end++)
      expect(decodeCommandRemark(remark.subarray(0, end))).toBeUndefined();
    expect(decodeCommandRemark(remark.subarray(0, commandRemarkTag.length + 4))).toBeDefined();
  });

  it("finds no command in a remark without the tag", () => {
    for (let i = 0; i < commandRemarkTag.length; i++)
      expect(decodeCommandRemark(remark.with(i, 0))).toBeUndefined();
  });
});
