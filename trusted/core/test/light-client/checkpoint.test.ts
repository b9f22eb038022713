import { describe, expect, it } from "vitest";
import { concat, to0x } from "../../src/bytes/index.ts";
import { portableCrypto as crypto } from "../../src/crypto/index.ts";
import { encodeJustification, grandpaDigestItem, writeAuthorityList } from "../../src/grandpa/index.ts";
import type { Json } from "../../src/json/index.ts";
import {
  type Checkpoint,
  decodeCheckpoint,
  encodeCheckpoint,
  lightSyncCheckpoint,
  type PendingChange,
  type SetEnd,
  startFromCheckpoint,
  verifyHeaders,
} from "../../src/light-client/index.ts";
import { encode, type Writer } from "../../src/scale/index.ts";
import { bytes32, genesis, unanimous } from "../grandpa/chain.ts";
import { after, at4, at9, next, root, scheduled, setOf } from "../warp/chain.ts";

const code = (expected: string) => expect.objectContaining({ code: expected });
const at6 = after(at4, 2);
const good: Checkpoint = {
  genesisHash: root.hash,
  encodedHeader: at6.encoded,
  authorities: setOf(1),
  pending: [],
};
const start = (changes: Partial<Checkpoint>) => startFromCheckpoint(crypto, { ...good, ...changes });
const change = (announcedAt: number, enactsAt: number, set = 2): PendingChange => {
  return { announcedAt, enactsAt, authorities: setOf(set).authorities };
};
const forced = grandpaDigestItem({
  kind: "forced-change",
  medianLastFinalized: 0,
  nextAuthorities: setOf(1).authorities,
  delay: 0,
});

describe("startFromCheckpoint", () => {
  it("gives a light client that follows the chain from there", () => {
    const client = start({});
    expect(client).toMatchObject({
      genesisHash: root.hash,
      finalized: { number: 6, hash: at6.hash },
      authorities: setOf(1),
    });
    const child = next(at6);
    const justification = encodeJustification(unanimous(child, 3, 1n, 4));
    expect(
      verifyHeaders(crypto, client, { headers: [child.encoded], justification }).next.finalized.number,
    ).toBe(7);
    const other = start({ authorities: { ...setOf(1), setId: 2n } });
    expect(() => verifyHeaders(crypto, other, { headers: [child.encoded], justification })).toThrow(
      code("finality/bad-signature"),
    );
  });

  it("accepts a header of block 0 only if it is the genesis", () => {
    expect(start({ encodedHeader: root.encoded, authorities: setOf(0) }).finalized.number).toBe(0);
    expect(() => start({ encodedHeader: genesis({ fork: 1 }).encoded })).toThrow(
      code("checkpoint/wrong-genesis"),
    );
  });

  it("refuses a set that cannot finalize any block", () => {
    expect(() => start({ authorities: { setId: 1n, authorities: [] } })).toThrow(code("finality/empty-set"));
    const [a, b] = setOf(1).authorities;
    const weighing = (weight: bigint) => [a, b].map((voter) => ({ id: voter?.id ?? bytes32(0), weight }));
    expect(() => start({ authorities: { setId: 1n, authorities: weighing(1n << 63n) } })).toThrow(
      code("finality/weight-overflow"),
    );
    const [weightless, voters] = [{ id: bytes32(1), weight: 0n }, setOf(1).authorities];
    for (const authorities of [
      [...voters, weightless],
      [weightless, ...voters],
    ])
      expect(() => start({ authorities: { setId: 1n, authorities } })).toThrow(
        code("checkpoint/zero-weight"),
      );
  });

  it("refuses a set that differs from the one that the header enacts", () => {
    expect(start({ encodedHeader: at4.encoded }).pending).toEqual([]);
    expect(() => start({ encodedHeader: at9.encoded })).toThrow(code("headers/authorities-mismatch"));
    expect(() => start({ encodedHeader: next(at4, forced).encoded })).toThrow(code("finality/forced-change"));
  });

  it("keeps at most one pending change, which is announced and not due", () => {
    expect(start({ pending: [change(6, 7)] }).pending).toEqual([change(6, 7)]);
    expect(start({ pending: [change(5, 8)] }).pending).toEqual([change(5, 8)]);
    for (const pending of [[change(7, 8)], [change(5, 6)], [change(5, 7), change(6, 8)]])
      expect(() => start({ pending })).toThrow(code("checkpoint/bad-pending"));
  });

  it("refuses a checkpoint without the change that its header announces", () => {
    const encodedHeader = next(after(at4, 1), scheduled(2, 3)).encoded;
    expect(start({ encodedHeader, pending: [change(6, 9)] }).pending).toEqual([change(6, 9)]);
    for (const pending of [[], [change(5, 9)], [change(6, 8)], [change(6, 9, 3)]])
      expect(() => start({ encodedHeader, pending })).toThrow(code("checkpoint/bad-pending"));
  });

  it("refuses bytes that are not a header", () => {
    expect(() => start({ encodedHeader: concat(at6.encoded, bytes32(0)) })).toThrow(code("codec/trailing"));
  });
});

