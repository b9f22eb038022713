import { validateProofs } from "@polkadot-api/substrate-bindings";
import { decodeBridgeInitInfo } from "@pruntime/core/bridge-2020";
import { concat, fromBase64, to0x, utf8 } from "@pruntime/core/bytes";
import { decodeHeader, encodeHeader, headerHash } from "@pruntime/core/chain";
import { portableCrypto as crypto } from "@pruntime/core/crypto";
import {
  type AuthoritySet,
  decodeAuthorityList,
  decodeJustification,
  grandpaDigests,
  verifyJustification,
} from "@pruntime/core/grandpa";
import { provenAuthorities, startFromGenesis, verifyHeaders } from "@pruntime/core/light-client";
import {
  grandpaAuthoritiesKey,
  grandpaCurrentSetIdKey,
  systemEventsKey,
  wellKnownKeys,
} from "@pruntime/core/storage-key";
import { openStateProof, orderedRoot, Trie } from "@pruntime/core/trie";
import { bridgeInitInfo, type Devchain, type DevchainOptions } from "@pruntime/devchain";
import { describe, expect, it } from "vitest";
import { eventNames, growTo, manualChain } from "./support/chain.ts";
import { pushCommand, signed } from "./support/extrinsic.ts";
import { signer } from "./support/keys.ts";

/** Makes nine blocks, each with a command. Authority sets end at blocks 3, 6 and 9. */
async function ninth(options: DevchainOptions = {}): Promise<Devchain> {
  const chain = await manualChain({ rotateEvery: 3, ...options });
  for (let number = 1; number <= 9; number++) {
    chain.submit(signed(chain, signer("Alice"), pushCommand(2, new Uint8Array(40).fill(number))));
    chain.produceBlock();
  }
  return chain;
}

function blocksOf(chain: Devchain): ReturnType<Devchain["best"]>[] {
  return Array.from({ length: chain.best().header.number + 1 }, (_, number) => chain.blockAt(number)!);
}

