import { describe, expect, it } from "vitest";
import { recorded } from "../../../../test/support/fixtures.ts";
import { type BridgeInitInfo, decodeBridgeInitInfo, decodeSignedBlock } from "../../src/bridge-2020/index.ts";
import { concat, toHex } from "../../src/bytes/index.ts";
import { portableCrypto as crypto } from "../../src/crypto/index.ts";
import { encodeAuthorityList } from "../../src/grandpa/index.ts";
import { startFromGenesis, startFromGenesisWork, verifyHeaders } from "../../src/light-client/index.ts";
import { grandpaAuthoritiesKey, wellKnownKeys } from "../../src/storage-key/index.ts";
import { authoritySet, type Block, child, genesis } from "../grandpa/chain.ts";
import { first, genesisState, start, state } from "./cases.ts";

const { authorities } = authoritySet(4);

function info(block: Block, proof: readonly Uint8Array[], list = authorities): BridgeInitInfo {
  return { header: block.header, encodedHeader: block.encoded, authorities: list, proof };
}

describe("startFromGenesis", () => {
  const proof = genesisState.prove([wellKnownKeys.grandpaAuthorities]);

  it("starts at block 0 with set 0, for proof nodes in any order", () => {
    const client = startFromGenesis(crypto, info(first, [...proof].reverse()));
    expect(client).toEqual(start);
    expect(client.genesisHash).toEqual(first.hash);
    expect([client.finalized.number, client.authorities.setId, client.pending.length]).toEqual([0, 0n, 0]);
  });

  it("opens a long proof in units", () => {
    const unused = Array.from({ length: 1_000 }, (_, i) => new Uint8Array(34).fill(i).fill(i >> 8, 17));
    expect(
      [...startFromGenesisWork(crypto, info(first, [...proof, ...unused]))].length,
    ).toBeGreaterThanOrEqual(4);
  });

  it("reads Grandpa.Authorities if the chain has that item", () => {
    const key = grandpaAuthoritiesKey(crypto);
    const modern = state([[key, encodeAuthorityList(authorities)]]);
    const client = startFromGenesis(crypto, info(genesis({ stateRoot: modern.root }), modern.prove([key])));
    expect(client.authorities).toEqual({ setId: 0n, authorities });
  });

  const empty = state([]);
  const keys = [grandpaAuthoritiesKey(crypto), wellKnownKeys.grandpaAuthorities];
  const next = child(first, { stateRoot: genesisState.root });
  const raw = state([[wellKnownKeys.grandpaAuthorities, encodeAuthorityList(authorities)]]);
  const trailing = state([
    [
      wellKnownKeys.grandpaAuthorities,
      concat(new Uint8Array([1]), encodeAuthorityList(authorities), new Uint8Array(1)),
    ],
  ]);
  it.each<[string, string, BridgeInitInfo]>([
    ["headers/not-genesis", "block 1", info(next, proof)],
    ["headers/authorities-mismatch", "another list", info(first, proof, authorities.slice(1))],
    ["headers/authorities-mismatch", "another order", info(first, proof, [...authorities].reverse())],
    [
      "headers/authorities-mismatch",
      "another weight",
      info(first, proof, authoritySet(3).authorities.concat({ ...authorities[3]!, weight: 2n })),
    ],
    [
      "headers/no-authorities",
      "a state without authorities",
      info(genesis({ stateRoot: empty.root }), empty.prove(keys)),
    ],
    ["codec/bad-tag", "a list without version", info(genesis({ stateRoot: raw.root }), raw.prove(keys))],
    ["codec/trailing", "a list and more", info(genesis({ stateRoot: trailing.root }), trailing.prove(keys))],
    ["trie/root-missing", "no proof", info(first, [])],
    ["trie/incomplete-proof", "the root alone", info(first, proof.slice(0, 1))],
  ])("%s: %s", (code, _, given) => {
    expect(() => startFromGenesis(crypto, given)).toThrow(expect.objectContaining({ code }));
  });
});

describe("phala 2020", () => {
  const it = recorded
    .extend(
      "bytes",
      ({ files }) =>
        (name: string) =>
          files.base64(`phala/2020-bridge/${name}.b64`),
    )
    .extend("anchor", ({ bytes }) => startFromGenesis(crypto, decodeBridgeInitInfo(bytes("genesis-info-a"))))
    .extend("header", ({ bytes }) => bytes("block1-header"))
    .extend("justification", ({ bytes }) => bytes("block1-justification"));
  const coded = expect.objectContaining({ code: expect.stringMatching(/^(codec|finality|headers|trie)\//) });

  function flips(input: Uint8Array, check: (flipped: Uint8Array, bit: number) => void): void {
    for (let bit = 0; bit < 8 * input.length; bit++) {
      const flipped = input.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      check(flipped, bit);
    }
  }

  it.for(["a", "b"])("genesis info %s is accepted", (name, { bytes }) => {
    const client = startFromGenesis(crypto, decodeBridgeInitInfo(bytes(`genesis-info-${name}`)));
    expect(toHex(client.genesisHash)).toBe(
      "fd83548ae2dec531610b04bdb26419cead44820442d035a4806b826f268a2924",
    );
    expect(client.authorities.authorities).toHaveLength(2);
  });

  it("genesis info with any bit flipped is refused, or names another chain", ({ bytes, anchor }) => {
    flips(bytes("genesis-info-a"), (flipped, bit) => {
      try {
        const client = startFromGenesis(crypto, decodeBridgeInitInfo(flipped));
        expect(toHex(client.genesisHash), `bit ${bit}`).not.toBe(toHex(anchor.genesisHash));
      } catch (error) {
        expect(error, `bit ${bit}`).toEqual(coded);
      }
    });
  });

  it("block 1 is accepted, and is not final under any other set id", ({ anchor, header, justification }) => {
    const { next } = verifyHeaders(crypto, anchor, { headers: [header], justification });
    expect(toHex(next.finalized.hash)).toBe(
      "dec3884f71eab8418874b312f195aab495397e4962b0f3cbee05ab4a3dec0373",
    );
    const later = { ...anchor, authorities: { ...anchor.authorities, setId: 1n } };
    const verify = () => verifyHeaders(crypto, later, { headers: [header], justification });
    expect(verify).toThrow(expect.objectContaining({ code: "finality/bad-signature" }));
  });

  it("block 1 with any bit of its header or justification flipped is refused", ({
    anchor,
    header,
    justification,
  }) => {
    flips(header, (flipped, bit) => {
      // A flip that changes the number to 0 makes a genesis block that conflicts with the trusted genesis.
      // Other flips break the link to the parent or the justification's target.
      expect(
        () => verifyHeaders(crypto, anchor, { headers: [flipped], justification }),
        `header bit ${bit}`,
      ).toThrow(coded);
    });
    flips(justification, (flipped, bit) => {
      const verify = () => verifyHeaders(crypto, anchor, { headers: [header], justification: flipped });
      expect(verify, `justification bit ${bit}`).toThrow(coded);
    });
  });

  it("the block of 2019-12-14 has no justification", ({ bytes }) => {
    expect(decodeSignedBlock(bytes("signed-block-2019-12-14")).justification).toBeUndefined();
  });
});
