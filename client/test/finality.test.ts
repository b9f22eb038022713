/** Follows finality against an honest node and a dishonest one. */

import { ed25519 } from "@noble/curves/ed25519.js";
import { connect } from "@pruntime/client";
import {
  followFinality,
  type HeaderSource,
  httpRpc,
  rpcFinalized,
  rpcHeaders,
} from "@pruntime/client/finality";
import { decodeBridgeInitInfo } from "@pruntime/core/bridge-2020";
import { fromBase64, toHex } from "@pruntime/core/bytes";
import { portableCrypto as crypto } from "@pruntime/core/crypto";
import type { ProtocolError } from "@pruntime/core/errors";
import { decodeAuthorityList } from "@pruntime/core/grandpa";
import type { Json } from "@pruntime/core/json";
import { type Recovery, recoveryHash, startFromGenesis } from "@pruntime/core/light-client";
import { grandpaAuthoritiesKey } from "@pruntime/core/storage-key";
import { afterEach, describe, expect, it } from "vitest";
import {
  bridgeInitInfo,
  createDevchain,
  type Devchain,
  faults,
  type Served,
  serveDevchain,
} from "../../host/devchain/src/index.ts";
import { anchor, chainTimeMs, fakeWorker, genesisHash, measurement } from "./fake-worker.ts";

let chain: Devchain | undefined;
let node: Served | undefined;

afterEach(async () => {
  await node?.close();
  chain?.close();
});

/** A chain with some blocks and authority changes, and its genesis, which the client trusts. */
async function served(blocks: number, rotateEvery = 4) {
  const opened = await createDevchain({ mode: { kind: "manual" }, rotateEvery });
  chain = opened;
  node = await serveDevchain(opened);
  for (let i = 0; i < blocks; i++) opened.produceBlock();
  const start = startFromGenesis(crypto, decodeBridgeInitInfo(fromBase64(bridgeInitInfo(opened))));
  const hashAt = (number: number): Uint8Array => opened.blockAt(number)?.hash ?? new Uint8Array();
  return { chain: opened, source: rpcHeaders(httpRpc(node.url)), start, genesis: opened.genesisHash, hashAt };
}

describe("rpcFinalized", () => {
  it("returns the node's finalized block, with the hash of the header that the node sent", async () => {
    const { chain, genesis, hashAt } = await served(3);
    const call = httpRpc(node?.url ?? "");
    const known = rpcFinalized(call);
    expect(await known(genesis)).toEqual({ number: 3, hash: hashAt(3) });
    chain.produceBlock();
    expect(await known(genesis)).toEqual({ number: 4, hash: hashAt(4) });
    const lying = rpcFinalized(async (method, params) =>
      method === "chain_getHeader"
        ? call(method, [`0x${toHex(hashAt(2))}`, ...params.slice(1)])
        : call(method, params),
    );
    expect(await lying(genesis)).toEqual({ number: 2, hash: hashAt(2) });
  });

  it("client/node-on-other-chain: a node of another chain than the worker's", async () => {
    const { genesis } = await served(3);
    const other = await createDevchain({ mode: { kind: "manual" }, genesisSeed: "other" });
    await expect(rpcFinalized(httpRpc(node?.url ?? ""))(other.genesisHash)).rejects.toMatchObject({
      detail: {
        code: "client/node-on-other-chain",
        node: toHex(genesis),
        worker: toHex(other.genesisHash),
      },
    });
    other.close();
  });

  it("names the finalized block, not the best block", async () => {
    chain = await createDevchain({ mode: { kind: "manual" }, finalityLag: 2 });
    node = await serveDevchain(chain);
    for (let i = 0; i < 5; i++) chain.produceBlock();
    const known = rpcFinalized(httpRpc(node.url));
    expect(await known(chain.genesisHash)).toEqual({ number: 3, hash: chain.blockAt(3)?.hash });
  });

  const hash = `0x${"00".repeat(32)}`;
  const header = {
    parentHash: hash,
    number: "0x7",
    stateRoot: hash,
    extrinsicsRoot: hash,
    digest: { logs: ["0x08"] },
  };
  it.each<[string, string, Json]>([
    ["accepted", "a header", header],
    ["accepted", "a header with its number as a number", { ...header, number: 7 }],
    ["json/wrong-type", "no header", null],
    ["json/missing-key", "a header without a field", { ...header, stateRoot: undefined } as never],
    ["json/out-of-range", "a number of more than 32 bits", { ...header, number: "0x100000007" }],
    ["json/out-of-range", "a number that is not hex", { ...header, number: "7" }],
    ["json/out-of-range", "a hash of the wrong length", { ...header, parentHash: "0x00" }],
    ["codec/bad-tag", "a digest item of unknown kind", { ...header, digest: { logs: ["0x63"] } }],
    ["codec/trailing", "a digest item with more bytes", { ...header, digest: { logs: ["0x0800"] } }],
    ["codec/trailing", "two digest items as one", { ...header, digest: { logs: ["0x0808", "0x"] } }],
  ])("%s: a node that sends %s", async (code, _, sent) => {
    const known = rpcFinalized(async (method) => (method === "chain_getHeader" ? sent : hash));
    const said = known(new Uint8Array(32)).then(
      ({ number }) => (number === 7 ? "accepted" : number),
      (error: ProtocolError) => error.code,
    );
    expect(await said).toBe(code);
  });
});

