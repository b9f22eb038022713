import { ed25519 } from "@noble/curves/ed25519.js";
import {
  ClientError,
  type ClientOptions,
  connectTrustingWhoeverAnswers,
  keyPairSigner,
  type RawReply,
  type StoredSession,
} from "@pruntime/client";
import { toHex, utf8 } from "@pruntime/core/bytes";
import {
  answerText,
  decodePayload,
  maxAnswerBytes,
  openCommand,
  type QueryV2,
  refusalText,
} from "@pruntime/core/channel";
import { portableCrypto as crypto } from "@pruntime/core/crypto";
import { canonicalJson } from "@pruntime/core/json";
import { describe, expect, it } from "vitest";
import { maxCommandBytes } from "../../trusted/interfaces/src/index.ts";
import { WorkerClient } from "../src/client.ts";
import {
  anchor,
  type Bend,
  chainTimeMs,
  fakeWorker,
  genesisHash,
  keyPair,
  type Seen,
  signer,
} from "./fake-worker.ts";

let drawn = 0;
const random = (length: number): Uint8Array =>
  crypto.sha512(Uint8Array.of(drawn++ & 255, drawn >> 8)).slice(0, length);
const trusted = { publicKey: signer.publicKey, ecdhPublicKey: keyPair.publicKey, genesisHash, anchor };
const secret = new Uint8Array(32).fill(5);
const asker = keyPairSigner("ed25519", ed25519.getPublicKey(secret), (message) =>
  ed25519.sign(message, secret),
);

function options(bend: Bend = {}, seen: Seen = {}): ClientOptions {
  return {
    transport: fakeWorker(bend, seen),
    crypto,
    random,
    freshness: { now: () => Number(chainTimeMs) + 1000, maxAgeMs: 60_000 },
  };
}

/** The stored session of a client whose last answer was as of this block. */
const storedAt = (number: number): StoredSession => ({
  anchor: toHex(anchor),
  block: { hash: "00".repeat(32), number },
  chainTimeMs: String(chainTimeMs),
  ecdhPublicKey: toHex(keyPair.publicKey),
  genesisHash: toHex(genesisHash),
});

const client = (bend: Bend = {}, seen: Seen = {}): WorkerClient =>
  new WorkerClient(trusted, options(bend, seen));
const header = (raw: RawReply, name: string, value: string | undefined): RawReply => ({
  ...raw,
  header: (asked) => (asked === name ? value : raw.header(asked)),
});

