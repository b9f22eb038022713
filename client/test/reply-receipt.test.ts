/** Tests what `client.replyReceipt()` writes, and that altered reply receipts are refused. */
import {
  connect,
  connectTrustingWhoeverAnswers,
  type ReplyReceipt,
  type WorkerClient,
} from "@pruntime/client";
import {
  type ReplyReceiptDemands,
  readReplyReceipt,
  trustPolicy,
  verifyReplyReceipt,
} from "@pruntime/client/reply-receipt";
import type { Lineage } from "@pruntime/core/attestation";
import { fromHex, toHex } from "@pruntime/core/bytes";
import { portableCrypto as crypto } from "@pruntime/core/crypto";
import { canonicalJson, type Json, type JsonObject, parseJson } from "@pruntime/core/json";
import { decodeStatement, signStatement } from "@pruntime/core/statement";
import { describe, expect, it } from "vitest";
import {
  anchor,
  chainTimeMs,
  fakeWorker,
  genesisHash,
  keyPair,
  measurement,
  past,
  shownEvidence,
  signer,
} from "./fake-worker.ts";

const policy = { version: 1, simulated: { measurements: [toHex(measurement)] } };
const atMs = Number(chainTimeMs) + 1000;
const other = new Uint8Array(32).fill(0x0e);
let drawn = 0;
const options = {
  transport: fakeWorker(),
  crypto,
  random: (length: number) => crypto.sha512(Uint8Array.of(drawn++)).slice(0, length),
  freshness: { now: () => atMs, maxAgeMs: 60_000 },
};

const connected = (): Promise<WorkerClient> => connect(fakeWorker(), { policy, anchor, now: () => atMs });

async function receipt(): Promise<ReplyReceipt> {
  const client = await connected();
  await client.query(2, "TotalIssuance", { kind: "plain" });
  return client.replyReceipt();
}

/** A receipt of a worker whose keys other code held before. */
async function receiptOver(lineage: Lineage): Promise<ReplyReceipt> {
  const evidence = (honest: JsonObject) =>
    shownEvidence({ nonce: fromHex(String(honest["nonce"])), lineage });
  const any = { ...policy, lineage: null };
  const client = await connect(fakeWorker({ evidence }), { policy: any, anchor, now: () => atMs });
  await client.query(2, "TotalIssuance", { kind: "plain" });
  return client.replyReceipt();
}

const verify = (given: Json, demands: Partial<ReplyReceiptDemands> = {}) =>
  verifyReplyReceipt(crypto, { atMs, ...demands }, readReplyReceipt(parseJson(canonicalJson(given))));
const knownBlock = (number: number) => ({ from: "reply", hash: "00".repeat(32), number });
const reply = (given: ReplyReceipt) => given["reply"] as JsonObject;

