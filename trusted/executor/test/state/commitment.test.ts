import { toHex, utf8 } from "@pruntime/core/bytes";
import { portableCrypto } from "@pruntime/core/crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ContractId, contractKey } from "../../src/contract-id.ts";
import { fromBinary, toBinary } from "../../src/state/binary.ts";
import { Commitment } from "../../src/state/commitment.ts";
import { decodePath, pathOf } from "../../src/state/path.ts";
import { code, stateKey } from "../kit.ts";

const commitment = new Commitment(portableCrypto, stateKey);

/** Returns what the trie has for one entry of a state: the MAC of the path and the MAC of the leaf. */
function macsOf(path: Uint8Array, value: Uint8Array): readonly [path: string, leaf: string] {
  const [[key, leaf] = []] = commitment.of([[toBinary(path), value]]).entries();
  return [toHex(key as Uint8Array), toHex(leaf as Uint8Array)];
}

it.each([0, 31, 33])("executor/bad-state-key: %i bytes", (length) =>
  expect(() => new Commitment(portableCrypto, new Uint8Array(length))).toThrow(
    code("executor/bad-state-key"),
  ),
);

const bytes = fc.uint8Array({ minLength: 1, maxLength: 80 });
const id: fc.Arbitrary<ContractId> = fc.oneof(
  fc.nat(0xffff_ffff),
  fc.uint8Array({ minLength: 32, maxLength: 32 }),
);

describe("leaves", () => {
  it("equal values at two paths give different leaves", () => {
    fc.assert(
      fc.property(bytes, bytes, bytes, (one, other, value) => {
        fc.pre(toHex(one) !== toHex(other));
        expect(macsOf(one, value)[1]).not.toBe(macsOf(other, value)[1]);
      }),
    );
  });

  it.each([
    [
      ["7/k", "xyz"],
      ["7/kx", "yz"],
    ],
    [
      ["7/k", ""],
      ["7/", "k"],
    ],
  ])("the same bytes split differently give different leaves: %j, %j", (one, other) => {
    const leaf = ([path, value]: readonly string[]) => macsOf(utf8(path as string), utf8(value as string))[1];
    expect(leaf(one)).not.toBe(leaf(other));
  });

  it("the same bytes give different leaves wherever path and value are divided", () => {
    fc.assert(
      fc.property(bytes, (all) => {
        const leaves = Array.from(
          { length: all.length + 1 },
          (_, at) => macsOf(all.subarray(0, at), all.subarray(at))[1],
        );
        expect(new Set(leaves).size).toBe(leaves.length);
      }),
    );
  });

  it("no leaf equals the MAC of a path, even if value and path are equal", () => {
    fc.assert(
      fc.property(bytes, bytes, (path, value) => {
        const macs = [macsOf(path, value), macsOf(value, path), macsOf(path, path), macsOf(value, value)];
        const [paths, leaves] = [new Set(macs.map(([mac]) => mac)), macs.map(([, leaf]) => leaf)];
        expect(leaves.filter((leaf) => paths.has(leaf))).toEqual([]);
      }),
    );
  });
});

describe("paths", () => {
  it("are `0x00 ‖ id u32 LE ‖ key`, and `0x01 ‖ address ‖ key`", () => {
    const address = new Uint8Array(32).fill(7);
    expect(fromBinary(pathOf(contractKey(0x01020304), "k"))).toEqual(Uint8Array.of(0, 4, 3, 2, 1, 0x6b));
    expect(fromBinary(pathOf(contractKey(address), "k"))).toEqual(Uint8Array.of(1, ...address, 0x6b));
  });

  it.each([-1, 2 ** 32, 0.5, new Uint8Array(31), new Uint8Array(33)])("codec/out-of-range: %j", (id) =>
    expect(() => contractKey(id)).toThrow(code("codec/out-of-range")),
  );

  it.each(["", "k".repeat(257), "\u0100"])("contract/bad-key: a key of %j", (key) =>
    expect(() => pathOf(contractKey(1), key)).toThrow(code("contract/bad-key")),
  );

  it.each([1, 256])("accept a key of %i bytes", (length) =>
    expect(decodePath(fromBinary(pathOf(contractKey(1), "k".repeat(length)))).key.length).toBe(length),
  );

  it("survive decoding, so no two entries share one", () => {
    fc.assert(
      fc.property(id, fc.uint8Array({ minLength: 1, maxLength: 256 }), (contract, bytes) => {
        const key = toBinary(bytes);
        expect(decodePath(fromBinary(pathOf(contractKey(contract), key)))).toEqual({ contract, key });
      }),
    );
  });

  it.each([
    ["codec/truncated", new Uint8Array()],
    ["codec/truncated", Uint8Array.of(0, 1, 2, 3)],
    ["codec/truncated", new Uint8Array(32).fill(1)],
    ["codec/bad-tag", Uint8Array.of(2, 0, 0, 0, 0, 1)],
    ["contract/bad-key", new Uint8Array(5)],
    ["contract/bad-key", new Uint8Array(5 + 257)],
    ["contract/bad-key", new Uint8Array(33).fill(1)],
  ])("%s: %j", (wanted, path) => expect(() => decodePath(path)).toThrow(code(wanted)));
});
