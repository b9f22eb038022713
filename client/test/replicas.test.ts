/** Several addresses of one worker: replicas, which got the worker's keys in a handover. */
import { ed25519 } from "@noble/curves/ed25519.js";
import {
  ClientError,
  type ClientErrorDetail,
  type ConnectOptions,
  connect,
  keyPairSigner,
  type Transport,
} from "@pruntime/client";
import { fromHex, toHex, utf8 } from "@pruntime/core/bytes";
import { answerText, decodePayload, openCommand, refusalText } from "@pruntime/core/channel";
import { portableCrypto as crypto } from "@pruntime/core/crypto";
import type { JsonObject } from "@pruntime/core/json";
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

/** A worker, the names of the calls that it got, and whether it can be reached now. */
class Address {
  readonly calls: string[] = [];
  reachable = true;
  readonly transport: Transport;

  constructor(bend: Bend = {}) {
    const worker = fakeWorker(bend);
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

/** A worker whose evidence differs from the one that a replica has. */
function withEvidence(different: Omit<Parameters<typeof shownEvidence>[0], "nonce">): Address {
  const evidence = ({ nonce }: JsonObject) =>
    shownEvidence({ nonce: fromHex(nonce as string), ...different });
  return new Address({ evidence });
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
    ["client/wrong-key", "has other keys", { key: crypto.p256.keyPair(other)!.publicKey }],
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
    const chain = { push: async (_: unknown, __: number, payload: string) => payload };
    const account = { id: other };
    await client.push(chain, account, { contractId: 2, json: "x" });
    expect(live.calls).toEqual(["get_evidence"]);
  });
});