describe("query", () => {
  it.each(["plain", "v1", "v2"] as const)("queries over %s", async (kind) => {
    const seen: Seen = {};
    const { value, dispatchedNumber } = await client({}, seen).query(2, "TotalIssuance", {
      kind,
      signer: asker,
    });
    expect([value, dispatchedNumber]).toEqual([expect.objectContaining({ answer: 42 }), 11]);
    expect(seen.origin).toEqual(asker.account);
    const asked = { contract_id: 2, request: "TotalIssuance" };
    expect(JSON.parse(seen.text ?? "")).toMatchObject(kind === "v2" ? { PruntimeQuery: asked } : asked);
  });

  it("reads the longest answer that a worker may give to a query of 2020, and no longer one", async () => {
    const ask = (length: number) => {
      const payload = () => canonicalJson({ Plain: canonicalJson("x".repeat(length)) });
      return client({ payload }).query(2, "TotalIssuance", { kind: "plain" });
    };
    expect((await ask(maxAnswerBytes - 2)).value).toHaveLength(maxAnswerBytes - 2);
    await expect(ask(maxAnswerBytes - 1)).rejects.toThrow("json/too-long");
  });

  it("makes a v2 query expire a number of blocks after the worker's latest block", async () => {
    const seen: Seen = {};
    await client({}, seen).query(2, "TotalIssuance", { expiresIn: 5 });
    expect(seen.query).toMatchObject({ issuedAt: 11, expiresAt: 16 });
  });

  it("issues a v2 query as of the block of the latest answer", async () => {
    const seen: Seen = {};
    const one = client({ statement: (honest) => ({ ...honest, dispatchedNumber: 30 }) }, seen);
    await one.query(2, "TotalIssuance");
    await one.query(2, "TotalIssuance");
    expect(seen.query).toMatchObject({ issuedAt: 30 });
  });

  it("fetches the worker's new query key after a restart, and asks again once", async () => {
    let queryPair = crypto.p256.keyPair(new Uint8Array(32).fill(11))!;
    const calls: string[] = [];
    const transport = fakeWorker({ queryPair: () => queryPair });
    const restarted = new WorkerClient(trusted, {
      ...options(),
      transport: (action, body) => {
        calls.push(action.name);
        return transport(action, body);
      },
    });
    await restarted.query(2, "TotalIssuance");
    queryPair = crypto.p256.keyPair(new Uint8Array(32).fill(12))!;
    calls.length = 0;
    await restarted.query(2, "TotalIssuance", { signer: asker });
    expect(calls).toEqual(["query", "get_status", "query"]);
  });

  it("does not ask again if the worker shows the same query key", async () => {
    const other = crypto.p256.keyPair(new Uint8Array(32).fill(13))!;
    // The worker reports one query key in its status, but opens queries with the other.
    const pairs = { get_status: keyPair, query: other };
    const asked: string[] = [];
    const hostile = new WorkerClient(trusted, {
      ...options(),
      transport: (action, body) => {
        asked.push(action.name);
        return fakeWorker({ queryPair: () => pairs[action.name as keyof typeof pairs] })(action, body);
      },
    });
    await expect(hostile.query(2, "TotalIssuance")).rejects.toMatchObject({
      detail: { reason: "query/other-session" },
    });
    expect(asked.filter((action) => action === "query").length).toBe(1);
  });

  it("channel/bad-query-key: refuses a query key that the worker did not sign", async () => {
    const { publicKey } = crypto.p256.keyPair(new Uint8Array(32).fill(13))!;
    const bend: Bend = {
      status: (honest) => ({
        ...honest,
        query_key: { public_key: Buffer.from(publicKey).toString("hex"), signature: "00".repeat(64) },
      }),
    };
    await expect(client(bend).query(2, "TotalIssuance")).rejects.toMatchObject({
      code: "channel/bad-query-key",
    });
  });

  it("client/refused: reports a sealed refusal", async () => {
    const bend: Bend = { outcome: () => refusalText({ code: "query/too-many" }) };
    await expect(client(bend).query(2, "TotalIssuance", { signer: asker })).rejects.toMatchObject({
      detail: { code: "client/refused", reason: "query/too-many" },
    });
  });

  describe("deals with a refusal itself", () => {
    const zeros = new Uint8Array(32);
    const refusing = (code: string, times: number, bend: Bend = {}) => {
      const asked: QueryV2[] = [];
      const outcome = (query: QueryV2) => {
        asked.push(query);
        return asked.length <= times ? refusalText({ code }) : answerText("42");
      };
      const slept: number[] = [];
      const sleep = async (ms: number) => void slept.push(ms);
      return { asked, slept, sleep, bend: { ...bend, outcome } };
    };

    it("query/ahead: waits up to three block times, and sends the same signed query again", async () => {
      const { asked, slept, sleep, bend } = refusing("query/ahead", 3);
      const behind = new WorkerClient(trusted, { ...options(bend), sleep });
      expect((await behind.query(2, "TotalIssuance")).value).toBe(42);
      expect(slept).toEqual([6000, 6000, 6000]);
      expect(new Set(asked.map(({ nonce }) => Buffer.from(nonce).toString("hex"))).size).toBe(1);
      const longer = refusing("query/ahead", 4);
      await expect(
        new WorkerClient(trusted, { ...options(longer.bend), sleep: longer.sleep }).query(2, "TotalIssuance"),
      ).rejects.toMatchObject({ detail: { reason: "query/ahead" } });
    });

    it("query/over-share: waits as long as the worker says, at most a block time", async () => {
      const { asked, slept, sleep, bend } = refusing("query/over-share", 3);
      const retries: (number | undefined)[] = [20, undefined, 7_000];
      const outcome = (query: QueryV2) => {
        const retryMs = retries[asked.length];
        const text = bend.outcome(query);
        if (text === answerText("42") || retryMs === undefined) return text;
        return refusalText({ code: "query/over-share", retryMs });
      };
      const one = new WorkerClient(trusted, { ...options({ ...bend, outcome }), sleep });
      expect((await one.query(2, "TotalIssuance", { signer: asker })).value).toBe(42);
      expect(slept).toEqual([20, 6_000, 6_000]);
      expect(new Set(asked.map(({ nonce }) => toHex(nonce))).size).toBe(1);
      const longer = refusing("query/over-share", 4);
      await expect(
        new WorkerClient(trusted, { ...options(longer.bend), sleep: longer.sleep }).query(2, "TotalIssuance"),
      ).rejects.toMatchObject({ detail: { reason: "query/over-share" } });
    });

    it("no other refusal: it does not wait", async () => {
      const { slept, sleep, bend } = refusing("query/too-many", 1);
      const one = new WorkerClient(trusted, { ...options(bend), sleep });
      await expect(one.query(2, "TotalIssuance")).rejects.toMatchObject({
        detail: { reason: "query/too-many" },
      });
      expect(slept).toEqual([]);
    });

    it("query/ahead: does not judge the refusal of a worker that is behind", async () => {
      let dispatchedNumber = 11;
      const { asked, sleep, bend } = refusing("query/ahead", 0, {
        statement: (honest) => ({ ...honest, dispatchedNumber }),
      });
      const waiting = { ...options(bend), sleep };
      const one = new WorkerClient(trusted, waiting);
      await one.query(2, "TotalIssuance");
      dispatchedNumber = 5;
      bend.outcome = () => {
        if (asked.length > 1) dispatchedNumber = 12;
        asked.push(asked[0] as QueryV2);
        return dispatchedNumber === 5 ? refusalText({ code: "query/ahead" }) : answerText("43");
      };
      expect((await one.query(2, "TotalIssuance")).value).toBe(43);
    });

    it("query/expired: issues the query again once", async () => {
      const { asked, bend } = refusing("query/expired", 1);
      expect((await client(bend).query(2, "TotalIssuance")).value).toBe(42);
      expect(asked).toHaveLength(2);
      await expect(client(refusing("query/expired", 2).bend).query(2, "TotalIssuance")).rejects.toMatchObject(
        {
          detail: { reason: "query/expired" },
        },
      );
    });

    it("query/block-too-old: names the node's block or the genesis block, and says so", async () => {
      const stored = storedAt(7);
      const first = refusing("query/block-too-old", 1);
      const old = new WorkerClient(trusted, { ...options(first.bend), session: stored });
      expect((await old.query(2, "TotalIssuance")).knownBlock?.from).toBe("anchor");
      expect(first.asked.map(({ knownBlock }) => knownBlock.number)).toEqual([7, 0]);
      const again = refusing("query/block-too-old", 1);
      let calls = 0;
      const node = async () => ({ number: calls++ === 0 ? 1 : 9, hash: zeros });
      const noded = new WorkerClient(trusted, { ...options(again.bend), session: stored, node });
      expect((await noded.query(2, "TotalIssuance")).knownBlock).toEqual({
        number: 9,
        hash: zeros,
        from: "node",
      });
    });

    it("client/forked: the worker has another block at the height of the known block", async () => {
      const { bend } = refusing("query/unknown-block", 1);
      await expect(client(bend).query(2, "TotalIssuance")).rejects.toMatchObject({ code: "client/forked" });
    });
  });

  describe("names the newest block that the client knows", () => {
    const zeros = new Uint8Array(32);
    it("the genesis block first, and then the block of the latest reply", async () => {
      const seen: Seen = {};
      const one = client({}, seen);
      expect((await one.query(2, "TotalIssuance")).knownBlock?.from).toBe("anchor");
      expect(seen.query?.knownBlock).toEqual({ number: 0, hash: genesisHash });
      expect((await one.query(2, "TotalIssuance")).knownBlock?.from).toBe("reply");
      expect(seen.query?.knownBlock).toEqual({ number: 11, hash: zeros });
      expect((await one.query(2, "TotalIssuance", { kind: "plain" })).knownBlock).toBe(undefined);
    });

    it("that of its node, if a reply has another block at this height", async () => {
      const seen: Seen = {};
      const other = { number: 11, hash: new Uint8Array(32).fill(1) };
      const one = new WorkerClient(trusted, { ...options({}, seen), node: async () => other });
      await one.query(2, "TotalIssuance");
      await one.query(2, "TotalIssuance");
      expect(seen.query?.knownBlock).toEqual(other);
    });

    it("and asks nothing if its node does not answer", async () => {
      const seen: Seen = {};
      const node = () => Promise.reject(new ClientError({ code: "client/node-unreachable", url: "" }));
      const one = new WorkerClient(trusted, { ...options({}, seen), node });
      await expect(one.query(2, "TotalIssuance")).rejects.toMatchObject({ code: "client/node-unreachable" });
      expect(seen).toEqual({});
    });

    it("that of its node or of its own check of finality, if that is newer", async () => {
      const seen: Seen = {};
      const block = (number: number) => ({ number, hash: zeros });
      const finality = Object.assign(async () => {}, { latest: () => block(9) });
      const node = async () => block(8);
      const one = new WorkerClient(trusted, { ...options({}, seen), finality, node });
      expect((await one.query(2, "TotalIssuance")).knownBlock).toMatchObject({ number: 9, from: "finality" });
      const other = new WorkerClient(trusted, { ...options({}, seen), node });
      expect((await other.query(2, "TotalIssuance")).knownBlock).toMatchObject({ number: 8, from: "node" });
    });
  });

  describe("blocks never go back", () => {
    const at = (dispatchedNumber: number, fill = 0): Bend => ({
      statement: (honest) => ({ ...honest, dispatchedNumber, dispatchedHash: new Uint8Array(32).fill(fill) }),
    });
    const session = (bend: Bend, stored?: StoredSession) =>
      new WorkerClient(trusted, { ...options(bend), ...(stored && { session: stored }) });

    it("client/went-back, client/forked: within a session", async () => {
      const bend: { statement: NonNullable<Bend["statement"]> } = { statement: at(11).statement! };
      const one = session(bend);
      for (const kind of ["v2", "plain"] as const) await one.query(2, "TotalIssuance", { kind });
      bend.statement = at(10).statement!;
      for (const kind of ["v2", "plain"] as const)
        await expect(one.query(2, "TotalIssuance", { kind })).rejects.toMatchObject({
          code: "client/went-back",
        });
      await expect(one.status()).rejects.toMatchObject({ code: "client/went-back" });
      bend.statement = at(11, 1).statement!;
      await expect(one.query(2, "TotalIssuance")).rejects.toMatchObject({ code: "client/forked" });
    });

    it("client/went-back: the chain time of an answer is not before that of an earlier one", async () => {
      const bend: { statement: NonNullable<Bend["statement"]> } = { statement: at(11).statement! };
      const one = session(bend);
      await one.query(2, "TotalIssuance");
      bend.statement = (honest) => ({ ...honest, dispatchedNumber: 12, chainTimeMs: chainTimeMs - 1n });
      await expect(one.query(2, "TotalIssuance")).rejects.toMatchObject({ code: "client/went-back" });
    });

    it("client/went-back: across a stored session", async () => {
      const one = session(at(11));
      expect(one.session).toBe(undefined);
      await one.query(2, "TotalIssuance");
      const stored = JSON.parse(JSON.stringify(one.session)) as StoredSession;
      await session(at(11), stored).query(2, "TotalIssuance");
      await expect(session(at(10), stored).query(2, "TotalIssuance")).rejects.toMatchObject({
        code: "client/went-back",
      });
      const later = { ...stored, chainTimeMs: String(chainTimeMs + 1n) };
      await expect(session(at(11), later).query(2, "TotalIssuance")).rejects.toMatchObject({
        code: "client/went-back",
      });
    });

    it.each<[string, string, object]>([
      ["client/wrong-chain", "of another anchor", { anchor: "00".repeat(32) }],
      ["client/wrong-chain", "of another genesis", { genesisHash: "00".repeat(32) }],
      ["client/wrong-key", "of another key agreement key", { ecdhPublicKey: "04".repeat(65) }],
      ["json/missing-key", "without a block", { block: {} }],
      ["json/unknown-key", "with a field that it does not know", { more: 1 }],
    ])("%s: refuses a stored session %s", (code, _, different) => {
      expect(() => session(at(11), { ...storedAt(11), ...different })).toThrow(code);
    });
  });

  const bent: [code: string, bend: Bend][] = [
    ["client/bad-envelope", { raw: (raw) => ({ ...raw, body: utf8("<html>") }) }],
    ["client/bad-envelope", { raw: (raw) => ({ ...raw, body: Uint8Array.of(0xff) }) }],
    [
      "client/bad-signature",
      {
        raw: (raw) => ({
          ...raw,
          body: utf8(Buffer.from(raw.body).toString().replace("SealedReply", "SealedReplY")),
        }),
      },
    ],
    ["client/no-statement", { raw: (raw) => header(raw, "pruntime-statement", undefined) }],
    [
      "statement/bad-signature",
      { raw: (raw) => header(raw, "pruntime-statement-signature", "00".repeat(64)) },
    ],
    ["statement/bad-signature", { raw: (raw) => header(raw, "pruntime-statement-signature", undefined) }],
    ["statement/wrong-request", { statement: (honest) => ({ ...honest, requestHash: new Uint8Array(32) }) }],
    ["statement/wrong-reply", { statement: (honest) => ({ ...honest, replyHash: new Uint8Array(32) }) }],
    ["client/wrong-chain", { statement: (honest) => ({ ...honest, genesisHash: new Uint8Array(32) }) }],
    ["client/wrong-chain", { statement: (honest) => ({ ...honest, anchor: new Uint8Array(32) }) }],
    ["client/stale", { statement: (honest) => ({ ...honest, chainTimeMs: chainTimeMs - 59_001n }) }],
    ["client/stale", { statement: (honest) => ({ ...honest, chainTimeMs: 0n }) }],
    [
      "client/from-the-future",
      { statement: (honest) => ({ ...honest, chainTimeMs: chainTimeMs + 61_001n }) },
    ],
    ["client/other-rules", { statement: (honest) => ({ ...honest, rules: honest.rules + 1 }) }],
    [
      "client/runtime-unreadable",
      {
        statement: (honest) => ({
          ...honest,
          chainTimeMs: chainTimeMs - 59_001n,
          runtimeUnreadable: true,
        }),
      },
    ],
    ["channel/wrong-kind", { payload: () => '{"Plain":"{\\"answer\\":43}"}' }],
    [
      "client/refused",
      {
        raw: (raw) => ({
          ...raw,
          status: 429,
          body: utf8('{"code":"http/over-share","message":"slow down","status":"error"}'),
        }),
      },
    ],
  ];
  it.each(bent)("refuses: %s (%#)", async (code, bend) => {
    await expect(client(bend).query(2, "TotalIssuance")).rejects.toMatchObject({ code });
  });

  it("accepts an answer of exactly the maximum age", async () => {
    const bend: Bend = { statement: (honest) => ({ ...honest, chainTimeMs: chainTimeMs - 59_000n }) };
    expect((await client(bend).query(2, "TotalIssuance")).chainTimeMs).toBe(chainTimeMs - 59_000n);
  });
});

