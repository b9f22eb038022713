/**
 * Tests that code which the chain has revoked gets no keys from a worker, and plants no keys in one, although
 * the host holds the worker at a block before the revocation. The chain and the workers are real processes.
 * The test is the host, and it is the revoked code: it signs simulated evidence of that code itself.
 */
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type GetStatus,
  handoverAccept,
  handoverBegin,
  handoverComplete,
  handoverOffer,
  handoverRelease,
  initRuntime,
  type JudgedJson,
  syncHeader,
} from "@pruntime/api";
import { accountOf, ChainClient } from "@pruntime/client/chain";
import {
  evidenceHash,
  evidenceToJson,
  type HandoverNonces,
  type HandoverSide,
  handoverCommitment,
  makeSimulated,
  readEndorsedEvidence,
  reportData,
} from "@pruntime/core/attestation";
import { encodeHeaderToSync } from "@pruntime/core/bridge-2020";
import { from0x, fromHex, toBase64, toHex } from "@pruntime/core/bytes";
import { rulesNumber } from "@pruntime/core/version";
import { createNativeCrypto } from "@pruntime/crypto-native";
import {
  connectNode,
  fetchInitInput,
  type NodeConnection,
  RelayError,
  RemoteWorker,
  SubstrateNode,
} from "@pruntime/relay";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { committedBlock } from "../../cli/src/worker/committed-block.ts";
import { websocketClass } from "../../cli/src/worker/connect.ts";
import { operatorOf } from "../../cli/src/worker/operator-address.ts";
import { transcriptHash } from "../../trusted/runtime/src/handover/transcript.ts";
import { type Part, run, testStack } from "./processes.ts";

const { folder, started } = testStack("revoked-code");
const crypto = await createNativeCrypto();
const alice = accountOf("//Alice");

/** The code that the chain revokes, and keys of which it tells the world. */
const leaky: Uint8Array = new Uint8Array(32).fill(0x66);
const secret = new Uint8Array(32).fill(0x11);
const [signer, keyPair] = [crypto.secp256k1.signer(secret)!, crypto.p256.keyPair(secret)!];

let url = "";
let connection: NodeConnection;
let node: SubstrateNode;
let chain: ChainClient;

/** A worker process, at its operator's address. */
interface Held {
  readonly part: Part;
  readonly worker: RemoteWorker;
}

/** Starts a worker process from the files in a folder. */
async function start(name: string): Promise<Held> {
  const dataDir = join(folder, name);
  const part = await started("worker", "--port", "0", "--no-saved-state", "--data-dir", dataDir);
  return { part, worker: new RemoteWorker(operatorOf({ dataDir })) };
}

/** Brings a worker to a block, and no further. */
async function bring({ worker }: Held, from: number, to: number): Promise<GetStatus> {
  const { justification } = await node.blockAt(to);
  const headers = (await node.headersAt(from, to)).map(({ number, encoded: encodedHeader }) =>
    encodeHeaderToSync({ encodedHeader, justification: number === to ? justification : undefined }),
  );
  await worker.call(syncHeader, { headers_b64: headers.map(toBase64), authority_set_change_b64: null });
  return worker.status();
}

async function setPolicy(...measurements: readonly string[]): Promise<void> {
  const file = policyFile(...measurements);
  expect((await run("set-policy", file, "--node", url)).exitCode).toBe(0);
}

function policyFile(...measurements: readonly string[]): string {
  const file = join(folder, "policy");
  writeFileSync(file, JSON.stringify({ version: 1, simulated: { measurements } }));
  return file;
}

/** Returns "ok", or the code with which a worker refuses a call. */
async function outcomeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return "ok";
  } catch (error) {
    if (error instanceof RelayError && error.detail.code === "relay/worker-refused")
      return error.detail.reason;
    throw error;
  }
}

/** What the revoked code shows to the other side of a handover. */
function shownByLeaky(
  { anchor, genesis_hash }: GetStatus,
  purpose: "handover-source" | "handover-receiver",
  nonces: HandoverNonces,
): JudgedJson["other"] {
  const keys = { publicKey: signer.publicKey, ecdhPublicKey: keyPair.publicKey };
  const bound = {
    purpose,
    ...keys,
    lineage: [],
    genesisHash: fromHex(genesis_hash),
    anchor: fromHex(anchor),
    nonce: transcriptHash(crypto, nonces),
  };
  return {
    public_key: toHex(keys.publicKey),
    ecdh_public_key: toHex(keys.ecdhPublicKey),
    lineage: [],
    rules: rulesNumber,
    evidence: evidenceToJson(makeSimulated(crypto, leaky, reportData(crypto, bound))),
  };
}

type Shown = Omit<JudgedJson["other"], "evidence"> & { readonly evidence: JudgedJson["other"]["evidence"] };

const sideOf = ({ public_key, ecdh_public_key, evidence }: Shown): HandoverSide => ({
  publicKey: fromHex(public_key),
  ecdhPublicKey: fromHex(ecdh_public_key),
  evidenceHash: evidenceHash(crypto, readEndorsedEvidence(evidence, "")),
});

