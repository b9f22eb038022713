import { expect, it } from "vitest";
import { concat, toHex, utf8 } from "../../src/bytes/index.ts";
import { portableCrypto as crypto } from "../../src/crypto/index.ts";
import { type AnchorTerms, anchorOf, type LightClient } from "../../src/light-client/index.ts";
import { Writer } from "../../src/scale/index.ts";
import { rulesNumber } from "../../src/version/index.ts";

const bytes = (fill: number): Uint8Array => new Uint8Array(32).fill(fill);
const authorities = [{ id: bytes(4), weight: 1n }];
const start: LightClient = {
  genesisHash: bytes(1),
  finalized: {
    number: 7,
    hash: bytes(2),
    parentHash: bytes(8),
    stateRoot: bytes(9),
    extrinsicsRoot: bytes(10),
    runtimeUpdated: false,
  },
  authorities: { setId: 3n, authorities },
  pending: [{ announcedAt: 5, enactsAt: 9, authorities: [{ id: bytes(5), weight: 2n }] }],
};
const para = { id: 2000, genesisHash: bytes(7) };
const terms: AnchorTerms = {
  meaning: { kind: "told", metadata: bytes(6) },
  genesisBalance: { kind: "account", account: bytes(11), amount: 12n },
  para,
  recovery: { threshold: 2, keys: [bytes(12), bytes(13)] },
  policyAuthority: { kind: "hash", hash: bytes(14) },
};

it("is the hash of the documented layout", () => {
  const body = new Writer()
    .u32(rulesNumber)
    .raw(bytes(1))
    .raw(bytes(2))
    .u64(3n)
    .compact(1)
    .raw(bytes(4))
    .u64(1n);
  body.compact(1).u32(5).u32(4).compact(1).raw(bytes(5)).u64(2n);
  body
    .u8(0)
    .u8(1)
    .raw(crypto.blake2b256(bytes(6)))
    .u8(2)
    .raw(bytes(11))
    .u128(12n)
    .bool(false)
    .u8(1)
    .u32(2000)
    .raw(bytes(7))
    .u8(1)
    .u8(2)
    .compact(2)
    .raw(bytes(12))
    .raw(bytes(13))
    .u8(1)
    .raw(bytes(14));
  expect(toHex(anchorOf(crypto, start, terms))).toBe(
    toHex(crypto.blake2b256(concat(utf8("pruntime/anchor/5"), body.finish()))),
  );
});

it("differs whenever the client trusts something else", () => {
  const set = (change: Partial<LightClient["authorities"]>): LightClient => ({
    ...start,
    authorities: { ...start.authorities, ...change },
  });
  const change = start.pending[0]!;
  const starts: readonly LightClient[] = [
    { ...start, genesisHash: bytes(0) },
    { ...start, finalized: { ...start.finalized, hash: bytes(0) } },
    set({ setId: 4n }),
    set({ authorities: [] }),
    set({ authorities: [{ id: bytes(0), weight: 1n }] }),
    set({ authorities: [{ id: bytes(4), weight: 2n }] }),
    { ...start, pending: [] },
    { ...start, pending: [{ ...change, announcedAt: 6 }] },
    { ...start, pending: [{ ...change, enactsAt: 10 }] },
    { ...start, pending: [{ ...change, authorities }] },
  ];
  const holder = { kind: "account", account: bytes(11), amount: 12n } as const;
  const others: readonly Partial<AnchorTerms>[] = [
    { meaning: { kind: "told", metadata: bytes(0) } },
    { meaning: { kind: "proven" } },
    { meaning: { kind: "bodies" } },
    { genesisBalance: { kind: "none" } },
    { genesisBalance: { kind: "development" } },
    { genesisBalance: { ...holder, account: bytes(0) } },
    { genesisBalance: { ...holder, amount: 13n } },
    { channelV1: true },
    { recovery: undefined },
    { recovery: { threshold: 1, keys: [bytes(12), bytes(13)] } },
    { recovery: { threshold: 2, keys: [bytes(12), bytes(15)] } },
    { policyAuthority: { kind: "registry" } },
    { policyAuthority: { kind: "hash", hash: bytes(0) } },
    { policyAuthority: { kind: "key", key: bytes(14), delaySec: 0 } },
    { policyAuthority: { kind: "key", key: bytes(14), delaySec: 1 } },
    { policyAuthority: { kind: "key", key: bytes(0), delaySec: 0 } },
    { para: undefined },
    { para: { ...para, id: 2001 } },
    { para: { ...para, genesisHash: bytes(0) } },
  ];
  const anchors = [
    anchorOf(crypto, start, terms),
    ...starts.map((other) => anchorOf(crypto, other, terms)),
    ...others.map((other) => anchorOf(crypto, start, { ...terms, ...other })),
  ];
  expect(new Set(anchors.map(toHex)).size).toBe(anchors.length);
});
