/** Several addresses of one worker: replicas, which got the worker's keys in a handover. */
import { ed25519 } from "@noble/curves/ed25519.js";
import { getStatus, setData } from "@pruntime/api";
import {
  ClientError,
  type ClientErrorDetail,
  type ConnectOptions,
  connect,
  keyPairSigner,
  type RawReply,
  type ReplyReceipt,
  type Transport,
} from "@pruntime/client";
import { accountOf } from "@pruntime/client/chain";
import { readReplyReceipt, verifyReplyReceipt } from "@pruntime/client/reply-receipt";
import { fromHex, toHex, utf8 } from "@pruntime/core/bytes";
import { answerText, decodePayload, openCommand, refusalText } from "@pruntime/core/channel";
import { portableCrypto as crypto } from "@pruntime/core/crypto";
import { canonicalJson, type JsonObject, parseJson } from "@pruntime/core/json";
import { describe, expect, it } from "vitest";
import {
  anchor,
  type Bend,
  chainTimeMs,
  fakeWorker,
  genesisHash,
  keyPair,
  measurement,
  shownEvidence,
} from "./fake-worker.ts";

const options: ConnectOptions = {
  policy: { version: 1, simulated: { measurements: [toHex(measurement)] } },
  anchor,
  now: () => Number(chainTimeMs) + 1000,
};
const secret = new Uint8Array(32).fill(5);
const other = new Uint8Array(32).fill(0x0e);

let replicasMade = 0;

/** The two keys that a replica does not get in a handover: its identity key and its query key. */
function ownKeys(): Required<Pick<Bend, "identity" | "queryPair">> {
  const seed = new Uint8Array(32).fill(0x10 + replicasMade++);
  const queryPair = crypto.p256.keyPair(seed)!;
  return { identity: crypto.secp256k1.signer(seed)!, queryPair: () => queryPair };
}

/** A replica with keys of its own, the names of the calls that it got, and whether it can be reached now. */
class Address {
  readonly calls: string[] = [];
  reachable = true;
  readonly identity: Uint8Array;
  readonly transport: Transport;

  constructor(bend: Bend = {}) {
    const own = { ...ownKeys(), ...bend };
    const worker = fakeWorker(own);
    this.identity = own.identity.publicKey;
    this.transport = async (action, body) => {
      this.calls.push(action.name);
      if (!this.reachable) throw new ClientError({ code: "client/unreachable", url: "" });
      return worker(action, body);
    };
  }

  get queries(): number {
    return this.calls.filter((name) => name === "query").length;
  }
}

/** A worker that refuses this many queries with a code, and then answers. */
function refusing(code: string, times = Number.POSITIVE_INFINITY): Address {
  let left = times;
  return new Address({ outcome: () => (left-- > 0 ? refusalText({ code }) : answerText("42")) });
}

/**
 * A worker that answers each query once, like a real one. The host withholds the first answer.
 * @param code with which the host refuses the query in its place. Default: the connection breaks
 */
function losesFirstReply(code?: string): Address {
  const seen = new Set<string>();
  let lost = false;
  const lose = (): RawReply => {
    if (code === undefined) throw new ClientError({ code: "client/unreachable", url: "" });
    const body = utf8(canonicalJson({ code, message: "", status: "error" }));
    return { status: 409, body, header: () => undefined };
  };
  const address: Address = new Address({
    outcome: ({ nonce }) => {
      if (seen.has(toHex(nonce))) return refusalText({ code: "query/replayed" });
      seen.add(toHex(nonce));
      return answerText("42");
    },
    raw: (honest) => {
      if (lost || address.queries === 0) return honest;
      lost = true;
      return lose();
    },
  });
  return address;
}

/** Verifies a reply receipt, and returns the identity key that signed the reply. */
function verified(receipt: ReplyReceipt): Uint8Array {
  const read = readReplyReceipt(parseJson(canonicalJson(receipt)));
  return verifyReplyReceipt(crypto, { atMs: Number(chainTimeMs) + 1000 }, read).worker.publicKey;
}

/** A worker whose evidence differs from the one that a replica has. */
function withEvidence(different: Omit<Parameters<typeof shownEvidence>[0], "nonce">): Address {
  const own = ownKeys();
  const evidence = ({ nonce }: JsonObject) =>
    shownEvidence({ nonce: fromHex(nonce as string), ...own, ...different });
  return new Address({ ...own, evidence });
}