describe("status", () => {
  it.each<[string, Bend]>([
    ["client/stale", { statement: (honest) => ({ ...honest, chainTimeMs: chainTimeMs - 59_001n }) }],
    [
      "client/from-the-future",
      { statement: (honest) => ({ ...honest, chainTimeMs: chainTimeMs + 61_001n }) },
    ],
    ["client/wrong-chain", { statement: (honest) => ({ ...honest, anchor: new Uint8Array(32) }) }],
    ["client/no-statement", { raw: (raw) => header(raw, "pruntime-statement", undefined) }],
  ])("%s: is judged as answers are", async (code, bend) => {
    await expect(client(bend).status()).rejects.toMatchObject({ code });
  });

  it("refuses a worker that swaps its ECDH key", async () => {
    const swapped = client({ status: (honest) => ({ ...honest, ecdh_public_key: `04${"11".repeat(64)}` }) });
    await expect(swapped.status()).rejects.toMatchObject({ code: "client/wrong-key" });
  });

  it("refuses a payload that the action's output reader rejects", async () => {
    const odd = options({ status: (honest) => ({ ...honest, state_root: "00" }) });
    await expect(connectTrustingWhoeverAnswers(odd)).rejects.toMatchObject({
      detail: { code: "json/out-of-range", at: "/payload/state_root" },
    });
  });

  it("refuses a worker without a chain", async () => {
    const fresh = options({ status: (honest) => ({ ...honest, initialized: false }) });
    await expect(connectTrustingWhoeverAnswers(fresh)).rejects.toMatchObject({
      code: "client/not-initialized",
    });
  });
});

