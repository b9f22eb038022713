/** The records that events emit, and how a start restores them. */
import { developmentRoots } from "@pruntime/core/attestation";
import { toHex, utf8 } from "@pruntime/core/bytes";
import { portableCrypto } from "@pruntime/core/crypto";
import { rulesNumber } from "@pruntime/core/version";
import { complete } from "@pruntime/core/work";
import { type Effects, type Event, type KeptRecord, RuntimeError, startRuntime } from "@pruntime/runtime";
import { describe, expect, it } from "vitest";
import { codeOf } from "../../../core/test/support/code.ts";
import { dataRecord } from "../../src/keep/data.ts";
import { identityOfWorker, identityRecord } from "../../src/keep/identity.ts";
import { markRecord } from "../../src/keep/mark.ts";
import { operatorRecord } from "../../src/keep/operator.ts";
import { recordOf } from "../../src/keep/record.ts";
import { alice, bob } from "../support/devchain.ts";
import { seal } from "../support/sealed-file.ts";
import { TinyChain } from "../support/tiny-chain.ts";
import { countingRandom, measurement, refusal, runtimeCode, take } from "../support/worker.ts";

const chain = new TinyChain();
chain.grow();
const file = { kind: "set-data", path: "/ipfs/a", bytes: utf8("a") } as const;
const platform = (skip = 0) => {
  const random = countingRandom();
  for (let i = 0; i < skip; i++) random(1);
  return {
    crypto: portableCrypto,
    random,
    measurement,
    runtimeCode,
    stateBudget: Infinity,
    allowsV1: true,
    roots: developmentRoots(portableCrypto),
  };
};

/** Starts a worker from records. @param skip how many random draws to skip, so that new keys differ */
function restart(records: readonly KeptRecord[], skip = 0, allowsV1 = true) {
  return startRuntime(
    { ...platform(skip), allowsV1 },
    records.map((record) => ({ kind: record.kind, open: () => record })),
  );
}

/** The records that a host stores after these effects, in order. */
function kept(...all: readonly Effects[]): KeptRecord[] {
  const records = new Map<string, KeptRecord>();
  for (const { puts, drops } of all) {
    for (const record of puts) records.set(`${record.kind} ${record.name}`, record);
    for (const { kind, name } of drops) records.delete(`${kind} ${name}`);
  }
  return [...records.values()];
}

function effectsOf({ runtime }: ReturnType<typeof restart>, event: Event): Effects {
  const outcome = runtime.accept(event);
  if (!outcome.ok) throw new Error(outcome.error.code);
  return outcome.effects;
}

const publicKey = ({ runtime }: ReturnType<typeof restart>) => toHex(runtime.identity.signer.publicKey);
const kindsOf = ({ puts, drops }: Effects) => [puts.map(({ kind }) => kind), drops];

it("runtime/other-rules: keys that a program with other rules stored are not used", () => {
  const [identity, , mark] = kept(effectsOf(restart([]), chain.init()));
  const other = { ...identity!, bytes: identity!.bytes.with(-4, rulesNumber + 1) };
  expect(codeOf(() => restart([other, mark!]))).toBe("runtime/other-rules");
  expect(restart([identity!, mark!]).fresh).toBe(false);
});

describe("the operator's account", () => {
  const operator = new Uint8Array(32).fill(7);

  it("is stored for the worker, and restored with its keys only", () => {
    const first = restart([]);
    const init = effectsOf(first, chain.init());
    const set = effectsOf(first, { kind: "set-operator", operator });
    expect(first.runtime.operator).toEqual(operator);
    const { publicKey } = first.runtime.identity.signer;
    expect(set).toEqual({ puts: [recordOf(operatorRecord, { publicKey, operator })], drops: [] });
    expect(restart(kept(init, set)).runtime.operator).toEqual(operator);
    const theirs = kept(effectsOf(restart([], 70), chain.init()));
    const other = restart([...theirs, ...set.puts], 80);
    expect([other.runtime.operator, other.leftOut.map(({ why }) => why)]).toEqual([
      undefined,
      ["runtime/bad-record"],
    ]);
  });
});

