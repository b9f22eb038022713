import { developmentRoots } from "@pruntime/core/attestation";
import {
  decodeSignedBlock,
  encodeBlockHeaderWithEvents,
  encodeHeaderToSync,
} from "@pruntime/core/bridge-2020";
import { fromBase64, fromUtf8, utf8 } from "@pruntime/core/bytes";
import {
  encodePayload,
  encodeQuery2020,
  encodeQueryPayload,
  encodeQueryV2,
  encodeSignedQuery,
  readSignedQuery,
  sealCommandWithKey,
  sealQuery,
} from "@pruntime/core/channel";
import { ProtocolError } from "@pruntime/core/errors";
import { encodeBody } from "@pruntime/core/extrinsics";
import { decodeJson } from "@pruntime/core/json";
import { encodeCheckpoint, readGenesisBalance } from "@pruntime/core/light-client";
import { paraHeadKey } from "@pruntime/core/parachain";
import { decodeAll, type Reader, Writer } from "@pruntime/core/scale";
import { systemEventsKey, timestampNowKey } from "@pruntime/core/storage-key";
import { createNativeCrypto } from "@pruntime/crypto-native";
import { bridgeInitInfo, createParaPair, type Devchain } from "@pruntime/devchain";
import { type Event, identityOf, Runtime, type RuntimeCode } from "@pruntime/runtime";
import { keyPair } from "../../trusted/core/test/channel/parties.ts";
import { authoritySet } from "../../trusted/core/test/grandpa/chain.ts";
import { contextOf, newWorker } from "../../trusted/runtime/src/state.ts";
import { contentOf, dumpWith } from "../../trusted/runtime/test/support/dump.ts";
import {
  extrinsic2020,
  milliseconds,
  pushCommand2020,
  runtimeUpdated,
  TinyChain,
} from "../../trusted/runtime/test/support/tiny-chain.ts";
import { keptInput } from "../corpus.ts";
import { Broken, type Target } from "../target.ts";

const crypto = await createNativeCrypto();
const metadata = keptInput("metadata", "devchain-14");
const worker = keyPair(2);
const measurement = new Uint8Array(32).fill(0x4d);
const [signing, ecdhSecret, stateKey] = [
  new Uint8Array(32).fill(3),
  new Uint8Array(32).fill(2),
  new Uint8Array(32).fill(9),
];
const identity = identityOf(crypto, { signing, ecdhSecret, stateKey });
const sender = new Uint8Array(32).fill(0xa1);
const plain = (contractId: number, text: string) =>
  pushCommand2020(contractId, utf8(encodePayload({ kind: "plain", text })));

/**
 * Makes a chain with four blocks above genesis, the last of which changes the runtime. Commands are in the
 * bodies and in the events. The events are recordings from the embedded chain.
 */
function chain(): TinyChain {
  const tiny = new TinyChain(0, metadata);
  const sealed = encodePayload(
    sealCommandWithKey(
      crypto,
      keyPair(200),
      { genesisHash: tiny.at(0).hash, publicKey: worker.publicKey },
      { sender, contractId: 2 },
      '{"Transfer":{}}',
    ),
  );
  const bodies = [
    [plain(2, '{"Transfer":{}}')],
    [pushCommand2020(2, utf8(sealed))],
    [],
    [plain(9, "x"), plain(3, '{"Issue":{"symbol":"A","total":"5"}}')],
  ];
  bodies.forEach((calls, i) => {
    const events = keptInput("events", ["quiet", "command", "batch", "transfer"][i] ?? "quiet");
    const last = i === bodies.length - 1 ? { digest: [runtimeUpdated], code: metadata } : {};
    const extrinsics = calls.map((call) => extrinsic2020(call, sender));
    tiny.grow({ extrinsics, events, now: milliseconds(BigInt(1000 * i)), ...last });
  });
  return tiny;
}

const tiny = chain();
/** The worker needs block 3's body, because one of that block's events contains only a remark's hash. */
const { extrinsics } = decodeSignedBlock(tiny.body(3).block);
const body = encodeBody({ number: 3, extrinsics });
const inits = [tiny.init(metadata), tiny.init()];

/**
 * Starts a runtime that uses a chain's code as the chain's metadata. `choice` selects one of five states: no
 * chain; a chain whose commands are in events; a chain whose commands are in bodies; the chain with events
 * after the execution of two blocks; and the same chain after the execution of all four blocks.
 */
function started(choice: number): Runtime {
  // Every draw returns the same bytes, so that answers can be compared.
  const random = (length: number) => new Uint8Array(length).fill(7);
  const runtimeCode: RuntimeCode = {
    *metadataOf(code) {
      yield;
      return code[0] === 0x6d ? code : undefined;
    },
  };
  const [stateBudget, roots] = [Infinity, developmentRoots(crypto)];
  const platform = { crypto, random, measurement, runtimeCode, stateBudget, allowsV1: true, roots };
  const runtime = new Runtime(contextOf(platform, identity), newWorker);
  const events: readonly Event[][] = [
    [],
    inits.slice(0, 1),
    inits.slice(1),
    [inits[0] as Event, tiny.headers(1, 4), tiny.dispatch(1, 2)],
    [inits[0] as Event, tiny.headers(1, 4), { ...tiny.dispatch(1, 4), bodies: [body] }],
  ];
  for (const event of events[choice] as Event[]) runtime.accept(event);
  return runtime;
}

