import { ed25519 } from "@noble/curves/ed25519.js";
import { describe, expect, it } from "vitest";
import { concat, toHex, utf8 } from "../../src/bytes/index.ts";
import { decodeReceivedHeader } from "../../src/chain/index.ts";
import { portableCrypto as crypto } from "../../src/crypto/index.ts";
import { encodeJustification, grandpaDigestItem } from "../../src/grandpa/index.ts";
import {
  anchorOf,
  decodeRecovery,
  encodeRecovery,
  type LightClient,
  type Recovery,
  type RecoveryKeys,
  readRecoveryKeys,
  recoveryHash,
  recoveryWork,
  type SignedRecovery,
  stageHeaders,
  verifyHeaders,
  verifyRecovery,
  writeRecoveryKeys,
} from "../../src/light-client/index.ts";
import { decodeAll, encode, Writer } from "../../src/scale/index.ts";
import { complete } from "../../src/work/index.ts";
import { type Block, bytes32, child, grow, unanimous } from "../grandpa/chain.ts";
import { codeOf } from "../support/code.ts";
import { after, clientAt, next, root, setOf } from "../warp/chain.ts";

/** Three recovery keys, in the order of their public keys. */
const signers = [1, 2, 3]
  .map((seed) => ({ secret: bytes32(seed), key: ed25519.getPublicKey(bytes32(seed)) }))
  .sort((a, b) => (toHex(a.key) < toHex(b.key) ? -1 : 1));
const keys: RecoveryKeys = { threshold: 2, keys: signers.map(({ key }) => key) };
const anchor = bytes32(7);
const trust = { anchor, keys };

const forced = grandpaDigestItem({
  kind: "forced-change",
  medianLastFinalized: 3,
  nextAuthorities: setOf(1).authorities,
  delay: 1,
});

/** The worker's finalized block 3, the forced change at block 5, and the checkpoint at block 7. */
const at3 = after(root, 3);
const at4 = next(at3);
const at5 = next(at4, forced);
const [at6, at7] = grow(at5, 2) as [Block, Block];
const trusted: LightClient = clientAt(at3, 0);
const path = [at4, at5, at6].map(({ encoded }) => encoded);
const recovery: Recovery = {
  anchor,
  replacedSetId: 0n,
  checkpoint: { genesisHash: root.hash, encodedHeader: at7.encoded, authorities: setOf(1), pending: [] },
};

function signed(content: Recovery = recovery, by: readonly number[] = [0, 1]): SignedRecovery {
  const hash = recoveryHash(crypto, content);
  const signatures = by.map((at) => {
    const { key, secret } = signers[at]!;
    return { key, signature: ed25519.sign(hash, secret) };
  });
  return { ...content, signatures };
}

const verify = (given: SignedRecovery, headers = path, client = trusted) =>
  verifyRecovery(crypto, trust, client, { recovery: given, headers });

