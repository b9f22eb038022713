/** The mark: the highest block that a worker once verified as final, across restarts and loads. */
import { developmentRoots } from "@pruntime/core/attestation";
import { encodeAuthoritySetChange } from "@pruntime/core/bridge-2020";
import { toHex } from "@pruntime/core/bytes";
import { portableCrypto } from "@pruntime/core/crypto";
import { encodeAuthorityList } from "@pruntime/core/grandpa";
import { KnownBlocks } from "@pruntime/core/light-client";
import { encode } from "@pruntime/core/scale";
import { grandpaAuthoritiesKey, grandpaCurrentSetIdKey } from "@pruntime/core/storage-key";
import { createDevchain } from "@pruntime/devchain";
import { type Event, identityOf, type KeptRecord, type Runtime, startRuntime } from "@pruntime/runtime";
import { afterAll, describe, expect, it } from "vitest";
import { authoritySet } from "../../../core/test/grandpa/chain.ts";
import { codeOf } from "../../../core/test/support/code.ts";
import type { Secrets } from "../../src/identity.ts";
import { markRecord } from "../../src/keep/mark.ts";
import { recordOf } from "../../src/keep/record.ts";
import { dumpOf, loaded } from "../support/dump.ts";
import { milliseconds, TinyChain } from "../support/tiny-chain.ts";
import { countingRandom, measurement, plain, runtimeCode, runtimeOf, take } from "../support/worker.ts";

const devchain = await createDevchain({ mode: { kind: "manual" } });
afterAll(() => devchain.close());
const metadata = devchain.metadata(14);

/** The chain that the worker follows, and a second chain from the same genesis by the same authorities. */
const [chain, forged] = [new TinyChain(), new TinyChain()];
for (let i = 1; i <= 8; i++) {
  chain.grow({ events: Uint8Array.of(0), now: milliseconds(BigInt(1000 * i)) });
  forged.grow({ events: Uint8Array.of(0), now: milliseconds(BigInt(1001 * i)) });
}

const platform = () => ({
  crypto: portableCrypto,
  random: countingRandom(),
  measurement,
  runtimeCode,
  stateBudget: Infinity,
  allowsV1: true,
  roots: developmentRoots(portableCrypto),
});

/** A worker whose records survive it. */
interface Hosted {
  readonly runtime: Runtime;
  readonly records: Map<string, KeptRecord>;
  /** Sends an event, stores its records, and returns the names of the stored kinds, or the refusal's code. */
  readonly send: (event: Event) => string;
}

/** Starts a worker from the records of an earlier one, as a host does. */
function start(records = new Map<string, KeptRecord>()): Hosted {
  const own = new Map(records);
  const stored = [...own.values()].map((record) => ({ kind: record.kind, open: () => record }));
  const { runtime } = startRuntime(platform(), stored);
  const send = (event: Event): string => {
    const before = runtime.status();
    const outcome = runtime.accept(event);
    if (!outcome.ok) expect(runtime.status()).toEqual(before);
    if (!outcome.ok) return outcome.error.code;
    for (const record of outcome.effects.puts) own.set(record.kind + record.name, record);
    return outcome.effects.puts.map(({ kind }) => kind).join();
  };
  return { runtime, records: own, send };
}

/** A worker that was stopped after it had verified block 5. @param by the source of its commands */
function stopped(by: "events" | "bodies" = "events"): Hosted {
  const hosted = start();
  hosted.send(chain.init(by === "events" ? metadata : undefined));
  if (by === "events") hosted.send(chain.headers(1, 5));
  else for (let i = 1; i <= 5; i++) hosted.send(chain.body(i));
  return hosted;
}

const restarted = (by?: "events" | "bodies") => start(stopped(by).records);
const finalized = ({ runtime }: Hosted) => runtime.status()!.chain.client.finalized.number;
const markOf = ({ runtime }: Hosted) => runtime.status()!.chain.mark;
const belowMark = ({ runtime }: Hosted) => runtime.status()!.belowMark;
const question = plain(2, "TotalIssuance");