const readText = (r: Reader) => fromUtf8(r.vecU8());
const readMany = (r: Reader) => r.vec(1, (r) => r.vecU8());

function readEvent(r: Reader): Event {
  const kind = r.u8();
  switch (kind) {
    case 0:
      return {
        kind: "init",
        start: { kind: "genesis", info: r.vecU8() },
        meaning: readMeaning(r),
        genesisBalance: readGenesisBalance(r),
      };
    case 1:
      return {
        kind: "init",
        start: { kind: "checkpoint", text: readText(r) },
        meaning: readMeaning(r),
        genesisBalance: readGenesisBalance(r),
      };
    case 2:
      return { kind: "headers", headers: readMany(r), authoritySetChange: r.option((r) => r.vecU8()) };
    case 3:
      return { kind: "blocks", blocks: readMany(r), bodies: readMany(r) };
    case 4:
      return { kind: "code", proof: readMany(r) };
    case 5:
      return { kind: "body", block: r.vecU8() };
    case 6:
      return { kind: "query", query: decodeJson(readText(r), readSignedQuery) };
    case 7:
      return { kind: "set-data", path: readText(r), bytes: r.vecU8() };
    case 8:
      return { kind: "load", dump: dumpWith(r.vecU8()) };
    case 9:
      return { kind: "para-headers", headers: readMany(r), proof: readMany(r) };
    case 10:
      return {
        kind: "init",
        start: { kind: "genesis", info: r.vecU8() },
        meaning: readMeaning(r),
        genesisBalance: readGenesisBalance(r),
        parachain: { id: r.u32(), genesisHeader: r.vecU8() },
      };
    case 11:
      return { kind: "dump-begin" };
    case 12:
      return { kind: "dump-page", id: r.take(16), index: r.u32() };
    case 13:
      return { kind: "load-page", id: r.take(16), index: r.u32(), page: dumpWith(r.vecU8()) };
    default:
      throw r.badTag("event", kind);
  }
}

function readMeaning(r: Reader): Extract<Event, { kind: "init" }>["meaning"] {
  const kind = r.u8();
  if (kind === 0) return { kind: "bodies" };
  if (kind === 1) return { kind: "told", metadata: r.vecU8() };
  return { kind: "proven", codeProof: readMany(r) };
}

function many(w: Writer, list: readonly Uint8Array[]): Writer {
  return w.vec(list, (w, bytes) => w.vecU8(bytes));
}

function held(runtime: Runtime): string {
  const outcome = runtime.accept({ kind: "dump" });
  return outcome.ok ? Buffer.from(outcome.value.dump).toString("hex") : outcome.error.code;
}

interface Begun {
  readonly runtime: Runtime;
  readonly state: string;
}

/** Runtimes whose state has not changed since their start. */
const unchanged = new Map<number, Begun>();

function begin(choice: number): Begun {
  const runtime = started(choice);
  return { runtime, state: held(runtime) };
}

