import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeBridgeInitInfo } from "@pruntime/core/bridge-2020";
import { fromBase64, to0x } from "@pruntime/core/bytes";
import { encodeHeader } from "@pruntime/core/chain";
import { portableCrypto as crypto } from "@pruntime/core/crypto";
import { startFromGenesis, toFinalized, verifyHeaders } from "@pruntime/core/light-client";
import { paraHeadKey, verifyParaHeaders } from "@pruntime/core/parachain";
import { systemEventsKey } from "@pruntime/core/storage-key";
import { openStateProof } from "@pruntime/core/trie";
import {
  bridgeInitInfo,
  createDevchain,
  createParaPair,
  type Devchain,
  type ParaPair,
  type ParaPairOptions,
  serveDevchain,
} from "@pruntime/devchain";
import { describe, expect, it, onTestFinished } from "vitest";
import { connect } from "./rpc/connect.ts";
import { eventNames } from "./support/chain.ts";
import { pushCommand, signed } from "./support/extrinsic.ts";
import { signer } from "./support/keys.ts";

const manual = { mode: { kind: "manual" } } as const;

async function open(options: ParaPairOptions = {}): Promise<ParaPair> {
  const pair = await createParaPair({
    ...options,
    relay: { ...manual, ...options.relay },
    para: { ...manual, ...options.para },
  });
  onTestFinished(() => pair.close());
  return pair;
}

function headAt(pair: ParaPair, number: number): Uint8Array | undefined {
  return pair.relay.stateOf(pair.relay.blockAt(number)!).get(paraHeadKey(crypto, pair.paraId))?.slice(2);
}

describe("a relay chain", () => {
  it("has the parachain's head in its state from genesis on, and updates it in each block", async () => {
    const pair = await open();
    for (const count of [1, 3, 0, 2]) pair.produce(count);
    const heads = [0, 1, 2, 3, 4].map((number) => headAt(pair, number));
    expect(heads).toEqual([0, 1, 4, 4, 6].map((number) => pair.para.blockAt(number)!.encodedHeader));
    expect(pair.relay.blockAt(3)!.heads).toEqual([]);
  });

  it("finalizes a parachain block when the relay block with its head becomes final", async () => {
    const pair = await open({ relay: { finalityLag: 1 } });
    pair.produce(2);
    expect(pair.para.finalized().header.number).toBe(0);
    pair.produce(3);
    expect(pair.para.finalized().header.number).toBe(2);
    pair.produce(0);
    expect(pair.para.finalized().header.number).toBe(5);
  });

  it("decides between branches of the parachain", async () => {
    const { para, relay, paraId, produce } = await open();
    produce(1);
    const [one, two] = [para.best(), para.produceBlock()];
    const side = para.produceBlock(one);
    relay.setParaHead(paraId, side.encodedHeader);
    relay.produceBlock();
    expect([para.finalized(), para.best()]).toEqual([side, side]);
    expect(() => para.produceBlock(two)).toThrow("devchain/abandoned-branch");
  });

  it("may store bytes other than a header as the head", async () => {
    const { para, relay, paraId, produce } = await open();
    relay.setParaHead(paraId, Uint8Array.of(1, 2, 3));
    relay.produceBlock();
    expect(para.finalized().header.number).toBe(0);
    produce(1);
    expect(para.finalized().header.number).toBe(1);
  });

  it("writes the head again on a branch whose state does not have it", async () => {
    const pair = await open({ relay: { finalityLag: Number.POSITIVE_INFINITY } });
    const one = pair.produce(1);
    const side = pair.relay.produceBlock(pair.relay.genesis);
    for (const block of [one, side])
      expect(block.heads.map(({ head }) => head)).toEqual([pair.para.best().encodedHeader]);
  });
});