describe("a program that opens keys which another program has sealed", () => {
  const records = kept(effectsOf(restart([]), chain.init()));
  const other = new Uint8Array(32).fill(0x4e);
  const startAs = (code: Uint8Array, stored: readonly KeptRecord[]) =>
    startRuntime(
      { ...platform(), measurement: code },
      stored.map((record) => ({ kind: record.kind, open: () => record })),
    );
  const sealedBy = (code: Uint8Array) => ({ kind: "sealed", code: { measurement: toHex(code) } });

  it("adds that program to the lineage, and stores the keys again", () => {
    expect(startAs(measurement, records).runtime.lineage).toEqual([]);
    expect(kindsOf(startAs(measurement, records).effects)).toEqual([[], []]);
    const second = startAs(other, records);
    expect(second.fresh).toBe(false);
    const { mark } = second.runtime.status()!.chain;
    expect(second.runtime.lineage).toEqual([{ ...sealedBy(measurement), block: mark.finalized }]);
    expect(kindsOf(second.effects)).toEqual([["identity"], []]);
    const stored = [...second.effects.puts, ...records.filter(({ kind }) => kind !== "identity")];
    expect(startAs(other, stored).runtime.lineage).toHaveLength(1);
    expect(startAs(measurement, stored).runtime.lineage).toMatchObject([measurement, other].map(sealedBy));
  });

  it("lineage/full: does not start if 64 others have held them", () => {
    const [identity, ...rest] = records;
    const { secrets, anchor } = identityRecord.read(identity!);
    const block = { number: 0, hash: new Uint8Array(32) };
    const lineage = Array.from({ length: 64 }, (_, i) => ({
      kind: "sealed" as const,
      code: { measurement: toHex(new Uint8Array(32).fill(0x80 + i)) },
      block,
    }));
    const full = [identityOfWorker({ secrets, lineage }, measurement, anchor), ...rest];
    expect(codeOf(() => startAs(other, full))).toBe("lineage/full");
    expect(startAs(measurement, full).fresh).toBe(false);
  });
});

describe("runtime/channel-v1: a worker that may not run commands of channel v1", () => {
  const init = { ...chain.init(), channelV1: true };
  const other = { ...chain.init(), channelV1: false };

  it("does not start on an anchor that lets it, and starts on one that does not", () => {
    const { runtime } = restart([], 0, false);
    expect(refusal(runtime, init)).toBe("runtime/channel-v1");
    expect(runtime.status()).toBeUndefined();
    expect(take(runtime, other).anchor).toEqual(runtime.status()?.chain.anchor);
  });

  it("does not go on from the records of a worker that may", () => {
    const records = (event: Event) => kept(effectsOf(restart([]), event));
    expect(codeOf(() => restart(records(init), 0, false))).toBe("runtime/channel-v1");
    expect(restart(records(other), 0, false).fresh).toBe(false);
  });

  it("does not start on the chain of another anchor with keys bound to the first", () => {
    const [identity, , mark] = kept(effectsOf(restart([]), init));
    expect(refusal(restart([identity!, mark!], 0, false).runtime, other)).toBe("runtime/other-chain");
  });
});