describe("a reply receipt", () => {
  it("proves which worker answered, and as of which block and time", async () => {
    const given = await receipt();
    const { worker, authentic, verdict, statement } = verify(given, {
      policy: trustPolicy(crypto, policy),
      anchor,
    });
    expect(worker).toEqual({
      publicKey: signer.publicKey,
      ecdhPublicKey: keyPair.publicKey,
      genesisHash,
      anchor,
    });
    expect([authentic.kind, verdict, statement.chainTimeMs]).toEqual([
      "simulated",
      { accepted: true, reasons: [] },
      chainTimeMs,
    ]);
    expect([given["request"], reply(given)["payload"]]).toEqual([
      expect.stringContaining("TotalIssuance"),
      expect.stringContaining("42"),
    ]);
  });

  it("shows the block that a v2 query named, and how the asker knew it", async () => {
    const client = await connected();
    const shown = async () => verify(client.replyReceipt()).knownBlock;
    await client.query(2, "TotalIssuance");
    expect(await shown()).toEqual({ from: "anchor", number: 0, hash: genesisHash });
    await client.query(2, "TotalIssuance");
    expect(await shown()).toEqual({ from: "reply", number: 11, hash: new Uint8Array(32) });
    await client.query(2, "TotalIssuance", { kind: "plain" });
    expect(await shown()).toBe(undefined);
  });

  it("contains the requested answer or, by default, the latest one", async () => {
    const client = await connected();
    const first = await client.query(2, "TotalIssuance");
    const second = await client.query(2, "TotalIssuance");
    const request = (given: ReplyReceipt) => given["request"];
    expect(request(client.replyReceipt())).toBe(request(client.replyReceipt(second)));
    expect(request(client.replyReceipt(first))).not.toBe(request(client.replyReceipt(second)));
    verify(client.replyReceipt(first));
  });

  it("cannot be made before evidence is verified and a request is answered", async () => {
    const code = expect.objectContaining({ code: "client/no-receipt" });
    const trusting = await connectTrustingWhoeverAnswers(options);
    await trusting.query(2, "TotalIssuance");
    expect(() => trusting.replyReceipt()).toThrow(code);
    const fresh = await connected();
    expect(() => fresh.replyReceipt()).toThrow(code);
  });

  it("contains the lineage, to which its evidence is bound, and which a policy judges", async () => {
    const policy = trustPolicy(crypto, { version: 1, lineage: null, simulated: { measurements: null } });
    const given = await receiptOver([past]);
    expect(verify(given, { policy })).toMatchObject({ lineage: [past], verdict: { accepted: true } });
    const strict = trustPolicy(crypto, { version: 1, simulated: { measurements: [toHex(measurement)] } });
    expect(verify(given, { policy: strict }).verdict).toMatchObject({
      accepted: false,
      reasons: [{ rule: "lineage" }],
    });
    expect(() => verify({ ...given, lineage: [] })).toThrow("binding/wrong-report-data");
    expect(() => verify({ ...given, operator: "00".repeat(32) })).toThrow("binding/wrong-report-data");
  });

  it("is authentic without a policy, and refused by a policy that names other code", async () => {
    const given = await receipt();
    expect(verify(given).verdict).toBeUndefined();
    const strict = trustPolicy(crypto, { version: 1, simulated: { measurements: [toHex(other)] } });
    expect(verify(given, { policy: strict }).verdict).toMatchObject({
      accepted: false,
      reasons: [{ rule: "measurement" }],
    });
    const hardware = trustPolicy(crypto, { version: 1 });
    expect(() => verify(given, { policy: hardware })).toThrow("evidence/kind-not-trusted");
  });

  /** A receipt whose statement has one field changed and is signed again by the worker. */
  function bent(given: ReplyReceipt, change: object): JsonObject {
    const honest = decodeStatement(Uint8Array.from(Buffer.from(reply(given)["statement"] as string, "hex")));
    const { bytes, signature } = signStatement(crypto, signer, { ...honest, ...change });
    return {
      ...given,
      reply: { ...reply(given), statement: toHex(bytes), statement_signature: toHex(signature) },
    };
  }

  const tampered: [
    code: string,
    change: (given: ReplyReceipt) => Json,
    demands?: Partial<ReplyReceiptDemands>,
  ][] = [
    ["receipt/unknown-version", (given) => ({ ...given, version: 1 })],
    ["json/unknown-key", (given) => ({ ...given, note: "" })],
    ["json/missing-key", ({ nonce: _, ...rest }) => rest],
    ["json/unknown-variant", (given) => ({ ...given, action: "wish" })],
    ["json/out-of-range", (given) => ({ ...given, reply: { ...reply(given), statement: "00" } })],
    ["binding/wrong-report-data", (given) => ({ ...given, nonce: toHex(other) })],
    [
      "binding/wrong-report-data",
      (given) => ({ ...given, worker: { ...(given["worker"] as JsonObject), genesis_hash: toHex(other) } }),
    ],
    [
      "binding/wrong-report-data",
      (given) => ({
        ...given,
        evidence: shownEvidence({ nonce: other, key: keyPair.publicKey })["evidence"] as Json,
      }),
    ],
    [
      "client/bad-signature",
      (given) => ({ ...given, reply: { ...reply(given), payload: '{"Plain":"43"}' } }),
    ],
    ["statement/wrong-request", (given) => ({ ...given, request: '{"input":{}}' })],
    ["statement/wrong-request", (given) => ({ ...given, action: "get" })],
    [
      "statement/bad-signature",
      (given) => ({ ...given, reply: { ...reply(given), statement_signature: "00".repeat(64) } }),
    ],
    ["statement/wrong-reply", (given) => bent(given, { replyHash: other })],
    ["receipt/wrong-chain", (given) => bent(given, { genesisHash: other })],
    ["receipt/wrong-chain", (given) => bent(given, { anchor: other })],
    ["receipt/wrong-block", (given) => ({ ...given, known_block: knownBlock(12) })],
    [
      "receipt/wrong-block",
      (given) => ({ ...given, known_block: { ...knownBlock(11), hash: toHex(other) } }),
    ],
    ["receipt/wrong-anchor", (given) => given, { anchor: other }],
    ["receipt/from-the-future", (given) => given, { atMs: Number(chainTimeMs) - 60_001 }],
  ];
  it.each(tampered)("is refused: %s (%#)", async (code, change, demands = {}) => {
    const given = await receipt();
    expect(() => verify(change(given), demands)).toThrow(expect.objectContaining({ code }));
  });
});