describe("the record of the mark", () => {
  it("is stored at init and whenever a higher block becomes final, under one name", () => {
    const hosted = start();
    expect(hosted.send(chain.init(metadata))).toBe("identity,init,mark");
    expect(hosted.send(chain.headers(1, 2))).toBe("mark");
    expect(hosted.send(chain.headers(1, 2))).toBe("");
    expect(hosted.send(chain.dispatch(1, 2))).toBe("");
    expect(hosted.send(chain.headers(3, 5))).toBe("mark");
    expect([...hosted.records.keys()]).toEqual(["identity", "init", "mark"]);
    const { mark, anchor } = markRecord.read(hosted.records.get("mark")!);
    expect(mark).toEqual({
      finalized: { number: 5, hash: chain.at(5).hash },
      setId: 0n,
      para: undefined,
      policySerial: 0,
    });
    expect(anchor).toEqual(hosted.runtime.status()!.chain.anchor);
  });

  it("is stored for each body, and for a loaded dump", () => {
    const hosted = start();
    hosted.send(chain.init());
    expect(hosted.send(chain.body(1))).toBe("mark");
    const ahead = stopped("bodies");
    expect(hosted.send({ kind: "load", dump: take(ahead.runtime, { kind: "dump" }).dump })).toBe("mark");
    expect(markRecord.read(hosted.records.get("mark")!).mark.finalized.number).toBe(5);
  });

  it("is stored with keys that are drawn for a stored chain, instead of the mark of the lost keys", () => {
    const { records } = stopped();
    records.delete("identity");
    const stored = [...records.values()].map((record) => ({ kind: record.kind, open: () => record }));
    const { runtime, effects } = startRuntime(platform(), stored);
    expect(effects.puts.map(({ kind }) => kind)).toEqual(["identity", "mark"]);
    expect(runtime.status()).toMatchObject({ belowMark: undefined, chain: { mark: { setId: 0n } } });
  });

  it("runtime/no-mark: keys do not start without it", () => {
    const { records } = stopped();
    records.delete("mark");
    expect(codeOf(() => start(records))).toBe("runtime/no-mark");
  });

  it.each([
    ["whose keys all differ", {}],
    ["with the same identity key", { signing: 1 }],
    ["with the same key agreement key", { ecdhSecret: 2 }],
  ])(
    "runtime/bad-record: keys do not start with the mark that a worker of the same chain made %s",
    (_, same) => {
      const { records } = stopped();
      const draws = { signing: 11, ecdhSecret: 12, stateKey: 13, ...same };
      const secrets = Object.fromEntries(
        Object.entries(draws).map(([name, byte]) => [name, new Uint8Array(32).fill(byte)]),
      ) as unknown as Secrets;
      const second = runtimeOf(identityOf(portableCrypto, secrets));
      const outcome = second.accept(chain.init(metadata));
      const low = outcome.ok && outcome.effects.puts.find(({ kind }) => kind === "mark");
      if (low === false || low === undefined) throw new Error("no mark");
      expect(codeOf(() => start(new Map(records).set("mark", low)))).toBe("runtime/bad-record");
      expect(belowMark(start(records))).toEqual({ mark: 5, finalized: 0 });
    },
  );

  it("runtime/bad-record: keys do not start with the mark of another chain, or with half a mark", () => {
    const { records } = stopped();
    const record = records.get("mark")!;
    const other = { ...markRecord.read(record), anchor: new Uint8Array(32) };
    for (const spoilt of [recordOf(markRecord, other), { ...record, bytes: record.bytes.subarray(1) }])
      expect(codeOf(() => start(records.set("mark", spoilt)))).toBe("runtime/bad-record");
  });
});