describe("the effects of an event", () => {
  it("put the keys, the chain and the mark at init, and only the chain if the keys are bound to it", () => {
    const first = restart([]);
    const effects = effectsOf(first, chain.init());
    expect(kindsOf(effects)).toEqual([["identity", "init", "mark"], []]);
    const [identity, , mark] = kept(effects);
    expect(kindsOf(effectsOf(restart([identity!, mark!]), chain.init()))).toEqual([["init"], []]);
  });

  it("put the file that is set and the mark, and nothing else that is rebuilt from the chain", () => {
    const started = restart([]);
    effectsOf(started, chain.init());
    expect(effectsOf(started, file)).toEqual({
      puts: [
        recordOf(dataRecord, {
          ...file,
          seal: undefined,
          ecdhPublicKey: started.runtime.identity.keyPair.publicKey,
        }),
      ],
      drops: [],
    });
    expect(kindsOf(effectsOf(started, chain.body(1)))).toEqual([["mark"], []]);
    for (const event of [{ kind: "get-data", path: file.path }, { kind: "dump" }] as const)
      expect(effectsOf(started, event)).toEqual({ puts: [], drops: [] });
  });

  it("are empty for a preview, which changes nothing", () => {
    const { runtime } = restart([]);
    const preview = complete(runtime.preview(chain.init()));
    expect(runtime.status()).toBeUndefined();
    expect(preview).toEqual({
      ok: true,
      value: take(runtime, chain.init()),
      effects: { puts: [], drops: [] },
    });
    expect(complete(runtime.preview(chain.init()))).toMatchObject({
      error: { code: "runtime/already-initialized" },
    });
    runtime.halt();
    expect(complete(runtime.preview(chain.init()))).toMatchObject({ error: { code: "runtime/halted" } });
  });
});