describe("followFinality", () => {
  it("confirms proven blocks across authority changes, in any order, while the chain grows", async () => {
    const { chain, source, start, genesis, hashAt } = await served(10);
    const confirm = followFinality(start, source);
    await Promise.all([9, 3, 10, 0].map((number) => confirm(genesis, { number, hash: hashAt(number) })));
    chain.produceBlock();
    await confirm(genesis, { number: 11, hash: hashAt(11) });
  });

  it("goes on past a forced change by a signed checkpoint alone", async () => {
    const { chain, source, start, genesis, hashAt } = await served(0, 0);
    for (let number = 1; number <= 6; number++) {
      if (number === 3) chain.rotateAuthorities({ forced: true });
      chain.produceBlock();
    }
    const claim = { number: 6, hash: hashAt(6) };
    await expect(followFinality(start, source)(genesis, claim)).rejects.toMatchObject({
      code: "finality/forced-change",
    });
    const block = chain.blockAt(4)!;
    const list = chain.stateOf(block).get(grandpaAuthoritiesKey(crypto))!;
    const recovery: Recovery = {
      anchor,
      replacedSetId: 0n,
      checkpoint: {
        genesisHash: genesis,
        encodedHeader: block.encodedHeader,
        authorities: { setId: 1n, authorities: decodeAuthorityList(list) },
        pending: [],
      },
    };
    const secret = new Uint8Array(32).fill(1);
    const key = ed25519.getPublicKey(secret);
    const signature = ed25519.sign(recoveryHash(crypto, recovery), secret);
    const signed = { ...recovery, signatures: [{ key, signature }] };
    const recoveries = { anchor, keys: { threshold: 1, keys: [key] }, recoveries: [signed] };
    const confirm = followFinality(start, source, crypto, recoveries);
    await confirm(genesis, claim);
    await confirm(genesis, { number: 3, hash: hashAt(3) });

    const forged = { ...signed, signatures: [{ key, signature: signature.with(0, signature[0]! ^ 1) }] };
    await expect(
      followFinality(start, source, crypto, { ...recoveries, recoveries: [forged] })(genesis, claim),
    ).rejects.toMatchObject({ code: "recovery/bad-signature" });
    const other = { ...signed, replacedSetId: 5n };
    await expect(
      followFinality(start, source, crypto, { ...recoveries, recoveries: [other] })(genesis, claim),
    ).rejects.toMatchObject({ code: "finality/forced-change" });
  });

  it("refuses a block that is not the chain's", async () => {
    const { source, start, genesis, hashAt } = await served(6);
    const claim = { number: 5, hash: hashAt(4) };
    await expect(followFinality(start, source)(genesis, claim)).rejects.toMatchObject({
      code: "client/not-final",
      detail: { number: 5, have: toHex(hashAt(4)), want: toHex(hashAt(5)) },
    });
  });

  it("refuses claims about another chain", async () => {
    const { source, start, hashAt } = await served(2);
    const confirm = followFinality(start, source);
    await expect(confirm(genesisHash, { number: 1, hash: hashAt(1) })).rejects.toMatchObject({
      code: "client/wrong-chain",
    });
  });

  it("reports blocks that no node proves, and blocks before its start, as unknown", async () => {
    const { source, start, genesis, hashAt } = await served(2);
    const confirm = followFinality(start, source);
    await expect(confirm(genesis, { number: 3, hash: hashAt(2) })).rejects.toMatchObject({
      code: "client/node-refused",
    });
    await confirm(genesis, { number: 2, hash: hashAt(2) });
    const later = { ...start, finalized: { ...start.finalized, number: 5 } };
    await expect(
      followFinality(later, source)(genesis, { number: 4, hash: hashAt(2) }),
    ).rejects.toMatchObject({
      code: "client/finality-unknown",
    });
  });

  it("gives up on a source without new headers", async () => {
    const { source, start, genesis, hashAt } = await served(4);
    const batch = await source.after(0);
    const stuck: HeaderSource = { after: () => Promise.resolve(batch) };
    const claim = { number: 9, hash: hashAt(4) };
    await expect(followFinality(start, stuck)(genesis, claim)).rejects.toMatchObject({
      code: "client/finality-unknown",
    });
  });

  it("refuses forged votes and still accepts an honest node's headers afterwards", async () => {
    const { chain, source, start, genesis, hashAt } = await served(3);
    const confirm = followFinality(start, source);
    chain.setFault("forged", faults.wrongSetId());
    const claim = { number: 2, hash: hashAt(2) };
    await expect(confirm(genesis, claim)).rejects.toMatchObject({ code: "finality/bad-signature" });
    chain.clearFaults();
    await confirm(genesis, claim);
  });
});

describe("a client that follows finality itself", () => {
  const policy = { version: 1, simulated: { measurements: [toHex(measurement)] } };
  const now = () => Number(chainTimeMs) + 1000;

  it("checks that the worker's final block is final", async () => {
    const claims: unknown[] = [];
    const finality = async (genesis: Uint8Array, claim: object) => void claims.push([genesis, claim]);
    await (await connect(fakeWorker(), { policy, anchor, now, finality })).query(2, "TotalIssuance");
    expect(claims).toEqual([[genesisHash, { number: 12, hash: new Uint8Array(32) }]]);
  });

  it("refuses an answer as of a block that is not final", async () => {
    const finality = () => Promise.reject(new Error("not final"));
    const client = await connect(fakeWorker(), { policy, anchor, now, finality });
    await expect(client.query(2, "TotalIssuance")).rejects.toThrow("not final");
  });
});

describe("httpRpc", () => {
  it("reports the node that refuses, and its error", async () => {
    const { genesis } = await served(0);
    const url = node?.url ?? "";
    await expect(httpRpc(url)("chain_getBlockHash", [0])).resolves.toBe(`0x${toHex(genesis)}`);
    await expect(httpRpc(url)("no_such", [])).rejects.toMatchObject({
      code: "client/node-refused",
      detail: { method: "no_such" },
    });
    await expect(httpRpc("http://127.0.0.1:1")("x", [])).rejects.toMatchObject({
      code: "client/node-unreachable",
    });
  });
});
