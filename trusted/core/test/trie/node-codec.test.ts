import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concat, fromHex, toHex } from "../../src/bytes/index.ts";
import { TrieError } from "../../src/trie/index.ts";
import { type DecodedChild, type DecodedNode, decodeNode, encodeNode } from "../../src/trie/node-codec.ts";
import { filled, offsetView } from "./states.ts";

const h = "11".repeat(32);

/** Encodes a decoded node again. */
function reencode(node: DecodedNode): Uint8Array {
  const reference = (child: DecodedChild | undefined) =>
    typeof child === "number" ? node.bytes.subarray(child, child + 32) : child && reencode(child);
  return encodeNode({ ...node, children: node.children.map(reference) });
}

function reason(bytes: Uint8Array): string {
  try {
    decodeNode(bytes);
    return "accept";
  } catch (error) {
    if (!(error instanceof TrieError) || error.detail.code !== "trie/bad-node") throw error;
    return error.detail.reason;
  }
}

describe("decodeNode and encodeNode", () => {
  it.each([
    ["a leaf without nibbles", "4004aa"],
    ["a leaf of an odd number of nibbles", "43012308aabb"],
    ["a leaf with an empty value", "421200"],
    ["a leaf of 62 nibbles", `7e${"12".repeat(31)}04aa`],
    ["a leaf of 63 nibbles, the header's bits full", `7f0001${"23".repeat(31)}04aa`],
    ["a leaf of 64 nibbles", `7f01${"12".repeat(32)}04aa`],
    ["a leaf of 317 nibbles", `7ffe01${"23".repeat(158)}04aa`],
    ["a leaf of 318 nibbles", `7fff00${"12".repeat(159)}04aa`],
    ["a value of 64 bytes", `41020101${"ab".repeat(64)}`],
    ["a value of 16384 bytes", `410202000100${"ab".repeat(16384)}`],
    ["a leaf of a hashed value", `2212${h}`],
    ["a leaf of a hashed value and 31 nibbles", `3f0001${"23".repeat(15)}${h}`],
    ["a branch without a value", `8101030080${h}80${h}`],
    ["a branch with a value and one child", `c0008004aa80${h}`],
    ["a branch with a hashed value", `100100${h}80${h}`],
    ["a branch with a hashed value and 15 nibbles", `1f0001${"23".repeat(7)}0001${h}80${h}`],
    ["a branch of 16 children", `80ffff${`80${h}`.repeat(16)}`],
    ["children inlined", "8003000c4101000c410100"],
  ])("read and write %s", (_, hex) => {
    const node = decodeNode(offsetView(fromHex(hex)));
    expect(toHex(reencode(node))).toBe(hex);
  });

  it.each([
    ["malformed", "no bytes", ""],
    ["empty-below-root", "the empty node", "00"],
    ["empty-below-root", "the empty node and more", "0000"],
    ["reserved-header", "a compact header", "01"],
    ["reserved-header", "the last reserved header", "0f"],
    ["malformed", "a value cut short", "410108aa"],
    ["malformed", "a missing value", "4101"],
    ["padding", "a set padding nibble", "411104aa"],
    ["malformed", "bytes after a leaf", "410104aabb"],
    ["malformed", "bytes after a branch", `80030080${h}80${h}00`],
    ["malformed", "a value length not in its shortest form", "41010500aa"],
    ["malformed", "a partial key cut short", "7f0512"],
    ["malformed", "a length without end", `7f${"ff".repeat(8)}`],
    ["partial-too-long", "65536 nibbles", `7f${"ff".repeat(256)}c1${"00".repeat(40_000)}`],
    ["too-few-children", "a branch without children", "800000"],
    ["too-few-children", "a branch with a value and no children", "c0000004aa"],
    ["too-few-children", "a branch that does not fork", `80010080${h}`],
    ["malformed", "a hashed value cut short", `20${h.slice(2)}`],
    ["child-length", "a child without bytes", `8003000080${h}`],
    ["child-length", "a child of 33 bytes", `80030084${h}1180${h}`],
    ["malformed", "a child cut short", `80030080${h}80${h.slice(2)}`],
    ["malformed", "a child length not in its shortest form", `8003008100${h}80${h}`],
    ["empty-below-root", "an empty node inlined", `800300040080${h}`],
    ["malformed", "an inlined child with bytes after it", `80030010410100ff80${h}`],
    ["padding", "an inlined child with padding", `800300104111040080${h}`],
  ])("trie/bad-node, %s: %s", (expected, _, hex) => {
    expect(reason(fromHex(hex))).toBe(expected);
  });

  it("accepts the 65535 nibbles that a node can have", () => {
    const bytes = concat(fromHex(`7f${"ff".repeat(256)}c0`), fromHex("01"), filled(32_767), fromHex("04aa"));
    expect(decodeNode(bytes).partial).toMatchObject({ start: 1, end: 65_536 });
    expect(reencode(decodeNode(bytes))).toEqual(bytes);
  });

  it("names the codec's error as the cause", () => {
    expect(() => decodeNode(fromHex("410104"))).toThrow(
      expect.objectContaining({ cause: expect.objectContaining({ code: "codec/too-long" }) }),
    );
  });

  it("refuse every strict prefix", () => {
    const node = fromHex(`c3${"0123"}${"0500"}04aa104101040080${h}`);
    expect(reason(node)).toBe("accept");
    for (let length = 0; length < node.length; length++)
      expect(reason(node.subarray(0, length))).not.toBe("accept");
  });

  it("accept only bytes that they would write", () => {
    const likely = fc.constantFrom(0, 1, 3, 4, 0x10, 0x20, 0x41, 0x42, 0x80, 0x81, 0xc0, 0xff);
    const bytes = fc.array(fc.oneof(likely, fc.nat(255)), { maxLength: 60 }).map((b) => Uint8Array.from(b));
    fc.assert(
      fc.property(bytes, (input) => {
        if (reason(input) === "accept") expect(reencode(decodeNode(input))).toEqual(input);
      }),
      { numRuns: 3000 },
    );
  });
});
