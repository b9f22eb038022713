/**
 * Measures commands and queries of the executor. There are two kinds of peers. The first kind does the same
 * work on a hundredth of the state, because the size of the state must not matter. The second kind runs only
 * the primitives that a command needs.
 */
import { toHex, utf8 } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import { canonicalJson, type Json } from "@pruntime/core/json";
import { createNativeCrypto } from "@pruntime/crypto-native";
import { type Batch, builtInContracts, Executor } from "@pruntime/executor";
import { compare, type Row } from "./harness.ts";

export const name = "executor";

const [few, many] = [1_000, 100_000];
const perBlock = 100;
const sender = accountOf(0);

export async function run(): Promise<Row[]> {
  const crypto = await createNativeCrypto({ addons: true });
  const [small, large] = [filled(crypto, few), filled(crypto, many)];
  const [one, hundred] = [block(small, 1), block(small, perBlock)];
  const [oneLarge, hundredLarge] = [block(large, 1), block(large, perBlock)];
  const primitives = floor(crypto);
  const balance = requestOf({ FreeBalance: { account: toHex(sender) } });
  const receipt = requestOf({ QueryReceipt: { tx_hash: toHex(hashOf(5)) } });
  const [orders, metadata] = [requestOf("GetOrders"), requestOf("Metadata")];
  const [now, then] = [`${many} entries`, `${few} entries`];
  return [
    await compare(
      `block of ${perBlock} transfers, ${then}`,
      hundred,
      primitives,
      `peer: parse, 6 HMAC each, without a trie`,
    ),
    await compare(`block of ${perBlock} transfers, ${now}`, hundredLarge, hundred, `peer: ${then}`),
    await compare(`block of 1 transfer, ${now}`, oneLarge, one, `peer: ${then}`),
    await compare(
      `answer a balance in bytes, ${now}`,
      () => large.query(sender, 2, balance),
      () => small.query(sender, 2, balance),
      `peer: ${then}`,
    ),
    await compare(
      `answer a receipt in bytes, ${now}`,
      () => large.query(sender, 0, receipt),
      () => small.query(sender, 0, receipt),
      `peer: ${then}`,
    ),
    await compare(
      `answer the newest orders in bytes, ${now}`,
      () => large.query(undefined, 1, orders),
      () => small.query(undefined, 1, orders),
      `peer: ${then}; a page is ${few} orders in both`,
    ),
    await compare(
      `answer all assets' metadata in bytes, ${now}`,
      () => large.query(undefined, 3, metadata),
      () => small.query(undefined, 3, metadata),
      `peer: ${then}`,
    ),
  ];
}

/** Returns an executor whose state has `count` receipts, accounts, orders and assets. */
function filled(crypto: Crypto, count: number): Executor {
  const executor = new Executor({
    crypto,
    stateKey: new Uint8Array(32),
    ...builtInContracts({ kind: "development" }),
  });
  const batch = executor.begin();
  const details = {
    name: "n",
    category: "c",
    description: "d",
    price: { PerRow: { price: "1" } },
    dataset_link: "/d",
    dataset_preview: "p",
  };
  execute(batch, count, 1, { List: details });
  for (let i = 0; i < count; i++) {
    execute(batch, i, 2, transfer(i, 1));
    execute(batch, i, 1, { OpenOrder: { item_id: 0, query_link: `/q${i}` } });
    execute(batch, i, 3, { Issue: { symbol: `S${i}`, total: "1" } });
  }
  batch.endBlock(1);
  batch.commit();
  return executor;
}

/** Returns a task that executes and commits a block of transfers to existing accounts. */
function block(executor: Executor, transfers: number): () => unknown {
  let at = 0;
  let number = 1;
  return () => {
    const batch = executor.begin();
    number++;
    for (let i = 0; i < transfers; i++) execute(batch, at, 2, transfer((at++ * 7) % few, 1), number);
    const root = batch.endBlock(number);
    batch.commit();
    return root;
  };
}

function execute(batch: Batch, id: number, contractId: number, json: Json, number = 1): void {
  const block = { number, timeMs: 0n };
  batch.execute({ block, index: 0, sender, contractId, txHash: hashOf(id), input: requestOf(json) });
}

/** Returns the bytes of a command or a request. */
function requestOf(json: Json): Uint8Array {
  return utf8(canonicalJson(json));
}

/**
 * Returns the work that any executor must do for `perBlock` transfers: parse their text, and commit three
 * entries with two HMACs each.
 */
function floor(crypto: Crypto): () => unknown {
  const key = new Uint8Array(32);
  const texts = Array.from({ length: perBlock }, (_, i) => canonicalJson(transfer(i, 1)));
  const path = utf8(`2/account/${toHex(sender)}`);
  return () => {
    let last: unknown;
    for (const text of texts) {
      last = JSON.parse(text);
      for (let i = 0; i < 6; i++) last = crypto.hmacSha256(key, path);
    }
    return last;
  };
}

function transfer(to: number, value: number): Json {
  return { Transfer: { dest: toHex(accountOf(to)), value: String(value) } };
}

function accountOf(i: number): Uint8Array {
  if (i === 0)
    return Uint8Array.from(
      Buffer.from("d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d", "hex"),
    );
  return hashOf(i);
}

function hashOf(i: number): Uint8Array {
  const hash = new Uint8Array(32);
  new DataView(hash.buffer).setUint32(0, i);
  return hash;
}