describe("a worker below its mark", () => {
  it("runtime/below-mark: answers nothing, and shows the mark in its status", () => {
    const worker = restarted();
    expect(belowMark(worker)).toEqual({ mark: 5, finalized: 0 });
    expect(markOf(worker)).toEqual(markOf(stopped()));
    const bytes = new Uint8Array(32);
    const judged = { other: {} as never, ownEvidence: bytes, block: {} as never };
    const refused: readonly Event[] = [
      question,
      { kind: "set-data", path: "/ipfs/a", bytes },
      { kind: "get-data", path: "/ipfs/a" },
      { kind: "dump" },
      { kind: "handover-begin" },
      { kind: "handover-offer", challenge: bytes },
      { kind: "handover-accept", nonce: bytes },
      { kind: "handover-release", nonces: { challenge: bytes, nonce: bytes }, ...judged },
      { kind: "handover-complete", sealed: bytes, ...judged },
    ];
    for (const event of refused) expect(worker.send(event)).toBe("runtime/below-mark");
    for (const step of [chain.headers(1, 4), chain.dispatch(1, 4)]) worker.send(step);
    for (const event of refused) expect(worker.send(event)).toBe("runtime/below-mark");
  });

  it.each([
    ["ends at the mark", [chain.headers(1, 3), chain.headers(4, 5)]],
    ["passes the mark", [chain.headers(1, 4), chain.headers(5, 8)]],
  ] as const)("answers again after a batch that %s", (_, batches) => {
    const worker = restarted();
    expect(worker.send(question)).toBe("runtime/below-mark");
    for (const batch of batches) {
      expect(worker.send(question)).toBe("runtime/below-mark");
      worker.send(batch);
    }
    expect(belowMark(worker)).toBeUndefined();
    expect(worker.send(question)).toBe("");
    expect(markOf(worker).finalized.number).toBe(finalized(worker));
  });

  const keys = { threshold: 1, keys: [new Uint8Array(32).fill(1)] };
  it.each([
    ["with", { recovery: keys }],
    ["without", {}],
  ])("answers again once it gets a set that no digest announces, %s recovery keys", (_, recovery) => {
    const chain = new TinyChain();
    for (let i = 1; i <= 2; i++) chain.grow();
    const { authorities } = authoritySet(4, 1n, 4);
    const [list, id] = [grandpaAuthoritiesKey(portableCrypto), grandpaCurrentSetIdKey(portableCrypto)];
    const setId = encode(1n, (w, value) => w.u64(value));
    const { state } = chain.grow({
      others: [
        [list, encodeAuthorityList(authorities)],
        [id, setId],
      ],
    });
    const proof = state.prove([list, id]);
    const authoritySetChange = encodeAuthoritySetChange({ authorities, setId: 1n, proof });
    const worker = start();
    worker.send({ ...chain.init(metadata), ...recovery });
    expect(worker.send({ ...chain.headers(1, 3), authoritySetChange })).toBe("mark");

    const again = start(worker.records);
    expect(again.send(chain.headers(1, 3))).toBe("");
    expect(belowMark(again)).toEqual({ mark: 3, finalized: 3 });
    expect(again.send({ ...chain.headers(3, 3), authoritySetChange })).toBe("mark");
    expect(belowMark(again)).toBeUndefined();
    expect(again.send(question)).toBe("");
  });

  it("does not lower its mark while it syncs", () => {
    const worker = restarted();
    expect(worker.send(chain.headers(1, 4))).toBe("");
    expect(start(worker.records).runtime.status()!.belowMark).toEqual({ mark: 5, finalized: 0 });
  });

  it("keeps its mark if the host withholds the record of init and starts the same chain again", () => {
    const { records } = stopped();
    records.delete("init");
    const worker = start(records);
    expect(worker.send(chain.init(metadata))).toBe("init");
    expect(belowMark(worker)).toEqual({ mark: 5, finalized: 0 });
    expect(worker.send(forged.headers(1, 5))).toBe("runtime/contradicts-mark");
  });
});