describe("a checkpoint file", () => {
  const waiting = { ...good, pending: [change(5, 8)] };
  const text = encodeCheckpoint(waiting);

  it("reads as it was written", () => {
    expect(decodeCheckpoint(text)).toEqual(waiting);
    expect(decodeCheckpoint(encodeCheckpoint(good))).toEqual(good);
    const big = {
      ...good,
      authorities: { setId: (1n << 64n) - 1n, authorities: [{ id: bytes32(1), weight: 1n << 53n }] },
    };
    expect(decodeCheckpoint(encodeCheckpoint(big))).toEqual(big);
    expect(encodeCheckpoint(big)).toContain('"setId":"18446744073709551615"');
  });

  it("may leave out pending changes", () => {
    expect(decodeCheckpoint(encodeCheckpoint(good).replace(',"pending":[]', "")).pending).toEqual([]);
  });

  it.each([
    ["json/missing-key", (t: string) => t.replace(/,"setId":1/, "")],
    ["json/unknown-key", (t: string) => t.replace('"setId"', '"extra":1,"setId"')],
    ["json/out-of-range", (t: string) => t.replace('"setId":1', '"setId":-1')],
    ["json/out-of-range", (t: string) => t.replace('"setId":1', '"setId":"18446744073709551616"')],
    ["json/out-of-range", (t: string) => t.replace('"setId":1', '"setId":1.5')],
    ["json/wrong-type", (t: string) => t.replace('"setId":1', '"setId":null')],
    ["json/out-of-range", (t: string) => t.replace(/"genesisHash":"0x../, '"genesisHash":"0x')],
    ["json/wrong-type", (t: string) => t.replace('"header":"0x', '"header":"')],
    ["json/out-of-range", (t: string) => t.replace(/(\["0x[0-9a-f]{64}",1)\]/, "$1,1]")],
    ["json/out-of-range", (t: string) => t.replace(/(\["0x[0-9a-f]{64}"),1\]/, "$1]")],
    ["json/bad-syntax", (t: string) => t.slice(0, -1)],
  ])("is refused when it is not of this shape: %s", (expected, damage) => {
    expect(() => decodeCheckpoint(damage(text))).toThrow(code(expected));
  });
});

describe("lightSyncCheckpoint", () => {
  interface Record {
    readonly scheduled?: readonly (PendingChange & { readonly children?: readonly PendingChange[] })[];
    readonly forced?: readonly PendingChange[];
    readonly history?: readonly SetEnd[];
    readonly kind?: number;
  }

  function writeChange(w: Writer, { announcedAt, enactsAt, authorities }: PendingChange, kind: number): void {
    writeAuthorityList(w, authorities);
    w.u32(enactsAt - announcedAt)
      .u32(announcedAt)
      .raw(bytes32(3))
      .u8(kind);
    if (kind === 1) w.u32(0);
  }

  const ended = [{ setId: 0n, lastBlock: 4 }];

  function state({ scheduled: tree = [], forced: list = [], history = ended, kind = 0 }: Record): Json {
    const record = encode(setOf(1), (w, { authorities, setId }) => {
      writeAuthorityList(w, authorities);
      w.u64(setId).vec(tree, (w, node) => {
        const below = node.children ?? [];
        writeChange(w.raw(bytes32(3)).u32(node.announcedAt), node, kind);
        w.vec(below, (w, leaf) => {
          writeChange(w.raw(bytes32(4)).u32(leaf.announcedAt), leaf, kind);
          w.compact(0);
        });
      });
      w.u8(1).u32(6);
      w.vec(list, (w, change) => writeChange(w, change, 1));
      w.vec(history, (w, { setId, lastBlock }) => w.u64(setId).u32(lastBlock));
    });
    return {
      finalizedBlockHeader: to0x(at6.encoded),
      grandpaAuthoritySet: to0x(record),
      babeEpochChanges: "0x00",
    };
  }

  const read = (record: Record) => lightSyncCheckpoint(root.hash, state(record));

  it("returns the header and the current set", () => {
    expect(read({})).toEqual(good);
    expect(read({ history: [] })).toEqual(good);
  });

  it("returns changes that are announced at or below the block, anywhere in the tree", () => {
    const above = { ...change(7, 8), children: [change(8, 9, 3), change(8, 10, 4)] };
    expect(read({ scheduled: [above] }).pending).toEqual([]);
    expect(read({ scheduled: [above, { ...change(5, 8), children: [change(9, 9)] }] }).pending).toEqual([
      change(5, 8),
    ]);
    expect(() => startFromCheckpoint(crypto, read({ scheduled: [change(2, 4)] }))).toThrow(
      code("checkpoint/bad-pending"),
    );
  });

  it("refuses a pending forced change", () => {
    expect(() => read({ forced: [change(6, 9)] })).toThrow(code("finality/forced-change"));
    expect(read({ forced: [change(7, 9)] })).toEqual(good);
  });

  it.each([
    ["a gap", [-2, 0], [2, 4]],
    ["another set's end last", [1], [4]],
    ["an end after the block", [0], [7]],
  ])("refuses a history with %s", (_, ids, blocks) => {
    const history = ids.map((id, i) => ({
      setId: BigInt.asUintN(64, BigInt(id)),
      lastBlock: blocks[i] ?? 0,
    }));
    expect(() => read({ history })).toThrow(code("checkpoint/bad-history"));
  });

  it("accepts a history that ends at the block", () => {
    expect(read({ history: [{ setId: 0n, lastBlock: 6 }] })).toEqual(good);
  });

  it("refuses an unknown kind of change, more nodes than bytes, and trailing bytes", () => {
    expect(() => read({ scheduled: [change(5, 8)], kind: 2 })).toThrow(code("codec/bad-tag"));
    const { grandpaAuthoritySet, ...rest } = state({}) as { grandpaAuthoritySet: string };
    const tampered = (text: string) => lightSyncCheckpoint(root.hash, { ...rest, grandpaAuthoritySet: text });
    expect(() => tampered(`${grandpaAuthoritySet}00`)).toThrow(code("codec/trailing"));
    expect(() => tampered(grandpaAuthoritySet.slice(0, -2))).toThrow(code("codec/too-long"));
    expect(() => tampered(grandpaAuthoritySet.replace("010000000000000000", "0100000000000000fc"))).toThrow(
      code("codec/too-long"),
    );
    expect(() => lightSyncCheckpoint(root.hash, { finalizedBlockHeader: "0x" })).toThrow(
      code("json/missing-key"),
    );
  });
});