describe("blocks", () => {
  it("are chained by the hashes of their headers", async () => {
    const chain = await ninth();
    for (const { hash, header, encodedHeader } of blocksOf(chain)) {
      expect(headerHash(crypto, encodedHeader)).toEqual(hash);
      expect(encodeHeader(decodeHeader(encodedHeader))).toEqual(encodedHeader);
      if (header.number > 0) expect(header.parentHash).toEqual(chain.blockAt(header.number - 1)!.hash);
      expect(chain.blockOf(hash)).toBe(chain.blockAt(header.number));
    }
  });

  it.each([0, 1] as const)("have the root of their state, in state version %i", async (stateVersion) => {
    const chain = await ninth({ stateVersion });
    for (const block of blocksOf(chain)) {
      const entries = [...chain.stateOf(block).entries()];
      expect(Trie.from({ hash: crypto.blake2b256, version: stateVersion }, entries).root).toEqual(
        block.header.stateRoot,
      );
    }
  });

  it("have the root of their extrinsics, the first of which is the timestamp", async () => {
    const chain = await ninth();
    for (const { header, body } of blocksOf(chain))
      expect(orderedRoot(crypto.blake2b256, body)).toEqual(header.extrinsicsRoot);
    const [inherent] = chain.blockAt(1)!.body;
    expect(to0x(inherent!)).toMatch(/^0x280401000b/); // version 4, bare, pallet 1, call 0, a compact u48
  });

  it("are sealed by a validator of their set", async () => {
    const chain = await ninth();
    for (const { header } of blocksOf(chain).slice(1)) {
      const [slot, ...rest] = header.digest;
      const seal = rest.at(-1);
      if (slot?.kind !== "pre-runtime" || seal?.kind !== "seal")
        throw new Error("digest without slot or seal");
      const unsealed = crypto.blake2b256(encodeHeader({ ...header, digest: header.digest.slice(0, -1) }));
      const authorities = authoritiesAt(chain, header.number - 1);
      expect(authorities.filter(({ id }) => crypto.ed25519.verify(id, unsealed, seal.data))).toHaveLength(1);
    }
  });

  it("depend only on the chain's options", async () => {
    const [a, b] = [await ninth(), await ninth()];
    expect(a.genesisHash).toEqual(b.genesisHash);
    const genesis = async (options: Parameters<typeof manualChain>[0]): Promise<string> =>
      to0x((await manualChain(options)).genesisHash);
    const hashes = [
      await genesis({}),
      await genesis({ chainName: "other" }),
      await genesis({ genesisSeed: "a" }),
      await genesis({ genesisSeed: "b" }),
      await genesis({ maxPayload: 1 }),
      await genesis({ stateVersion: 0 }),
      await genesis({ endowed: [[new Uint8Array(32).fill(9), 1n]] }),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it("have times that only increase", async () => {
    const chain = await manualChain({ now: () => 1000 });
    growTo(chain, 3);
    const now = concat(crypto.twox128(utf8("Timestamp")), crypto.twox128(utf8("Now")));
    const times = blocksOf(chain).map((block) => chain.stateOf(block).get(now)?.slice(0, 2));
    expect(times).toEqual([
      undefined,
      Uint8Array.of(0xe8, 3),
      Uint8Array.of(0xe9, 3),
      Uint8Array.of(0xea, 3),
    ]);
  });
});

describe("read proofs", () => {
  it.each([0, 1] as const)("prove present and absent values, in state version %i", async (stateVersion) => {
    const chain = await ninth({ stateVersion });
    const keys = [systemEventsKey(crypto), wellKnownKeys.grandpaAuthorities, utf8("no such key")];
    for (const block of blocksOf(chain)) {
      const proof = chain.readProof(block, keys);
      const state = openStateProof(crypto.blake2b256, block.header.stateRoot, proof);
      expect(keys.map((key) => state.read(key))).toEqual(keys.map((key) => chain.stateOf(block).get(key)));
      expect(validateProofs(proof.map(to0x))?.rootHash).toBe(to0x(block.header.stateRoot));
    }
  });

  it.each(["Grandpa.Authorities", ":grandpa_authorities"] as const)(
    "of the genesis authorities under %s start a light client",
    async (authoritiesKey) => {
      const chain = await manualChain({ authoritiesKey });
      const info = decodeBridgeInitInfo(fromBase64(bridgeInitInfo(chain)));
      expect(startFromGenesis(crypto, info).authorities.authorities).toHaveLength(4);
    },
  );
});

/** The authority set in the state after a block. */
function authoritiesAt(chain: Devchain, number: number): AuthoritySet["authorities"] {
  return decodeAuthorityList(chain.stateOf(chain.blockAt(number)!).get(grandpaAuthoritiesKey(crypto))!);
}

describe("authority sets", () => {
  it("justify each block with the current set, including the last block before a change", async () => {
    const chain = await ninth();
    for (const block of blocksOf(chain).slice(1)) {
      const { number } = block.header;
      const trusted = { setId: block.setId, authorities: authoritiesAt(chain, number - 1) };
      verifyJustification(
        crypto,
        trusted,
        { hash: block.hash, number },
        decodeJustification(chain.justificationOf(block)!),
      );
    }
    expect(chain.best().setId).toBe(2n);
  });

  it("refuse a justification of another set", async () => {
    const chain = await ninth();
    const block = chain.blockAt(4)!;
    const justification = decodeJustification(chain.justificationOf(block)!);
    const old = { setId: 0n, authorities: authoritiesAt(chain, 0) };
    expect(() => verifyJustification(crypto, old, { hash: block.hash, number: 4 }, justification)).toThrow(
      "finality/",
    );
  });

  it.each([
    ["Grandpa.Authorities", grandpaAuthoritiesKey(crypto), wellKnownKeys.grandpaAuthorities],
    [":grandpa_authorities", wellKnownKeys.grandpaAuthorities, grandpaAuthoritiesKey(crypto)],
  ] as const)("are announced in the digest and stored only under %s", async (authoritiesKey, key, other) => {
    const chain = await ninth({ authoritiesKey });
    const block = chain.blockAt(3)!;
    const state = chain.stateOf(block);
    const [digest] = grandpaDigests(block.header);
    const proof = openStateProof(
      crypto.blake2b256,
      block.header.stateRoot,
      chain.readProof(block, [key, other]),
    );
    const next = provenAuthorities(crypto, proof, 3);
    expect(state.get(other)).toBeUndefined();
    expect(digest).toEqual({ kind: "scheduled-change", nextAuthorities: next, delay: 0 });
    expect(state.get(grandpaCurrentSetIdKey(crypto))).toEqual(Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0));
    expect(eventNames(chain, block)).toContain("Grandpa.NewAuthorities");
    expect(block.endsSet).toBe(true);
  });

  it("change in the next block on request", async () => {
    const chain = await manualChain();
    chain.rotateAuthorities();
    growTo(chain, 2);
    expect(blocksOf(chain).map(({ endsSet }) => endsSet)).toEqual([false, true, false]);
  });

  it("are followed by a light client with finality proofs only", async () => {
    const chain = await ninth();
    let client = startFromGenesis(crypto, decodeBridgeInitInfo(fromBase64(bridgeInitInfo(chain))));
    while (client.finalized.number < 9) {
      const { number } = client.finalized;
      const { justification, unknownHeaders } = chain.proveFinality(number + 1)!;
      const headers = [chain.blockAt(number + 1)!.encodedHeader, ...unknownHeaders];
      client = verifyHeaders(crypto, client, { headers, justification }).next;
    }
    expect(client.finalized.hash).toEqual(chain.best().hash);
    expect(client.authorities.setId).toBe(3n);
  });
});
