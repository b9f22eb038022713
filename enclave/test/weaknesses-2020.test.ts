/**
 * Tries each weakness of the 2020 worker on a complete worker. The tests of single parts cover more cases.
 */
import { toBase64, toHex, utf8 } from "@pruntime/core/bytes";
import { encodePayload, plainQuery, sealCommandWithKey } from "@pruntime/core/channel";
import { portableCrypto } from "@pruntime/core/crypto";
import { canonicalJson, type Json } from "@pruntime/core/json";
import { describe, expect, it } from "vitest";
import { followed } from "../../trusted/runtime/test/support/devchain.ts";
import { extrinsic2020, pushCommand2020 } from "../../trusted/runtime/test/support/tiny-chain.ts";
import { keyPair, receipt, workerKey } from "../../trusted/runtime/test/support/worker.ts";
import { alice, bob, bodyInput, command, initialized, TinyChain, transfer } from "./support/chain.ts";
import { held, type Started, seededRandom, start } from "./support/enclave.ts";

const ask = ({ call }: Started, contract_id: number, request: Json, by?: typeof alice) => {
  const query_payload = encodePayload(plainQuery(canonicalJson({ contract_id, nonce: 1, request })).payload);
  const origin = by && {
    origin: toHex(by.id),
    sig_b64: toBase64(by.sign(utf8(query_payload))),
    sig_type: "sr25519",
  };
  const { payload } = call("query", { query_payload, origin: origin ?? null });
  return JSON.parse(payload.Plain) as unknown;
};
const bobs = (started: Started) => ask(started, 2, { FreeBalance: { account: toHex(bob.id) } }, bob);
const balance = (value: number) => ({ FreeBalance: { balance: String(value) } });

describe("integrity", () => {
  it("a forged command in a validly finalized block is not executed", () => {
    const chain = new TinyChain();
    chain.grow({ extrinsics: [transfer(1)] });
    const started = initialized(start(), chain);
    expect(
      started.call("sync_block", bodyInput(chain, 1, { extrinsics: [transfer(1), transfer(1000)] })).outcome,
    ).toBe("error");
    started.call("sync_block", bodyInput(chain, 1));
    expect(bobs(started)).toEqual(balance(1));
  });

  it("commands in block 0 are not executed, before or after init", () => {
    const chain = new TinyChain();
    chain.grow();
    const forged = bodyInput(chain, 0, {
      extrinsics: [transfer(1000)],
      justification: chain.justification(1),
    });
    const started = start();
    expect(started.call("sync_block", forged)).toMatchObject({
      status: 409,
      code: "runtime/not-initialized",
    });
    initialized(started, chain);
    expect(started.call("sync_block", forged)).toMatchObject({
      outcome: "error",
      code: "dispatch/genesis-block",
    });
    expect(bobs(started)).toEqual(balance(0));
  });

  it("after a lost reply or a loaded state, the counters agree and the next block is accepted", () => {
    const chain = new TinyChain();
    for (let i = 0; i < 4; i++) chain.grow({ extrinsics: [transfer(1)] });
    const started = initialized(start(), chain);
    started.call("sync_block", bodyInput(chain, 1));
    started.call("sync_block", bodyInput(chain, 1));
    const dump = started.call("dump_states").payload as object;
    started.call("load_states", dump);
    for (let i = 1; i < 5; i++) expect(started.call("sync_block", bodyInput(chain, i)).outcome).toBe("ok");
    expect(bobs(started)).toEqual(balance(4));
  });

  it("in events mode, a command whose extrinsic failed is not executed", async () => {
    const world = await followed(0, { maxPayload: 200 });
    const plain = (value: number, padding = "") => ({
      Plain: canonicalJson({ Transfer: { dest: toHex(bob.id), value: String(value) } }) + padding,
    });
    const failed = world.push(2, plain(1000, " ".repeat(200)));
    world.step();
    const good = world.push(2, plain(1));
    world.step();
    expect(receipt(world.runtime, good, alice)).toBe("Ok");
    expect(receipt(world.runtime, failed, alice)).not.toBe("Ok");
  });

  it("in events mode, a copied sealed command gets BadSecret, and the original gets Ok", async () => {
    const world = await followed();
    const address = { genesisHash: world.chain.genesisHash, publicKey: workerKey.publicKey };
    const text = canonicalJson({ Transfer: { dest: toHex(bob.id), value: "3" } });
    const sealed = sealCommandWithKey(
      portableCrypto,
      keyPair(9),
      address,
      { sender: alice.id, contractId: 2 },
      text,
    );
    const bytes = utf8(encodePayload(sealed));
    const key = world.push(2, bytes);
    world.step();
    world.push(2, bytes, bob);
    world.step();
    expect([receipt(world.runtime, key, alice), receipt(world.runtime, key, bob)]).toEqual([
      "Ok",
      "BadSecret",
    ]);
  });

  it("a forged state is not loaded: a dump must be sealed under the worker's key", () => {
    const chain = new TinyChain();
    const started = initialized(start(), chain);
    const before = held(started);
    const iv = utf8("twelve bytes");
    const keyOf2020 = utf8("24e3e78e1f15150cdbad02f3205f6dd0"); // a constant in the public source
    const published = portableCrypto.aes256Gcm(keyOf2020);
    const data = published.seal(iv, utf8('{"contract2":{}}'), new Uint8Array());
    expect(started.call("load_states", { data: toHex(data), nonce: toHex(iv) })).toMatchObject({
      code: "enclave/bad-seal",
    });
    expect(held(started)).toBe(before);
  });

  it("a query changes nothing, not even GetOrders", () => {
    const chain = new TinyChain();
    const listing = {
      List: {
        name: "a",
        category: "b",
        description: "c",
        price: { PerRow: { price: "1" } },
        dataset_link: "/ipfs/d",
        dataset_preview: "",
      },
    };
    chain.grow({
      extrinsics: [command(1, listing), command(1, { OpenOrder: { item_id: 0, query_link: "/ipfs/q" } })],
    });
    const started = initialized(start(), chain);
    started.call("sync_block", bodyInput(chain, 1));
    const before = held(started);
    for (let i = 0; i < 2; i++) expect(JSON.stringify(ask(started, 1, "GetOrders"))).toContain('"id":0');
    expect(held(started)).toBe(before);
  });
});