describe("a start", () => {
  const first = restart([]);
  const records = kept(effectsOf(first, chain.init()), effectsOf(first, file));
  const without = (kind: string) => records.filter((record) => record.kind !== kind);

  it("without records draws keys, and does not store them yet", () => {
    expect([first.fresh, first.effects, first.leftOut]).toEqual([true, { puts: [], drops: [] }, []]);
    expect(publicKey(restart([], 1))).not.toBe(publicKey(first));
  });

  it("restores keys, chain and files from records in any order", () => {
    for (const stored of [records, records.toReversed()]) {
      const again = restart(stored, 10);
      expect([again.fresh, again.effects, again.leftOut]).toEqual([false, { puts: [], drops: [] }, []]);
      expect(publicKey(again)).toBe(publicKey(first));
      expect(again.runtime.status()!.chain).toMatchObject({ source: "bodies", dispatched: { number: 0 } });
      expect(take(again.runtime, { kind: "get-data", path: file.path })).toEqual({ bytes: file.bytes });
    }
  });

  it("stores the keys that it draws for a stored chain", () => {
    const again = restart(without("identity"), 10);
    expect([again.fresh, kindsOf(again.effects)]).toEqual([true, [["identity", "mark"], []]]);
    expect(publicKey(again)).not.toBe(publicKey(first));
    expect(publicKey(restart(kept(again.effects), 20))).toBe(publicKey(again));
  });

  it("runtime/other-chain: refuses a second chain for the same keys", () => {
    const elsewhere = new TinyChain(7);
    const again = restart(without("init"));
    expect(refusal(again.runtime, elsewhere.init())).toBe("runtime/other-chain");
    expect(complete(again.runtime.preview(elsewhere.init()))).toMatchObject({
      error: { code: "runtime/other-chain" },
    });
    take(again.runtime, chain.init());
    const other = kept(effectsOf(restart([], 30), elsewhere.init())).filter(({ kind }) => kind === "init");
    expect(codeOf(() => restart([...without("init"), ...other]))).toBe("runtime/other-chain");
  });

  it("runtime/bad-record: fails if the identity or init record is invalid", () => {
    for (const kind of ["identity", "init"])
      expect(
        codeOf(() =>
          restart(records.map((one) => (one.kind === kind ? { ...one, bytes: one.bytes.subarray(1) } : one))),
        ),
      ).toBe("runtime/bad-record");
  });

  it("ignores records of unknown kinds", () =>
    expect(restart([{ kind: "other", name: "", bytes: new Uint8Array() }]).fresh).toBe(true));

  it("runtime/bad-record: leaves out another worker's file, although it has the same sealing key", () => {
    const theirs = kept(effectsOf(restart([], 40), chain.init()));
    const stored = [...theirs, ...records.filter(({ kind }) => kind === "data")];
    const { runtime, leftOut } = restart(stored, 50);
    expect(leftOut.map(({ why }) => why)).toEqual(["runtime/bad-record"]);
    expect(take(runtime, { kind: "get-data", path: file.path })).toEqual({ bytes: undefined });
  });

  it("restores a file of the worker from which a handover brought the key agreement key", () => {
    const identityIn = (stored: readonly KeptRecord[]) =>
      identityRecord.read(stored.find(({ kind }) => kind === "identity") as KeptRecord);
    const receiver = restart([], 60);
    const { secrets, anchor } = identityIn(kept(effectsOf(receiver, chain.init())));
    const { ecdhSecret } = identityIn(records).secrets;
    const mark = markRecord.read(records.find(({ kind }) => kind === "mark") as KeptRecord);
    const { runtime, leftOut } = restart([
      identityOfWorker({ secrets: { ...secrets, ecdhSecret }, lineage: [] }, measurement, anchor),
      recordOf(markRecord, { ...mark, publicKey: receiver.runtime.identity.signer.publicKey }),
      ...records.filter(({ kind }) => kind === "init" || kind === "data"),
    ]);
    expect(leftOut).toEqual([]);
    expect(take(runtime, { kind: "get-data", path: file.path })).toEqual({ bytes: file.bytes });
  });

  it("restores sealed files with their owners", () => {
    const own = restart(without("data"), 10);
    const bytes = utf8("phone\n1\n");
    const effects = [alice, bob].map((by, i) =>
      effectsOf(own, {
        kind: "set-data",
        path: `/${i}`,
        bytes: seal(own.runtime, by, i === 0 ? "query" : "dataset", `/${i}`, bytes).bytes,
      }),
    );
    const again = restart([...without("data"), ...kept(...effects)], 10);
    expect(again.leftOut).toEqual([]);
    expect(refusal(again.runtime, { kind: "get-data", path: "/0" })).toBe("data/sealed");
    const stored = effects.flatMap(({ puts }) => puts.filter(({ kind }) => kind === "data"));
    expect(stored.map((record) => dataRecord.read(record).seal)).toMatchObject([
      { kind: "query", owner: alice.id },
      { kind: "dataset", owner: bob.id },
    ]);
  });

  it("runtime/bad-record: leaves out a file's record that is too short for a key", () => {
    const own = records.find(({ kind }) => kind === "data") as KeptRecord;
    const { leftOut } = restart([...without("data"), { ...own, bytes: own.bytes.subarray(0, 64) }], 50);
    expect(leftOut.map(({ why }) => why)).toEqual(["runtime/bad-record"]);
  });

  it("leaves out a file that does not open or is refused, and fails at a bug", () => {
    const own = records.find(({ kind }) => kind === "data") as KeptRecord;
    const opened = { ...own, name: "/order/1" };
    const throws = (error: Error) => ({
      kind: "data",
      open: (): KeptRecord => {
        throw error;
      },
    });
    const sealed = throws(new RuntimeError({ code: "runtime/halted" }));
    const stored = [
      ...records.map((record) => ({ kind: record.kind, open: () => record })),
      { kind: "data", open: () => opened },
      sealed,
    ];
    const { runtime, leftOut } = startRuntime(platform(), stored);
    expect(leftOut.map(({ stored: one, why }) => [stored.indexOf(one), why])).toEqual([
      [4, "data/reserved-path"],
      [5, "runtime/halted"],
    ]);
    expect(take(runtime, { kind: "get-data", path: file.path })).toEqual({ bytes: file.bytes });
    expect(() => startRuntime(platform(), [...stored, throws(new TypeError("a bug"))])).toThrow(TypeError);
  });
});
