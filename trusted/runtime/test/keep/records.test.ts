/** The codec of each kind of record. */
import { encodeLineage } from "@pruntime/core/attestation";
import { utf8 } from "@pruntime/core/bytes";
import { encode } from "@pruntime/core/scale";
import type { FileSeal } from "@pruntime/executor";
import type { EventOf } from "@pruntime/runtime";
import { describe, expect, it } from "vitest";
import { codeOf } from "../../../core/test/support/code.ts";
import { dataRecord } from "../../src/keep/data.ts";
import { identityRecord } from "../../src/keep/identity.ts";
import { initRecord } from "../../src/keep/init.ts";
import { operatorRecord } from "../../src/keep/operator.ts";
import { recordOf } from "../../src/keep/record.ts";
import { TinyChain } from "../support/tiny-chain.ts";

const filled = (byte: number) => new Uint8Array(32).fill(byte);
const identity = {
  secrets: { signing: filled(1), ecdhSecret: filled(2), stateKey: filled(3) },
  anchor: filled(4),
  measurement: filled(6),
  lineage: [{ kind: "sealed" as const, code: { measurement: "7" }, block: { number: 8, hash: filled(9) } }],
  rules: 5,
};

describe("an identity", () => {
  const record = recordOf(identityRecord, identity);

  it("is read as it was written", () => {
    expect(identityRecord.read(record)).toEqual(identity);
    expect(record).toEqual({
      kind: "identity",
      name: "",
      bytes: encode(identity.lineage, (w, lineage) => {
        w.u8(4);
        for (const byte of [1, 2, 3, 4, 6]) w.raw(filled(byte));
        w.vecU8(encodeLineage(lineage)).u32(5);
      }),
    });
  });

  it.each([
    ["codec/bad-tag", "that is not bound to a chain", Uint8Array.of(1, ...new Uint8Array(96).fill(1))],
    ["codec/bad-tag", "of an unknown version", record.bytes.with(0, 2)],
    ["codec/truncated", "that is cut short", record.bytes.subarray(0, -1)],
    ["codec/trailing", "with a trailing byte", new Uint8Array([...record.bytes, 0])],
  ])("%s: is not one %s", (code, _, bytes) =>
    expect(codeOf(() => identityRecord.read({ ...record, bytes }))).toBe(code),
  );
});

describe("an init", () => {
  const chain = new TinyChain();
  const proven = { kind: "proven", codeProof: [utf8("a"), utf8("b")] } as const;
  const checkpoint = { kind: "checkpoint", text: "{}" } as const;
  const parachain = { id: 7, genesisHeader: utf8("header") };
  const inits: readonly EventOf<"init">[] = [
    chain.init(),
    chain.init(utf8("metadata")),
    { ...chain.init(), meaning: proven, parachain },
    { ...chain.init(), start: checkpoint },
    { ...chain.init(), genesisBalance: { kind: "none" } },
    { ...chain.init(), genesisBalance: { kind: "account", account: filled(5), amount: 2n ** 127n } },
    { ...chain.init(), channelV1: false },
    { ...chain.init(), recovery: { threshold: 1, keys: [filled(6), filled(7)] } },
    { ...chain.init(), policyAuthority: { kind: "hash", hash: filled(8) } },
    { ...chain.init(), policyAuthority: { kind: "key", key: filled(8), delaySec: 9 } },
  ];

  it("is read as it was written", () => {
    for (const init of inits)
      expect(initRecord.read(recordOf(initRecord, init))).toEqual({
        parachain: undefined,
        recovery: undefined,
        policyAuthority: { kind: "registry" },
        ...init,
      });
  });

  const record = recordOf(initRecord, chain.init());
  const { bytes } = record;
  it.each([
    ["codec/bad-tag", "of another version", bytes.with(0, 5)],
    ["codec/bad-tag", "of an unknown start", bytes.with(1, 2)],
    ["codec/bad-tag", "of an unknown meaning", bytes.with(bytes.length - 7, 3)],
    ["codec/bad-tag", "that lacks its metadata", bytes.with(bytes.length - 7, 1)],
    ["codec/bad-tag", "of an unknown genesis balance", bytes.with(bytes.length - 5, 3)],
    ["codec/bad-tag", "with an unknown tag for the parachain", bytes.with(bytes.length - 3, 2)],
    ["codec/bad-tag", "with an unknown tag for the recovery keys", bytes.with(bytes.length - 2, 2)],
    ["codec/bad-tag", "of an unknown policy authority", bytes.with(bytes.length - 1, 9)],
    ["codec/trailing", "with a trailing byte", new Uint8Array([...bytes, 0])],
    ["codec/too-long", "that is cut short", bytes.subarray(0, 40)],
  ])("%s: is not one %s", (code, _, spoilt) =>
    expect(codeOf(() => initRecord.read({ ...record, bytes: spoilt }))).toBe(code),
  );
});

describe("a file's record", () => {
  const ecdhPublicKey = new Uint8Array(65).fill(4);
  const [owner, resultKey] = [new Uint8Array(32).fill(5), new Uint8Array(32).fill(6)];
  const padded = Uint8Array.of(1, 0, 0, 0, ...utf8("a"), ...new Uint8Array(251));

  it.each<[string, FileSeal | undefined, Uint8Array]>([
    ["a file in clear", undefined, Uint8Array.of(0, ...utf8("a"))],
    [
      "a sealed dataset",
      { kind: "dataset", owner, resultKey },
      Uint8Array.of(1, ...owner, ...resultKey, ...padded),
    ],
    [
      "a sealed query file",
      { kind: "query", owner, resultKey },
      Uint8Array.of(2, ...owner, ...resultKey, ...padded),
    ],
  ])("has the path as its name, and the rest after the key of its worker: %s", (_, seal, rest) => {
    const file = { path: "/ipfs/a", bytes: utf8("a"), seal, ecdhPublicKey };
    const bytes = Uint8Array.of(...ecdhPublicKey, ...rest);
    expect(recordOf(dataRecord, file)).toEqual({ kind: "data", name: "/ipfs/a", bytes });
    expect(dataRecord.read(recordOf(dataRecord, file))).toEqual(file);
  });

  it.each([
    ["codec/bad-tag", "an unknown kind", Uint8Array.of(3, ...owner, ...resultKey, ...padded)],
    ["codec/truncated", "no result key", Uint8Array.of(1, ...owner)],
    [
      "channel/bad-padding",
      "too little padding",
      Uint8Array.of(1, ...owner, ...resultKey, ...padded.subarray(1)),
    ],
  ])("%s: %s", (code, _, rest) => {
    const bytes = Uint8Array.of(...ecdhPublicKey, ...rest);
    expect(codeOf(() => dataRecord.read({ kind: "data", name: "/a", bytes }))).toBe(code);
  });
});

describe("an operator", () => {
  const kept = { publicKey: new Uint8Array(33).fill(2), operator: filled(3) };
  const record = recordOf(operatorRecord, kept);

  it("is read as it was written", () => {
    expect(operatorRecord.read(record)).toEqual(kept);
    expect(record.bytes).toEqual(Uint8Array.of(1, ...kept.publicKey, ...kept.operator));
  });

  it.each([
    ["codec/bad-tag", record.bytes.with(0, 2)],
    ["codec/truncated", record.bytes.subarray(0, -1)],
    ["codec/trailing", new Uint8Array([...record.bytes, 0])],
  ])("%s", (code, bytes) => expect(codeOf(() => operatorRecord.read({ ...record, bytes }))).toBe(code));
});