describe("runtime/contradicts-mark: a worker below its mark refuses", () => {
  it.each([
    ["another block at the marked height", [forged.headers(1, 5)]],
    ["another block at the marked height, within a batch", [forged.headers(1, 8)]],
    [
      "another block at the marked height, after a shared batch",
      [forged.headers(1, 4), forged.headers(5, 6)],
    ],
  ] as const)("%s", (_, batches) => {
    const worker = restarted();
    for (const batch of batches.slice(0, -1)) worker.send(batch);
    expect(worker.send(batches.at(-1)!)).toBe("runtime/contradicts-mark");
  });

  it("another block at the marked height among staged headers", () => {
    const worker = restarted();
    const staged = forged.blocks.slice(1, 7).map(({ encoded }) => encoded);
    worker.send({ kind: "stage-headers", headers: staged, parachain: false });
    expect(worker.send(forged.headers(7, 8))).toBe("runtime/contradicts-mark");
  });

  it("a body of another block at the marked height, and executes nothing in it", () => {
    const worker = restarted("bodies");
    for (let i = 1; i <= 4; i++) worker.send(forged.body(i));
    expect(worker.send(forged.body(5))).toBe("runtime/contradicts-mark");
    expect(worker.runtime.status()!.chain.dispatched.number).toBe(4);
  });

  it("an earlier authority set past the marked block, and stays below its mark at the marked block", () => {
    const { records } = stopped();
    const kept = markRecord.read(records.get("mark")!);
    records.set("mark", recordOf(markRecord, { ...kept, mark: { ...kept.mark, setId: 1n } }));
    const worker = start(records);
    worker.send(chain.headers(1, 4));
    expect(worker.runtime.accept(chain.headers(5, 6))).toEqual({
      ok: false,
      error: { code: "runtime/contradicts-mark", what: "set-id", number: 6 },
    });
    expect(finalized(worker)).toBe(4);
    worker.send(chain.headers(5, 5));
    expect(belowMark(worker)).toEqual({ mark: 5, finalized: 5 });
  });
});

/** The dump of a worker that follows a chain to these blocks. */
function dumpAt(source: TinyChain, to: number, dispatched = to): Event {
  const hosted = start();
  hosted.send(source.init(metadata));
  hosted.send(source.headers(1, to));
  if (dispatched > 0) hosted.send(source.dispatch(1, dispatched));
  return { kind: "load", dump: take(hosted.runtime, { kind: "dump" }).dump };
}