async function connected(addresses: readonly Address[], more: Partial<ConnectOptions> = {}) {
  const slept: number[] = [];
  const sleep = async (ms: number) => void slept.push(ms);
  const transports = addresses.map(({ transport }) => transport);
  return { client: await connect(transports, { ...options, sleep, ...more }), slept };
}

const asked = [2, "TotalIssuance"] as const;

describe("a client of several replicas", () => {
  it("query/ahead: asks another replica at once, and stays with the one that answered", async () => {
    const [behind, live] = [refusing("query/ahead"), new Address()];
    const { client, slept } = await connected([behind, live]);
    expect((await client.query(...asked)).value).toMatchObject({ answer: 42 });
    await client.query(...asked);
    expect([behind.queries, live.queries, slept]).toEqual([1, 2, []]);
    expect(live.calls[0]).toBe("get_evidence");
  });

  it("query/over-share: asks another replica, and waits for the shorter time if both refuse", async () => {
    let left = 2;
    const over = (retryMs: number) =>
      new Address({
        outcome: () => (left-- > 0 ? refusalText({ code: "query/over-share", retryMs }) : answerText("42")),
      });
    const { client, slept } = await connected([over(500), over(300)]);
    expect((await client.query(...asked)).value).toBe(42);
    expect(slept).toEqual([300]);
  });

  it("query/ahead: waits if all replicas are behind, and signs once for each", async () => {
    const signatures: Uint8Array[] = [];
    const signer = keyPairSigner("ed25519", ed25519.getPublicKey(secret), (message) => {
      signatures.push(message);
      return ed25519.sign(message, secret);
    });
    const behind = [refusing("query/ahead", 3), refusing("query/ahead", 2)];
    const { client, slept } = await connected(behind);
    expect((await client.query(...asked, { signer })).value).toBe(42);
    expect([slept, signatures.length]).toEqual([[6000, 6000], 2]);
    const never = await connected([refusing("query/ahead"), refusing("query/ahead")]);
    await expect(never.client.query(...asked)).rejects.toMatchObject({
      detail: { code: "client/no-worker", reasons: ["query/ahead", "query/ahead"] },
    });
    expect(never.slept).toEqual([6000, 6000, 6000]);
  });

  it("client/unreachable: asks another replica, by v2, v1 and plain queries", async () => {
    const [gone, live] = [new Address(), new Address()];
    const { client } = await connected([gone, live]);
    expect(live.calls).toEqual([]);
    gone.reachable = false;
    for (const kind of ["v2", "v1", "plain"] as const) {
      const { value } = await client.query(...asked, { kind });
      expect(value).toMatchObject({ answer: 42 });
    }
    live.reachable = false;
    await expect(client.query(...asked)).rejects.toMatchObject({
      detail: { code: "client/no-worker", reasons: ["client/unreachable", "client/unreachable"] },
    });
    gone.reachable = true;
    expect((await client.query(...asked)).value).toMatchObject({ answer: 42 });
  });

  it("accepts what each replica signs with the identity key of its own evidence", async () => {
    const [first, second] = [new Address(), new Address()];
    const { client } = await connected([first, second]);
    expect(client.worker.publicKey).toEqual(first.identity);
    first.reachable = false;
    await client.query(...asked);
    expect(client.worker.publicKey).toEqual(second.identity);
    expect(await client.status()).toMatchObject({ public_key: toHex(second.identity) });
    expect(second.identity).not.toEqual(first.identity);
  });

  it("client/bad-signature: takes no reply of one replica at the address of another", async () => {
    const [first, one, two] = [new Address(), new Address(), new Address()];
    const mixed: Transport = (action, body) =>
      (action.name === "get_evidence" ? one : two).transport(action, body);
    const client = await connect([first.transport, mixed], { ...options, sleep: async () => {} });
    first.reachable = false;
    await expect(client.query(...asked, { kind: "plain" })).rejects.toMatchObject({
      detail: { reasons: ["client/unreachable", "client/bad-signature"] },
    });
  });

  it("goes on with a replica at the same address, and gives no receipt of earlier replies", async () => {
    let now = Number(chainTimeMs);
    const [source, receiver] = [new Address(), new Address()];
    let moved = source;
    const short = { ...(options.policy as object), maxAgeSec: 1 };
    const transport: Transport = (action, body) => moved.transport(action, body);
    const client = await connect(transport, { ...options, now: () => now, policy: short });
    const before = await client.query(...asked);
    moved = receiver;
    now += 1001;
    const after = await client.query(...asked);
    expect(client.worker.publicKey).toEqual(receiver.identity);
    verified(client.replyReceipt(after));
    expect(() => client.replyReceipt(before)).toThrow(expect.objectContaining({ code: "client/no-receipt" }));
  });

  it("makes the receipt of an answer with the evidence of the replica that signed the answer", async () => {
    const [first, second, third] = [new Address(), new Address(), new Address()];
    const { client } = await connected([first, third, second]);
    const early = await client.query(...asked);
    first.reachable = false;
    third.reachable = false;
    const late = await client.query(...asked);
    expect(verified(client.replyReceipt(early))).toEqual(first.identity);
    expect(verified(client.replyReceipt(late))).toEqual(second.identity);
    expect(verified(client.replyReceipt())).toEqual(second.identity);
  });

  it("goes on with the stored session of a replica that is gone", async () => {
    const { client } = await connected([new Address()]);
    await client.query(...asked);
    const { session } = client;
    if (session === undefined) throw new Error("the client has an answer");
    expect(Object.keys(session).sort()).toEqual([
      "anchor",
      "block",
      "chainTimeMs",
      "ecdhPublicKey",
      "genesisHash",
    ]);
    const later = await connected([new Address()], { session });
    expect((await later.client.query(...asked)).knownBlock).toMatchObject({ number: 11, from: "reply" });
  });

  it("seals a query again if the reply to the first was lost", async () => {
    const [lossy, behind] = [losesFirstReply(), refusing("query/ahead")];
    const { client, slept } = await connected([lossy, behind]);
    expect((await client.query(...asked)).value).toBe(42);
    expect([lossy.queries, behind.queries, slept]).toEqual([2, 1, [6000]]);
  });

  it("seals a query again after a refusal that anyone could have made", async () => {
    const [forged, behind] = [losesFirstReply("query/ahead"), refusing("query/ahead")];
    const { client } = await connected([forged, behind]);
    expect((await client.query(...asked)).value).toBe(42);
  });

  it("connects to the first that it can verify", async () => {
    const [gone, live] = [new Address(), new Address()];
    gone.reachable = false;
    const { client } = await connected([withEvidence({ code: other }), gone, live]);
    await client.query(...asked);
    expect(live.queries).toBe(1);
    await expect(connected([gone, gone])).rejects.toMatchObject({ code: "client/no-worker" });
    await expect(connected([])).rejects.toMatchObject({ code: "client/no-worker" });
    await expect(connected([gone])).rejects.toMatchObject({ code: "client/unreachable" });
  });

  it("runtime/below-mark: goes to another replica without a wait", async () => {
    const raw: Bend["raw"] = (honest) => ({
      ...honest,
      status: 503,
      body: utf8('{"code":"runtime/below-mark","message":"","status":"error"}'),
      header: (name) => (name === "pruntime-code" ? "runtime/below-mark" : undefined),
    });
    const [restarted, live] = [new Address({ raw }), new Address()];
    const { client, slept } = await connected([restarted, live]);
    await client.query(...asked);
    expect([restarted.calls, slept]).toEqual([["get_evidence"], []]);
    await expect(connected([restarted, restarted])).rejects.toMatchObject({
      detail: { reasons: ["runtime/below-mark", "runtime/below-mark"] },
    });
    expect(restarted.calls).toHaveLength(9);
    const single = new Address({ raw });
    await expect(connected([single], { restartWaitMs: 0 })).rejects.toMatchObject({ code: "client/refused" });
    expect(single.calls).toHaveLength(1);
  });

  it.each([
    ["client/wrong-key", "has another key agreement key", { key: crypto.p256.keyPair(other)!.publicKey }],
    ["client/policy-refused", "runs code that the policy does not accept", { code: other }],
    ["client/wrong-chain", "has another anchor", { start: other }],
  ] as const)("%s: asks nothing of a worker that %s", async (code, _, different) => {
    const stranger = withEvidence(different);
    const { client } = await connected([refusing("query/ahead"), stranger]);
    await expect(client.query(...asked)).rejects.toMatchObject({
      detail: { code: "client/no-worker", reasons: ["query/ahead", code] },
    });
    expect(new Set(stranger.calls)).toEqual(new Set(["get_evidence"]));
    const payload = decodePayload(client.sealCommand(other, 2, "x"));
    expect(openCommand(crypto, { genesisHash, keyPair }, { sender: other, contractId: 2 }, payload)).toBe(
      '"x"',
    );
  });

  it.each([
    ["client/forked", "query/unknown-block"],
    ["client/refused", "query/too-many"],
  ])("%s: a sealed refusal stands, so no other replica is asked (%s)", async (code, reason) => {
    const second = new Address();
    const { client } = await connected([refusing(reason), second]);
    await expect(client.query(...asked)).rejects.toMatchObject({ code });
    expect(second.calls).toEqual([]);
  });

  it("client/cannot-sign: asks the signer once", async () => {
    let prompts = 0;
    const signer = keyPairSigner("ed25519", ed25519.getPublicKey(secret), () => {
      prompts++;
      throw new ClientError({ code: "client/cannot-sign", why: "no" });
    });
    const { client } = await connected([new Address(), new Address()]);
    await expect(client.query(...asked, { signer })).rejects.toMatchObject({ code: "client/cannot-sign" });
    expect(prompts).toBe(1);
  });

  it.each<ClientErrorDetail>([
    { code: "client/node-on-other-chain", node: "", worker: "" },
    { code: "client/node-unreachable", url: "" },
    { code: "client/node-refused", method: "", reason: "" },
    { code: "client/node-answer-too-large", method: "", limit: 0 },
    { code: "client/finality-unknown", number: 0 },
    { code: "client/not-final", number: 0, have: "", want: "" },
  ])("$code: tries no other replica if its own node or check of finality fails", async (detail) => {
    const second = new Address();
    const finality = () => Promise.reject(new ClientError(detail));
    const { client } = await connected([new Address(), second], { finality });
    await expect(client.query(...asked)).rejects.toMatchObject({ code: detail.code });
    expect(second.calls).toEqual([]);
  });

  it("client/went-back: takes no answer of a replica as of an earlier block", async () => {
    const lower: Bend = { statement: (honest) => ({ ...honest, dispatchedNumber: 10 }) };
    const [first, second] = [new Address(), new Address(lower)];
    const { client } = await connected([first, second]);
    await client.query(...asked);
    first.reachable = false;
    await expect(client.query(...asked, { kind: "plain" })).rejects.toMatchObject({
      detail: { reasons: ["client/unreachable", "client/went-back"] },
    });
  });

  it("challenges another replica if the first cannot renew its evidence", async () => {
    let now = Number(chainTimeMs);
    const [gone, live] = [new Address(), new Address()];
    const short = { ...(options.policy as object), maxAgeSec: 1 };
    const { client } = await connected([gone, live], { now: () => now, policy: short });
    gone.reachable = false;
    now += 1001;
    const place = { blockHash: "0x", blockNumber: 1, extrinsicIndex: 1, txHash: "0x" };
    const chain = { genesisHash, push: async () => place };
    await client.push(chain, accountOf("//Alice"), { contractId: 2, json: "x" }).finalized;
    expect(live.calls).toEqual(["get_evidence"]);
  });

  it("asks another replica for the status and for any public action, but not for an operator's", async () => {
    const [one, two] = [new Address(), new Address()];
    const { client } = await connected([one, two]);
    one.reachable = false;
    expect(await client.status()).toMatchObject({ public_key: toHex(two.identity) });
    expect(one.calls).toEqual(["get_evidence", "get_status"]);
    [one.reachable, two.reachable] = [true, false];
    const { value } = await client.call(getStatus, {});
    expect(value).toMatchObject({ public_key: toHex(one.identity) });
    [one.reachable, two.reachable] = [false, true];
    const calls = two.calls.length;
    await expect(client.call(setData, { path: "/a", data: "" })).rejects.toMatchObject({
      code: "client/unreachable",
    });
    expect(two.calls).toHaveLength(calls);
  });
});
