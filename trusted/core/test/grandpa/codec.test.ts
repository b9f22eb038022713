import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../../src/bytes/index.ts";
import { decodeHeader, encodeHeader, type Header } from "../../src/chain/index.ts";
import {
  decodeAuthorityList,
  decodeJustification,
  decodeVersionedAuthorityList,
  encodeAuthorityList,
  encodeJustification,
  encodeVersionedAuthorityList,
  type GrandpaDigest,
  grandpaDigestItem,
  grandpaDigests,
  maxAncestryHeaders,
} from "../../src/grandpa/index.ts";
import { CodecError } from "../../src/scale/index.ts";
import { authority, type Block, bytes32, child, genesis, grow, justification, vote } from "./chain.ts";

const [b1, b2] = grow(genesis(), 2) as [Block, Block];
const sample = justification(b1, [vote(0, b1), vote(1, b2)], [b2]);
const encoded = encodeJustification(sample);

describe("decodeJustification", () => {
  it("reads back as it was written, from an offset view too", () => {
    expect(decodeJustification(encoded)).toEqual(sample);
    const shifted = new Uint8Array(encoded.length + 11);
    shifted.set(encoded, 7);
    expect(decodeJustification(shifted.subarray(7, 7 + encoded.length))).toEqual(sample);
  });

  it("has the node's layout", () => {
    const parts = [`0900000000000000${toHex(b1.hash)}01000000`, "08"];
    for (const { targetHash, targetNumber, signature, id } of sample.precommits)
      parts.push(`${toHex(targetHash)}0${targetNumber}000000${toHex(signature)}${toHex(id)}`);
    parts.push("04", toHex(b2.encoded));
    expect(toHex(encoded)).toBe(parts.join(""));
  });

  it("codec/truncated or codec/too-long: every strict prefix", () => {
    for (let length = 0; length < encoded.length; length++) {
      const read = () => decodeJustification(encoded.subarray(0, length));
      expect(read).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^codec\/(truncated|too-long)$/) }),
      );
    }
  });

  it("codec/trailing: one additional byte", () => {
    const more = new Uint8Array([...encoded, 0]);
    expect(() => decodeJustification(more)).toThrow(expect.objectContaining({ code: "codec/trailing" }));
  });

  it("codec/too-long: counts that are too large for the input", () => {
    const many = encoded.slice();
    many.set([0xfe, 0xff, 0xff, 0xff], 44);
    expect(() => decodeJustification(many)).toThrow(expect.objectContaining({ code: "codec/too-long" }));
  });

  it("codec/too-long: more ancestry headers than a round can need", () => {
    const withHeaders = (count: number) =>
      encodeJustification({ ...sample, votesAncestries: new Array<Header>(count).fill(b2.header) });
    expect(decodeJustification(withHeaders(maxAncestryHeaders)).votesAncestries.length).toBe(
      maxAncestryHeaders,
    );
    expect(() => decodeJustification(withHeaders(maxAncestryHeaders + 1))).toThrow(
      expect.objectContaining({ code: "codec/too-long" }),
    );
  });

  it("throws only codec errors, and reads only bytes that encode to themselves again", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(encoded.length - 1), (noise, at) => {
        const bytes = encoded.slice();
        bytes.set(noise.subarray(0, bytes.length - at), at);
        try {
          expect(encodeJustification(decodeJustification(bytes))).toEqual(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(CodecError);
        }
      }),
    );
  });

  it("refuses to write a field of another length", () => {
    for (const bad of [
      { targetHash: new Uint8Array(31) },
      { id: new Uint8Array(33) },
      { signature: new Uint8Array(63) },
    ]) {
      const broken = { ...sample, precommits: [{ ...vote(0, b1), ...bad }] };
      expect(() => encodeJustification(broken)).toThrow(
        expect.objectContaining({ code: "codec/out-of-range" }),
      );
    }
  });
});

const list = [authority(0, 1n), authority(1, 2n ** 64n - 1n)];
const listHex = `08${toHex(authority(0).id)}0100000000000000${toHex(authority(1).id)}ffffffffffffffff`;

describe("authority lists", () => {
  it("are Vec<(id, u64)>, with a leading 1 in the versioned form", () => {
    expect(toHex(encodeAuthorityList(list))).toBe(listHex);
    expect(toHex(encodeVersionedAuthorityList(list))).toBe(`01${listHex}`);
    expect(decodeAuthorityList(fromHex(listHex))).toEqual(list);
    expect(decodeVersionedAuthorityList(fromHex(`01${listHex}`))).toEqual(list);
  });

  it("codec/bad-tag: another version", () => {
    expect(() => decodeVersionedAuthorityList(fromHex(`02${listHex}`))).toThrow(
      expect.objectContaining({ code: "codec/bad-tag" }),
    );
  });

  it("codec/trailing: bytes after the list", () => {
    for (const decode of [
      () => decodeAuthorityList(fromHex(`${listHex}00`)),
      () => decodeVersionedAuthorityList(fromHex(`01${listHex}00`)),
    ])
      expect(decode).toThrow(expect.objectContaining({ code: "codec/trailing" }));
  });
});

const digests: readonly [string, GrandpaDigest][] = [
  [`01${listHex}05000000`, { kind: "scheduled-change", nextAuthorities: list, delay: 5 }],
  [
    `0207000000${listHex}05000000`,
    { kind: "forced-change", medianLastFinalized: 7, nextAuthorities: list, delay: 5 },
  ],
  ["030900000000000000", { kind: "on-disabled", authorityIndex: 9n }],
  ["0405000000", { kind: "pause", delay: 5 }],
  ["0506000000", { kind: "resume", delay: 6 }],
];

describe("grandpaDigests", () => {
  it.each(digests)("%.4s…", (hex, digest) => {
    const item = grandpaDigestItem(digest);
    expect(toHex(item.data)).toBe(hex);
    expect(grandpaDigests(decodeHeader(child(genesis(), { digest: [item] }).encoded))).toEqual([digest]);
  });

  it("reads only FRNK consensus items, in order", () => {
    const [change, , , pause] = digests.map(([, digest]) => grandpaDigestItem(digest));
    if (change === undefined || pause === undefined) throw new Error("no digests");
    const header: Header = {
      ...genesis().header,
      digest: [
        { ...change, kind: "seal" },
        { ...change, engine: "BABE" },
        pause,
        { ...change, kind: "pre-runtime" },
        change,
      ],
    };
    expect(grandpaDigests(header).map(({ kind }) => kind)).toEqual(["pause", "scheduled-change"]);
  });

  it.each([
    ["codec/bad-tag", "0005000000"],
    ["codec/bad-tag", "0605000000"],
    ["codec/trailing", "040500000000"],
    ["codec/truncated", "04050000"],
    ["codec/truncated", ""],
  ])("%s: %s", (code, hex) => {
    const digest = [{ kind: "consensus", engine: "FRNK", data: fromHex(hex) }] as const;
    expect(() => grandpaDigests({ ...genesis().header, digest })).toThrow(expect.objectContaining({ code }));
  });
});

describe("encodeHeader", () => {
  it("round-trips inside a justification", () => {
    expect(encodeHeader(decodeJustification(encoded).votesAncestries[0] as Header)).toEqual(b2.encoded);
    expect(b2.header.parentHash).toEqual(b1.hash);
    expect(bytes32(0)).toEqual(b1.header.stateRoot);
  });
});