describe("a load", () => {
  it.each([
    ["at the mark", 5, 5],
    ["above the mark", 8, 8],
    ["that contains the marked block as a block that waits for dispatch", 8, 2],
  ])("brings a worker below its mark to a dump %s", (_, to, dispatched) => {
    const worker = restarted();
    expect(worker.send(dumpAt(chain, to, dispatched))).toBe("mark");
    expect(belowMark(worker)).toBeUndefined();
    expect(worker.send(question)).toBe("");
  });

  it("brings a worker to a dump that ends before its mark, where the worker stays below its mark", () => {
    const worker = restarted();
    expect(worker.send(dumpAt(chain, 4))).toBe("");
    expect(belowMark(worker)).toEqual({ mark: 5, finalized: 4 });
    expect(markOf(worker)).toEqual(markOf(stopped()));
    expect(worker.send(question)).toBe("runtime/below-mark");
    expect(worker.send(dumpAt(forged, 4))).toBe("");
    expect(worker.send(forged.headers(5, 6))).toBe("runtime/contradicts-mark");
    expect(worker.send(dumpAt(chain, 4))).toBe("");
    expect(worker.send(chain.headers(5, 6))).toBe("mark");
    expect(belowMark(worker)).toBeUndefined();
    expect(worker.send(question)).toBe("");
    expect(worker.send(dumpAt(chain, 5))).toBe("dump/older");
  });

  it("dump/older: at its mark, refuses a dump that ends before the mark", () =>
    expect(stopped().send(dumpAt(chain, 4))).toBe("dump/older"));

  it("brings back a worker that has dispatched more blocks of a fork below the mark than the dump", () => {
    const worker = restarted();
    worker.send(forged.headers(1, 4));
    worker.send(forged.dispatch(1, 4));
    expect(worker.send(chain.headers(4, 5))).toBe("headers/conflicts-finalized");
    expect(worker.send(dumpAt(chain, 5, 2))).toBe("mark");
    expect(belowMark(worker)).toBeUndefined();
    expect(worker.runtime.status()!.chain.dispatched).toMatchObject({ number: 2, hash: chain.at(2).hash });
    expect(worker.send(dumpAt(chain, 8, 1))).toBe("dump/older");
  });

  it.each([
    ["dispatched blocks", 8],
    ["waiting blocks", 2],
  ])("dump/other-fork: refuses a dump of another fork, shown by its %s", (_, dispatched) => {
    for (const worker of [stopped(), restarted()])
      for (const to of [5, 8])
        expect(worker.send(dumpAt(forged, to, Math.min(to, dispatched)))).toBe("dump/other-fork");
  });

  it("dump/lower-set-id, dump/too-far-ahead: refuses an earlier set, or a list without the mark", () => {
    const worker = stopped();
    const { chain: own } = worker.runtime.status()!;
    const content = loaded(worker.runtime, new Uint8Array(32).fill(3)); // the third draw of every worker here
    const load = (change: Partial<typeof own>): Event => ({
      kind: "load",
      dump: dumpOf(content, { ...own, ...change }),
    });
    const { records } = worker;
    const kept = markRecord.read(records.get("mark")!);
    records.set("mark", recordOf(markRecord, { ...kept, mark: { ...kept.mark, setId: 1n } }));
    expect(start(records).send(load({}))).toBe("dump/lower-set-id");
    const authorities = { ...own.client.authorities, setId: 5n };
    const forgotten = { client: { ...own.client, authorities }, sets: [{ after: 6, setId: 5n }] };
    expect(start(records).send(load(forgotten))).toBe("dump/lower-set-id");

    const number = 70_000;
    const far = { ...own.client.finalized, number };
    const between = Array.from({ length: number - 1 }, () => ({ hash: new Uint8Array(32) }));
    const known = KnownBlocks.from(chain.at(0)).append([...between, far]);
    const ahead = load({
      client: { ...own.client, finalized: far },
      dispatched: { ...own.dispatched, number, hash: far.hash },
      waiting: own.waiting.after(8),
      known,
    });
    expect(worker.runtime.accept(ahead)).toMatchObject({
      error: { code: "dump/too-far-ahead", number: 5, dump: number },
    });
  });
});

it("the record of a mark has these bytes", () => {
  const block = (byte: number) => ({ number: byte, hash: new Uint8Array(32).fill(byte) });
  const mark = { finalized: block(2), setId: 3n, para: block(4), policySerial: 7 };
  const keys = { publicKey: new Uint8Array(33).fill(5), ecdhPublicKey: new Uint8Array(65).fill(6) };
  const record = recordOf(markRecord, { anchor: new Uint8Array(32).fill(1), ...keys, mark });
  const point = (byte: number) => toHex(Uint8Array.of(byte, 0, 0, 0, ...block(byte).hash));
  expect(toHex(record.bytes)).toBe(
    `03${"01".repeat(32)}${"05".repeat(33)}${"06".repeat(65)}${point(2)}` +
      `030000000000000001${point(4)}07000000`,
  );
  expect(markRecord.read(record).mark).toEqual(mark);
  expect(codeOf(() => markRecord.read({ ...record, bytes: record.bytes.with(0, 2) }))).toBe("codec/bad-tag");
});