describe("verifyRecovery", () => {
  it("goes on past a forced change, which no proof of finality covers", () => {
    const justification = encodeJustification(unanimous(at7, 3, 1n, 4));
    expect(() => verifyHeaders(crypto, trusted, { headers: [...path, at7.encoded], justification })).toThrow(
      "finality/forced-change",
    );
    const { finalized, next: client } = verify(signed());
    expect(finalized.map(({ hash }) => hash)).toEqual([at4, at5, at6, at7].map(({ hash }) => hash));
    expect(client).toMatchObject({ finalized: { number: 7, hash: at7.hash }, authorities: setOf(1) });
    const at8 = child(at7);
    const proof = encodeJustification(unanimous(at8, 3, 1n, 4));
    const later = verifyHeaders(crypto, client, { headers: [at8.encoded], justification: proof });
    expect(later.next.finalized.number).toBe(8);
  });

  it("takes more signatures than needed, in any order, and a set id that is several higher", () => {
    expect(verify(signed(recovery, [2, 0, 1])).next.finalized.number).toBe(7);
    const checkpoint = { ...recovery.checkpoint, authorities: setOf(3) };
    expect(verify(signed({ ...recovery, checkpoint })).next.authorities.setId).toBe(3n);
  });

  it("takes a checkpoint of the finalized block itself, and headers that are final already", () => {
    const checkpoint = { ...recovery.checkpoint, encodedHeader: at3.encoded };
    expect(verify(signed({ ...recovery, checkpoint }), [])).toMatchObject({
      finalized: [],
      next: { finalized: { number: 3 }, authorities: { setId: 1n } },
    });
    expect(verify(signed(), [at3.encoded, ...path]).finalized).toHaveLength(4);
  });

  it("takes staged headers as the first part of the path", () => {
    const staged = stageHeaders(crypto, trusted, { headers: verify(signed()).staged, change: undefined }, [
      decodeReceivedHeader(at4.encoded),
    ]);
    const rest = [at5, at6].map(({ encoded }) => decodeReceivedHeader(encoded));
    const given = { recovery: signed(), headers: rest };
    const batch = complete(recoveryWork(crypto, trust, trusted, given, staged));
    expect([...batch.staged].map(({ number }) => number)).toEqual([4]);
    expect(batch.finalized.map(({ number }) => number)).toEqual([5, 6, 7]);
  });

  const at = (block: Block) => ({
    ...recovery,
    checkpoint: { ...recovery.checkpoint, encodedHeader: block.encoded },
  });
  const set = (id: bigint) => ({
    ...recovery,
    checkpoint: { ...recovery.checkpoint, authorities: { ...setOf(1), setId: id } },
  });
  const fork = grow(at3, 4, { fork: 1 });
  const other = child(root, { fork: 2 });
  const broken = signed();
  const changed = broken.signatures.map((one, i) =>
    i === 1 ? { ...one, signature: one.signature.with(3, one.signature[3]! ^ 1) } : one,
  );
  const stranger = { key: ed25519.getPublicKey(bytes32(9)), signature: new Uint8Array(64) };

  it.each<[code: string, title: string, given: SignedRecovery, headers?: Uint8Array[], client?: LightClient]>(
    [
      ["recovery/too-few-signatures", "no signature", signed(recovery, [])],
      ["recovery/too-few-signatures", "one signature less than the threshold", signed(recovery, [0])],
      ["recovery/duplicate-signer", "one key that signs twice", signed(recovery, [1, 1])],
      ["recovery/unknown-signer", "a key that is not listed", { ...broken, signatures: [stranger] }],
      ["recovery/bad-signature", "a changed signature", { ...broken, signatures: changed }],
      [
        "recovery/bad-signature",
        "another header than the signed one",
        { ...at(at6), signatures: broken.signatures },
      ],
      ["recovery/bad-signature", "another set id", { ...set(2n), signatures: broken.signatures }],
      [
        "recovery/bad-signature",
        "another replaced set",
        { ...broken, replacedSetId: 1n },
        path,
        { ...trusted, authorities: { ...setOf(0), setId: 1n } },
      ],
      ["recovery/wrong-anchor", "another anchor", signed({ ...recovery, anchor: bytes32(8) })],
      [
        "recovery/wrong-anchor",
        "another chain",
        signed({ ...recovery, checkpoint: { ...recovery.checkpoint, genesisHash: at7.hash } }),
      ],
      ["recovery/other-set", "a set that is not the current one", signed(), path, clientAt(at3, 1)],
      ["recovery/lower-set-id", "the same set id", signed(set(0n))],
      ["recovery/behind", "a block below the finalized one", signed(at(after(root, 2))), []],
      [
        "headers/conflicts-finalized",
        "another block at the finalized height",
        signed(at(after(other, 2))),
        [],
      ],
      ["headers/wrong-parent", "a fork that lacks the finalized block", signed(at(after(other, 3))), []],
      ["headers/wrong-parent", "a path on a fork", signed(), fork.slice(0, 3).map(({ encoded }) => encoded)],
      ["headers/gap", "a path that lacks its first header", signed(), path.slice(1)],
      ["headers/gap", "a path that lacks its last header", signed(), path.slice(0, -1)],
      ["headers/gap", "no path", signed(), []],
      [
        "finality/forced-change",
        "a checkpoint that announces another forced change",
        signed(at(at5)),
        path.slice(0, 1),
      ],
      [
        "finality/empty-set",
        "a set that can finalize nothing",
        signed({
          ...recovery,
          checkpoint: { ...recovery.checkpoint, authorities: { setId: 1n, authorities: [] } },
        }),
      ],
    ],
  )("%s: refuses %s", (code, _, given, headers, client) =>
    expect(codeOf(() => verify(given, headers, client))).toBe(code),
  );

  it("recovery/no-keys: refuses every recovery if the anchor names no keys", () => {
    const given = { recovery: signed(), headers: path };
    expect(codeOf(() => verifyRecovery(crypto, { anchor, keys: undefined }, trusted, given))).toBe(
      "recovery/no-keys",
    );
  });
});