it("a light client follows the pair with proofs only, up to events of the parachain", async () => {
  const { para, relay, paraId, produce } = await open({ relay: { rotateEvery: 2 } });
  const alice = signer("Alice");
  let client = startFromGenesis(crypto, decodeBridgeInitInfo(fromBase64(bridgeInitInfo(relay))));
  let trusted = toFinalized(para.genesis);
  for (const count of [1, 2, 3]) {
    para.submit(signed(para, alice, pushCommand(1, new Uint8Array(3))));
    const block = produce(count);
    const { justification } = relay.proveFinality(block.header.number)!;
    client = verifyHeaders(crypto, client, { headers: [block.encodedHeader], justification }).next;
    const headers = Array.from(
      { length: count },
      (_, i) => para.blockAt(trusted.number + 1 + i)!.encodedHeader,
    );
    const proof = relay.readProof(block, [paraHeadKey(crypto, paraId)]);
    const trust = { relayStateRoot: client.finalized.stateRoot, paraId, finalized: trusted };
    const fresh = [...verifyParaHeaders(crypto, trust, { headers, proof })];
    expect(fresh).toHaveLength(count);
    const first = para.blockOf(fresh[0]!.hash)!;
    const key = systemEventsKey(crypto);
    const state = openStateProof(crypto.blake2b256, fresh[0]!.stateRoot, para.readProof(first, [key]));
    expect(state.read(key)).toEqual(para.stateOf(first).get(key));
    expect(eventNames(para, first)).toContain("Execution.CommandPushed");
    trusted = fresh.at(-1)!;
  }
});

describe("a parachain", () => {
  it("has no GRANDPA pallet, API, justifications or RPC methods", async () => {
    const { para, relay, produce } = await open();
    produce(2);
    expect(para.justificationOf(para.blockAt(1)!)).toBeUndefined();
    expect(() => para.proveFinality(1)).toThrow("devchain/not-covered");
    expect(() => para.callRuntime(para.best(), "GrandpaApi_current_set_id", new Uint8Array())).toThrow(
      "devchain/unknown-runtime-api",
    );
    const metadata = (chain: Devchain): string => Buffer.from(chain.metadata(14)).toString("latin1");
    expect([metadata(para).includes("Grandpa"), metadata(relay).includes("Grandpa")]).toEqual([false, true]);
    expect([metadata(para).includes("ParachainId"), metadata(relay).includes("Paras")]).toEqual([true, true]);
    const served = await serveDevchain(para);
    onTestFinished(served.close);
    const rpc = await connect(served.url);
    onTestFinished(() => rpc.close());
    expect(await rpc.ask("grandpa_proveFinality", 1)).toMatchObject({ error: { code: -32601 } });
    expect(await rpc.call("chain_getFinalizedHead")).toBe(to0x(para.blockAt(2)!.hash));
    expect(await rpc.call("chain_getBlock", to0x(para.blockAt(1)!.hash))).toMatchObject({
      justifications: null,
    });
  });

  it("has genuine headers and states", async () => {
    const { para, relay, produce } = await open({ para: { stateWindow: 4 }, relay: { stateWindow: 4 } });
    for (let i = 0; i < 6; i++) produce(2);
    for (const chain of [para, relay])
      for (let number = 0; number <= chain.best().header.number; number++) {
        const block = chain.blockAt(number)!;
        expect(crypto.blake2b256(encodeHeader(block.header))).toEqual(block.hash);
        expect(chain.stateOf(block).root).toEqual(block.header.stateRoot);
      }
  });
});

it("instant pairs finalize a transaction by themselves", async () => {
  const pair = await createParaPair();
  onTestFinished(() => pair.close());
  pair.para.submit(signed(pair.para, signer("Alice"), pushCommand(1, new Uint8Array())));
  await expect.poll(() => pair.para.finalized().header.number).toBe(1);
  expect(pair.relay.finalized().header.number).toBe(1);
});

it("pairs are restored from their logs", async () => {
  const root = mkdtempSync(join(tmpdir(), "devchain-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const options = { para: { dataDir: join(root, "para") }, relay: { dataDir: join(root, "relay") } };
  const before = await open(options);
  for (const count of [1, 2, 0]) before.produce(count);
  const [relayHash, paraHash] = [before.relay.best().hash, before.para.finalized().hash];
  before.close();
  const after = await open(options);
  expect([after.relay.best().hash, after.para.finalized().hash]).toEqual([relayHash, paraHash]);
  after.produce(1);
  expect(after.para.finalized().header.number).toBe(4);
});

it("a solo chain stores no heads", async () => {
  const chain = await createDevchain(manual);
  onTestFinished(() => chain.close());
  expect(() => chain.setParaHead(1, new Uint8Array())).toThrow(TypeError);
});