/** Puts the commitment of a handover on the chain, and returns the final block that contains it. */
async function committed(nonces: HandoverNonces, giver: HandoverSide, taker: HandoverSide) {
  const commitment = handoverCommitment(crypto, nonces, giver, taker);
  const hash = from0x((await chain.remark(alice, commitment)).blockHash);
  const { number } = await node.headerOf(hash);
  return { number, block: await committedBlock(node, hash, commitment) };
}

/** The revoked code asks a worker for its keys. Returns the block of the commitment, and the last step. */
async function askForKeys({ worker }: Held) {
  const challenge = new Uint8Array(32).fill(1);
  const { nonce, ...offer } = await worker.call(handoverOffer, { challenge: toHex(challenge) });
  const nonces = { challenge, nonce: fromHex(nonce) };
  const other = shownByLeaky(await worker.status(), "handover-receiver", nonces);
  const own = sideOf(offer);
  const { number, block } = await committed(nonces, own, sideOf(other));
  const input = {
    challenge: toHex(challenge),
    nonce,
    block,
    other,
    own_evidence_hash: toHex(own.evidenceHash),
  };
  return { number, release: () => outcomeOf(worker.call(handoverRelease, input)) };
}

/** The revoked code brings keys to a worker. Returns the block of the commitment, and the last step. */
async function bringKeys({ worker }: Held) {
  const { challenge } = await worker.call(handoverBegin, {});
  const nonce = new Uint8Array(32).fill(2);
  const nonces = { challenge: fromHex(challenge), nonce };
  const other = shownByLeaky(await worker.status(), "handover-source", nonces);
  const own = sideOf(await worker.call(handoverAccept, { nonce: toHex(nonce) }));
  const { number, block } = await committed(nonces, sideOf(other), own);
  const input = { sealed_b64: "AAAA", block, other, own_evidence_hash: toHex(own.evidenceHash) };
  return { number, complete: () => outcomeOf(worker.call(handoverComplete, input)) };
}

let measurement = "";
const held = 3;

beforeAll(async () => {
  measurement = (await (await start("measured")).worker.status()).measurement;
  const policy = ["--registry-policy", policyFile(measurement, toHex(leaky))];
  const blocks = ["--block-ms", "0", "--rotate-every", "0"];
  const part = await started(
    "chain",
    "--port",
    "0",
    "--data-dir",
    join(folder, "chain"),
    ...blocks,
    ...policy,
  );
  url = part.ready["chain"]!;
  connection = await connectNode(url);
  node = new SubstrateNode(connection, crypto);
  chain = await ChainClient.connect(url, { websocketClass });
  await connection.request("dev_newBlock", held);
}, 60_000);

afterAll(() => {
  chain?.close();
  connection?.close();
});

describe("code that the chain has revoked", () => {
  it("gets no keys from a worker that is restarted and held at a block before that", {
    timeout: 240_000,
  }, async () => {
    const first = await start("latest");
    await first.worker.call(initRuntime, await fetchInitInput(node, { meaning: "proven" }));
    await bring(first, 1, held);
    const { ecdh_public_key } = await first.worker.status();
    await first.part.end();
    cpSync(join(folder, "latest"), join(folder, "old"), { recursive: true });

    const again = await start("latest");
    await bring(again, 1, held);
    await setPolicy(measurement);
    await bring(again, held + 1, await node.finalizedNumber());
    await again.part.end();
    const latest = await start("latest");
    await bring(latest, 1, held);
    expect(await outcomeOf(latest.worker.call(handoverOffer, { challenge: "00".repeat(32) }))).toBe(
      "runtime/below-mark",
    );

    const old = await start("old");
    expect(await bring(old, 1, held)).toMatchObject({ ecdh_public_key, below_mark: false });
    const { number, release } = await askForKeys(old);
    expect(await release()).toBe("handover/not-final");
    await bring(old, held + 1, number);
    expect(await release()).toBe("handover/not-accepted");

    await setPolicy(measurement, toHex(leaky));
    const allowed = await askForKeys(old);
    await bring(old, number + 1, allowed.number);
    expect(await allowed.release()).toBe("ok");
  });

  it("plants no keys in a new worker that is held at a block before that", { timeout: 240_000 }, async () => {
    await setPolicy(measurement, toHex(leaky));
    const from = await node.finalizedNumber();
    const fresh = await start("fresh");
    await fresh.worker.call(initRuntime, await fetchInitInput(node, { meaning: "proven" }));
    const { ecdh_public_key } = await bring(fresh, 1, from);
    await setPolicy(measurement);
    const { number, complete } = await bringKeys(fresh);
    expect(await complete()).toBe("handover/not-final");
    await bring(fresh, from + 1, number);
    expect(await complete()).toBe("handover/not-accepted");
    expect(await fresh.worker.status()).toMatchObject({ ecdh_public_key });
  });
});