describe("a recovery", () => {
  it("is signed over these bytes", () => {
    const pending = [{ announcedAt: 7, enactsAt: 9, authorities: setOf(2).authorities }];
    const body = new Writer().raw(anchor).u64(0n).raw(root.hash).vecU8(at7.encoded).u64(1n);
    for (const [i, { authorities }] of [setOf(1), setOf(2)].entries()) {
      if (i === 1) body.compact(1).u32(7).u32(2);
      body.compact(4);
      for (const { id, weight } of authorities) body.raw(id).u64(weight);
    }
    const content = { ...recovery, checkpoint: { ...recovery.checkpoint, pending } };
    expect(recoveryHash(crypto, content)).toEqual(
      crypto.blake2b256(concat(utf8("pruntime/recovery/1"), body.finish())),
    );
  });

  it("is a file of one JSON object", () => {
    const text = encodeRecovery(signed());
    expect(text).toMatch(/^\{"anchor":"0x(07){32}","checkpoint":\{"authorities":\[\["0x/);
    expect(decodeRecovery(text)).toEqual(signed());
    expect(codeOf(() => decodeRecovery(text.replace('"anchor"', '"anchors"')))).toBe("json/unknown-key");
    const many = Array.from({ length: 65 }, () => signed().signatures[0]!);
    expect(codeOf(() => decodeRecovery(encodeRecovery({ ...signed(), signatures: many })))).toBe(
      "json/out-of-range",
    );
  });
});

describe("recovery keys", () => {
  const [a, b] = keys.keys as [Uint8Array, Uint8Array];

  it("are part of the anchor, which without them stays as it is", () => {
    const terms = { meaning: { kind: "proven" }, genesisBalance: { kind: "none" } } as const;
    const anchors = [undefined, keys, { ...keys, threshold: 1 }, { ...keys, keys: [a, b] }].map((recovery) =>
      toHex(anchorOf(crypto, trusted, { ...terms, recovery })),
    );
    expect(new Set(anchors).size).toBe(4);
    expect(anchors[0]).toBe(toHex(anchorOf(crypto, trusted, terms)));
  });

  it("are written as threshold and list", () => {
    const bytes = encode(keys, writeRecoveryKeys);
    expect(bytes).toEqual(concat(Uint8Array.of(2, 12), ...keys.keys));
    expect(decodeAll(bytes, readRecoveryKeys)).toEqual(keys);
  });

  it.each<[string, RecoveryKeys]>([
    ["no key", { threshold: 0, keys: [] }],
    ["a threshold of 0", { threshold: 0, keys: [a, b] }],
    ["a threshold above the number of keys", { threshold: 3, keys: [a, b] }],
    ["a key twice", { threshold: 1, keys: [a, a] }],
    ["keys in another order", { threshold: 1, keys: [b, a] }],
    ["more than 64 keys", { threshold: 1, keys: Array.from({ length: 65 }, (_, i) => bytes32(i)) }],
  ])("recovery/bad-keys: refuses %s", (_, given) =>
    expect(codeOf(() => encode(given, writeRecoveryKeys))).toBe("recovery/bad-keys"),
  );
});