describe("availability", () => {
  it("an order for an unlisted item and an anonymous request for a receipt do not stop the worker", () => {
    const chain = new TinyChain();
    const order = command(1, { OpenOrder: { item_id: 7, query_link: "/ipfs/q" } });
    chain.grow({ extrinsics: [order, transfer(2)] });
    const started = initialized(start(), chain);
    started.call("sync_block", bodyInput(chain, 1));
    const request = { QueryReceipt: { tx_hash: toHex(portableCrypto.blake2b256(order)) } };
    expect(ask(started, 0, request, alice)).toMatchObject({
      QueryReceipt: { receipt: { status: "ItemIdNotFound" } },
    });
    expect(JSON.stringify(ask(started, 0, request))).toContain("Error");
    expect(ask(started, 1, "GetOrders")).toEqual({ GetOrders: { orders: [] } });
    expect(bobs(started)).toEqual(balance(2));
  });

  it("a restarted worker keeps its keys and executes its history again", () => {
    const chain = new TinyChain();
    const first = start();
    const { publicKey } = first.enclave.identity.keyPair;
    const address = { genesisHash: chain.at(0).hash, publicKey };
    const text = canonicalJson({ Transfer: { dest: toHex(bob.id), value: "3" } });
    const sealed = sealCommandWithKey(
      portableCrypto,
      keyPair(9),
      address,
      { sender: alice.id, contractId: 2 },
      text,
    );
    chain.grow({ extrinsics: [extrinsic2020(pushCommand2020(2, utf8(encodePayload(sealed))), alice.id)] });
    initialized(first, chain).call("sync_block", bodyInput(chain, 1));
    const again = start({ store: first.store, random: seededRandom(2) });
    again.call("sync_block", bodyInput(chain, 1));
    expect(bobs(again)).toEqual(balance(3));
    expect(held(again)).toBe(held(first));
  });
});
