import { encodeHeader } from "@pruntime/core/chain";
import { portableCrypto as crypto } from "@pruntime/core/crypto";
import { describe, expect, it } from "vitest";
import {
  decodeSpooled,
  encodeSpooled,
  keysName,
  merged,
  proofOf,
  type SpooledBlock,
} from "../../src/spool/record.ts";

const zeros = new Uint8Array(32);
const encodedHeader = encodeHeader({
  parentHash: zeros,
  number: 7,
  stateRoot: zeros,
  extrinsicsRoot: zeros,
  digest: [],
});
const events = keysName(crypto, [Uint8Array.of(1, 2)]);
const code = keysName(crypto, [Uint8Array.of(3)]);
const block: SpooledBlock = {
  number: 7,
  hash: crypto.blake2b256(encodedHeader),
  encodedHeader,
  justification: Uint8Array.of(9),
  extrinsics: [Uint8Array.of(4, 0), Uint8Array.of()],
  proofs: [{ keys: events, nodes: [Uint8Array.of(1), Uint8Array.of(2)] }],
};
const bare: SpooledBlock = { ...block, justification: undefined, extrinsics: undefined, proofs: [] };

describe("a record", () => {
  it.each([
    ["with all parts", block],
    ["with a header alone", bare],
  ])("%s is read as it was written", (_, record) => {
    expect(decodeSpooled(crypto, encodeSpooled(record))).toEqual(record);
  });

  it.each([
    ["of another version", (bytes: Uint8Array) => Uint8Array.of(2, ...bytes.subarray(1))],
    ["with a trailing byte", (bytes: Uint8Array) => Uint8Array.of(...bytes, 0)],
  ])("%s is refused", (_, bend) => {
    expect(() => decodeSpooled(crypto, bend(encodeSpooled(block)))).toThrow();
  });

  it("cut short anywhere is refused", () => {
    const bytes = encodeSpooled(block);
    for (let length = 0; length < bytes.length; length++)
      expect(() => decodeSpooled(crypto, bytes.subarray(0, length))).toThrow();
  });

  it("takes its number and its hash from the header, whatever the writer says", () => {
    const lying = { ...block, number: 8, hash: zeros };
    expect(decodeSpooled(crypto, encodeSpooled(lying))).toEqual(block);
  });
});

describe("merged", () => {
  it("has the parts of both records, and the later part where both have it", () => {
    const later: SpooledBlock = {
      ...bare,
      extrinsics: [],
      proofs: [
        { keys: events, nodes: [Uint8Array.of(8)] },
        { keys: code, nodes: [] },
      ],
    };
    const both = merged(block, later);
    expect([both.justification, both.extrinsics, both.proofs.length]).toEqual([block.justification, [], 2]);
    expect([proofOf(both, events), proofOf(both, code)]).toEqual([[Uint8Array.of(8)], []]);
    expect(merged(block, bare)).toEqual(block);
  });
});

it("keysName differs if the keys, their order or their boundaries differ", () => {
  const [a, b] = [Uint8Array.of(1), Uint8Array.of(2)];
  const lists = [[a, b], [b, a], [a], [Uint8Array.of(1, 2)], []];
  expect(new Set(lists.map((keys) => String(keysName(crypto, keys)))).size).toBe(lists.length);
});