describe("connectTrustingWhoeverAnswers", () => {
  it("trusts the keys in the first answer if they signed it", async () => {
    expect((await connectTrustingWhoeverAnswers(options())).worker).toEqual(trusted);
    const foreign = options({ status: (honest) => ({ ...honest, public_key: `02${"11".repeat(32)}` }) });
    await expect(connectTrustingWhoeverAnswers(foreign)).rejects.toMatchObject({
      code: "client/bad-signature",
    });
  });
});

describe("sealCommand", () => {
  it.each(["plain", "v1", "v2"] as const)(
    "refuses a command of more bytes than a worker takes: %s",
    (kind) => {
      const sealed = (length: number) => client().sealCommand(sender, 2, "\u00e9".repeat(length), kind);
      const longest = (maxCommandBytes - 2) / 2;
      expect(() => sealed(longest)).not.toThrow();
      expect(() => sealed(longest + 1)).toThrow(
        expect.objectContaining({
          detail: { code: "client/command-too-large", bytes: maxCommandBytes + 2, limit: maxCommandBytes },
        }),
      );
    },
  );

  const sender = asker.account;
  it.each(["plain", "v1", "v2"] as const)("seals a command that the worker opens over %s", (kind) => {
    const payload = decodePayload(
      client().sealCommand(sender, 2, { Transfer: { dest: "aa", value: "1" } }, kind),
    );
    const text = openCommand(crypto, { genesisHash, keyPair }, { sender, contractId: 2 }, payload);
    expect(text).toBe('{"Transfer":{"dest":"aa","value":"1"}}');
  });

  it("binds a v2 command to its sender", () => {
    const payload = decodePayload(client().sealCommand(sender, 2, "x"));
    const other = { sender: new Uint8Array(32), contractId: 2 };
    expect(() => openCommand(crypto, { genesisHash, keyPair }, other, payload)).toThrow("channel/bad-tag");
  });
});

describe("push", () => {
  const account = { id: asker.account, query: asker };
  const chain = (genesis: Uint8Array, pushed: string[]) => ({
    genesisHash: genesis,
    push: async (_: unknown, __: number, payload: string) => {
      pushed.push(payload);
      return { blockHash: "0x", blockNumber: 1, extrinsicIndex: 1, txHash: "0x" };
    },
  });

  it("client/node-on-other-chain: puts nothing on another chain than the worker's", async () => {
    const [pushed, elsewhere]: [string[], Uint8Array] = [[], new Uint8Array(32).fill(9)];
    const command = { contractId: 2, json: "x" };
    await expect(client().push(chain(elsewhere, pushed), account, command).finalized).rejects.toMatchObject({
      detail: { code: "client/node-on-other-chain", node: toHex(elsewhere), worker: toHex(genesisHash) },
    });
    expect(pushed).toEqual([]);
    await client().push(chain(genesisHash, pushed), account, command).finalized;
    expect(pushed).toHaveLength(1);
  });
});