/** Passes events to a runtime that may already have state. A refused event must not change the state. */
export const target: Target = {
  words: ["0x", '{"Plain":"{}"}', "Sealed", "expires_at"],
  leastHeap: 48 * 1024 * 1024,
  maxLength: 32_768,
  run: (input) => {
    const choice = (input[0] ?? 0) % 5;
    const events = decodeAll(input.subarray(1), (r) => r.vec(2, readEvent)).slice(0, 8);
    const { runtime, state } = unchanged.get(choice) ?? begin(choice);
    unchanged.delete(choice);
    let before = state;
    const outcomes = events.map((event) => {
      const outcome = runtime.accept(event);
      const after = held(runtime);
      if (!outcome.ok && after !== before) throw new Broken(`${outcome.error.code} changed the state`);
      before = after;
      return outcome;
    });
    const filesKept = events.some(({ kind }, i) => kind === "set-data" && outcomes[i]?.ok === true);
    if (before === state && !filesKept) unchanged.set(choice, { runtime, state });
    const [first] = outcomes;
    if (first?.ok === false && outcomes.every(({ ok }) => !ok))
      throw new ProtocolError({ ...first.error, before });
    return [outcomes, before];
  },
  genuine: async () => {
    const one = (choice: number, event: (w: Writer) => Writer) =>
      Uint8Array.of(choice, ...event(new Writer().compact(1)).finish());
    const query = { contractId: 2, request: "TotalIssuance" };
    const origin = undefined;
    const asked = (queryPayload: string) => utf8(encodeSignedQuery({ queryPayload, origin }));
    const genesisHash = tiny.at(0).hash;
    // Every draw of `started` returns the same bytes, so this is the query key of each runtime.
    const queryKey = keyPair(7).publicKey;
    const text = encodeQueryV2({
      ...query,
      nonce: new Uint8Array(16),
      knownBlock: { number: 0, hash: genesisHash },
      issuedAt: 0,
      expiresAt: 50,
      expiresAtMs: 1n << 60n,
      seal: { genesisHash, queryKey, enc: keyPair(201).publicKey },
    });
    const content = encodeSignedQuery({ queryPayload: text, origin });
    const sealed = sealQuery(crypto, keyPair(201), { genesisHash, publicKey: queryKey }, content).payload;
    const { authorities } = authoritySet(4, 0n);
    const checkpoint = encodeCheckpoint({
      genesisHash: tiny.at(0).hash,
      encodedHeader: tiny.at(2).encoded,
      authorities: { setId: 0n, authorities },
      pending: [],
    });
    const dump = started(3).accept({ kind: "dump" });
    const dumped = dump.ok ? contentOf(dump.value.dump) : new Uint8Array(); // of the only page
    const id = new Uint8Array(16).fill(7); // what each runtime draws
    return {
      "init-bodies": one(0, (w) => w.u8(0).vecU8(tiny.genesisInfo()).u8(0).u8(1)),
      "init-told": one(0, (w) => w.u8(0).vecU8(tiny.genesisInfo()).u8(1).vecU8(metadata).u8(1)),
      "init-proven": one(0, (w) => many(w.u8(0).vecU8(tiny.genesisInfo()).u8(2), tiny.codeProof(0)).u8(1)),
      "init-checkpoint": one(0, (w) => w.u8(1).vecU8(utf8(checkpoint)).u8(0).u8(1)),
      headers: one(1, (w) => many(w.u8(2), tiny.headers(1, 3).headers).u8(0)),
      blocks: one(3, (w) => many(many(w.u8(3), tiny.dispatch(3, 4).blocks), [body])),
      both: Uint8Array.of(
        1,
        ...many(
          many(
            many(new Writer().compact(2).u8(2), tiny.headers(1, 4).headers).u8(0).u8(3),
            tiny.dispatch(1, 4).blocks,
          ),
          [body],
        ).finish(),
      ),
      code: one(4, (w) => many(w.u8(4), tiny.codeProof(4))),
      parachain: await parachain(),
      body: one(2, (w) => w.u8(5).vecU8(tiny.body(1).block)),
      bodies: Uint8Array.of(
        2,
        ...[1, 2, 3, 4].reduce((w, n) => w.u8(5).vecU8(tiny.body(n).block), new Writer().compact(4)).finish(),
      ),
      query: one(3, (w) =>
        w.u8(6).vecU8(asked(encodePayload({ kind: "plain", text: encodeQuery2020({ ...query, nonce: 1 }) }))),
      ),
      "query-v2": one(3, (w) => w.u8(6).vecU8(asked(encodeQueryPayload(sealed)))),
      data: one(3, (w) => w.u8(7).vecU8(utf8("a.csv")).vecU8(utf8("a,b\n1,2\n"))),
      load: one(3, (w) => w.u8(8).vecU8(dumped)),
      "dump-pages": Uint8Array.of(
        3,
        ...new Writer()
          .compact(4)
          .u8(11)
          .u8(12)
          .raw(id)
          .u32(0)
          .u8(12)
          .raw(id)
          .u32(1)
          .u8(12)
          .raw(id)
          .u32(0)
          .finish(),
      ),
      "load-page": one(3, (w) => w.u8(13).raw(id).u32(0).vecU8(dumped)),
    };
  },
};

/**
 * Makes the events by which a worker starts on a parachain of the embedded chain and follows it up to its
 * commands.
 */
async function parachain(): Promise<Uint8Array> {
  const manual = { mode: { kind: "manual" }, now: () => 1_600_000_000_000 } as const;
  const { relay, para, paraId, produce, close } = await createParaPair({ relay: manual, para: manual });
  produce(2);
  const upTo = (chain: Devchain) =>
    Array.from({ length: chain.finalized().header.number }, (_, i) => chain.blockAt(i + 1)).filter(
      (block) => block !== undefined,
    );
  const headers = upTo(relay).map((block, i, { length }) =>
    encodeHeaderToSync({
      encodedHeader: block.encodedHeader,
      justification: i === length - 1 ? relay.justificationOf(block) : undefined,
    }),
  );
  const key = systemEventsKey(crypto);
  const blocks = upTo(para).map((block) => {
    const proof = para.readProof(block, [key, timestampNowKey(crypto)]);
    return encodeBlockHeaderWithEvents({
      encodedHeader: block.encodedHeader,
      events: para.stateOf(block).get(key),
      proof,
      key,
    });
  });
  const w = new Writer().compact(4);
  w.u8(10)
    .vecU8(fromBase64(bridgeInitInfo(relay)))
    .u8(1)
    .vecU8(para.metadata(14))
    .u8(1)
    .u32(paraId)
    .vecU8(para.genesis.encodedHeader);
  many(w.u8(2), headers).u8(0);
  const heads = upTo(para).map(({ encodedHeader }) => encodedHeader);
  many(many(w.u8(9), heads), relay.readProof(relay.finalized(), [paraHeadKey(crypto, paraId)]));
  many(many(w.u8(3), blocks), []);
  close();
  return Uint8Array.of(0, ...w.finish());
}
