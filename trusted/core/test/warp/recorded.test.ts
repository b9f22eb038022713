import { describe, expect } from "vitest";
import { recorded } from "../../../../test/support/fixtures.ts";
import { concat, equal, from0x, to0x } from "../../src/bytes/index.ts";
import { type Header, headerHash, readHeader } from "../../src/chain/index.ts";
import { portableCrypto as crypto } from "../../src/crypto/index.ts";
import type { AuthoritySet } from "../../src/grandpa/index.ts";
import { startFromCheckpoint } from "../../src/light-client/index.ts";
import { decodeAll, type Reader, readCompactU32 } from "../../src/scale/index.ts";
import {
  advanceByWarpProof,
  decodeWarpProof,
  encodeWarpProof,
  verifyWarpProof,
} from "../../src/warp/index.ts";

type Pair = [string, number];

function setOf(setId: number, pairs: readonly Pair[]): AuthoritySet {
  return {
    setId: BigInt(setId),
    authorities: pairs.map(([id, weight]) => ({ id: from0x(id), weight: BigInt(weight) })),
  };
}

const code = (expected: string) => expect.objectContaining({ code: expected });

describe("a warp proof to kusama block 2857472", () => {
  const it = recorded
    .extend("data", ({ files }) => files.json("substrate/b-warp-kusama-2857472.json"))
    .extend("bytes", ({ data }) => from0x(data.proof))
    .extend(
      "trusted",
      ({ data }) =>
        (setId: number = data.startSetId) =>
          setOf(setId, data.startAuthorities),
    );

  it("is accepted from set 1101, and does not change the set", ({ data, bytes, trusted }) => {
    const proof = decodeWarpProof(bytes);
    expect(encodeWarpProof(proof)).toEqual(bytes);
    expect(proof).toMatchObject({ isFinished: data.isFinished, fragments: { length: 1 } });
    const { finalized, authorities, pending } = verifyWarpProof(crypto, trusted(), proof);
    expect([finalized.number, to0x(finalized.hash)]).toEqual([
      data.expect.finalBlock.number,
      data.expect.finalBlock.hash,
    ]);
    expect([authorities, pending]).toEqual([trusted(data.expect.finalSetId), []]);
  });

  it("is refused from another set, or as part of a longer proof", ({ bytes, trusted }) => {
    const proof = decodeWarpProof(bytes);
    for (const setId of [1100, 1102])
      expect(() => verifyWarpProof(crypto, trusted(setId), proof)).toThrow(code("finality/bad-signature"));
    expect(() => verifyWarpProof(crypto, trusted(), { ...proof, isFinished: false })).toThrow(
      code("warp/no-set-change"),
    );
    const [fragment] = proof.fragments;
    if (fragment === undefined) throw new Error("no fragment");
    expect(() => verifyWarpProof(crypto, trusted(), { ...proof, fragments: [fragment, fragment] })).toThrow(
      code("warp/no-set-change"),
    );
  });

  // A proof ends with the last vote (block, number, signature, voter), an empty list, and `is_finished`.
  it.for([
    ["the header", 40, "finality/wrong-target"],
    ["the flag", -1, "warp/no-set-change"],
    ["the last vote's block", -2 - 132, "finality/no-route"],
    ["the last vote's signature", -2 - 40, "finality/bad-signature"],
    ["the last vote's voter", -2 - 1, "finality/below-threshold"],
  ] as const)("is refused with a byte of %s changed", ([, at, expected], { bytes, trusted }) => {
    const tampered = bytes.with(at, (bytes.at(at) as number) ^ 1);
    expect(() => verifyWarpProof(crypto, trusted(), decodeWarpProof(tampered))).toThrow(code(expected));
  });

  it("moves a client that started from a checkpoint at the parent of the proof's block", ({
    files,
    data,
    bytes,
    trusted,
  }) => {
    const parent = files
      .json("substrate/e-blocks.json.gz")
      .blocks.find(
        (block: { chain: string; number: number }) => block.chain === "kusama" && block.number === 2857471,
      );
    const checkpoint = { genesisHash: new Uint8Array(32), encodedHeader: from0x(parent.header) };
    const client = startFromCheckpoint(crypto, { ...checkpoint, authorities: trusted(), pending: [] });
    const { finalized } = advanceByWarpProof(crypto, client, decodeWarpProof(bytes));
    expect([to0x(finalized.hash), to0x(finalized.parentHash)]).toEqual([
      data.expect.finalBlock.hash,
      parent.hash,
    ]);
  });
});

/**
 * Headers of Avail's test network in 2023: a Substrate header, then `0 ‖ compact rows ‖
 * compact columns ‖ data root(32) ‖ Vec<u8> commitment ‖ compact size ‖ Vec<(compact, compact)> index`.
 */
function readAvailHeader(r: Reader): Header {
  const header = readHeader(r);
  if (r.u8() !== 0) throw new Error("another header extension");
  readCompactU32(r);
  readCompactU32(r);
  r.take(32);
  r.vecU8();
  readCompactU32(r);
  r.vec(2, (r) => [readCompactU32(r), readCompactU32(r)]);
  return header;
}

describe("a warp proof to avail block 34153", () => {
  const it = recorded
    .extend("data", ({ files }) => files.json("substrate/b-warp-avail-34153.json"))
    .extend(
      "trusted",
      ({ data }) =>
        (setId: number) =>
          setOf(setId, data.startAuthorities),
    )
    .extend("proof", ({ data }) => decodeWarpProof(from0x(data.proof), readAvailHeader));

  it("is accepted from set 31 and ends in set 32", ({ data, trusted, proof }) => {
    const { finalized, authorities } = verifyWarpProof(crypto, trusted(data.startSetId), proof);
    expect([finalized.number, to0x(finalized.hash)]).toEqual([
      data.expect.block.number,
      data.expect.block.hash,
    ]);
    expect(authorities).toEqual(setOf(data.expect.nextSetId, data.expect.nextAuthorities));
    expect(encodeWarpProof(proof)).toEqual(from0x(data.proof));
  });

  it("is refused from another set", ({ trusted, proof }) => {
    expect(() => verifyWarpProof(crypto, trusted(32), proof)).toThrow(code("finality/bad-signature"));
  });

  it("is refused with a byte of the extension changed, and in the plain layout", ({
    data,
    trusted,
    proof,
  }) => {
    const [fragment] = proof.fragments;
    if (fragment === undefined) throw new Error("no fragment");
    const encodedHeader = fragment.encodedHeader.with(-1, (fragment.encodedHeader.at(-1) as number) ^ 1);
    const changed = { fragments: [{ ...fragment, encodedHeader }], isFinished: true };
    expect(() => verifyWarpProof(crypto, trusted(31), changed)).toThrow(code("finality/wrong-target"));
    expect(() => decodeWarpProof(from0x(data.proof))).toThrow(
      code(expect.stringMatching(/^codec\//) as string),
    );
  });

  it("follows the headers before it", ({ data }) => {
    const headers = (data.headersChain as string[]).map(from0x);
    const decoded = headers.map((bytes) => decodeAll(bytes, readAvailHeader));
    expect(decoded.at(-1)?.number).toBe(34153);
    for (let i = 1; i < headers.length; i++) {
      const [parent, child] = [headers[i - 1] ?? concat(), decoded[i]];
      expect(equal(child?.parentHash ?? concat(), headerHash(crypto, parent)), `header ${i}`).toBe(true);
      expect(child?.number).toBe((decoded[i - 1]?.number ?? 0) + 1);
    }
  });
});
