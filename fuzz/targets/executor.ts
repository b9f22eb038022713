import { concat, toHex, utf8 } from "@pruntime/core/bytes";
import type { Json } from "@pruntime/core/json";
import { complete } from "@pruntime/core/work";
import { createNativeCrypto } from "@pruntime/crypto-native";
import { builtInContracts, Executor, readFile, storingFile } from "@pruntime/executor";
import { Broken, chosen, type Target, verdict } from "../target.ts";
import { jsonWords } from "./json.ts";

const crypto = await createNativeCrypto();
const [alice, bob] = [new Uint8Array(32).fill(0xa1), new Uint8Array(32).fill(0xb0)];
const hex = { alice: toHex(alice), bob: toHex(bob) };

const commands: Readonly<Record<number, readonly Json[]>> = {
  1: [
    {
      List: {
        name: "n",
        category: "c",
        description: "d",
        price: { PerRow: { price: "100" } },
        dataset_link: "a.csv",
        dataset_preview: "p",
      },
    },
    { OpenOrder: { item_id: 0, query_link: "q.csv" } },
  ],
  2: [{ Transfer: { dest: hex.bob, value: "1" } }],
  3: [
    { Issue: { symbol: "TST", total: "1000" } },
    { Transfer: { id: 0, dest: hex.bob, value: "3" } },
    { Destroy: { id: 0 } },
  ],
};
const queries: Readonly<Record<number, readonly Json[]>> = {
  0: [{ QueryReceipt: { tx_hash: toHex(new Uint8Array(32).fill(1)) } }],
  1: ["GetItems", "GetOrders", { GetItems: null }],
  2: ["TotalIssuance", { FreeBalance: { account: hex.alice } }],
  3: ["Metadata", { Balance: { id: 0, account: hex.alice } }, { TotalSupply: { id: 0 } }, "ListAssets"],
};

/** Makes a new executor and its data area. */
function fresh() {
  const { data, ...builtIn } = builtInContracts({ kind: "development" });
  return { executor: new Executor({ crypto, stateKey: new Uint8Array(32).fill(7), ...builtIn }), data };
}

/** Makes an executor whose state is not empty. */
function used(): Executor {
  const { executor } = fresh();
  const batch = executor.begin();
  let index = 0;
  for (const [id, list] of Object.entries(commands))
    for (const json of list)
      batch.execute({ ...context(Number(id), index++), input: utf8(JSON.stringify(json)) });
  batch.endBlock(1);
  batch.commit();
  return executor;
}

function context(contractId: number, index: number) {
  return {
    block: { number: 1, timeMs: 0n },
    index,
    sender: alice,
    contractId,
    txHash: new Uint8Array(32).fill(index),
  };
}

/** All entries of the committed state, as a dump has them. */
function encodeState(executor: Executor): Uint8Array {
  return concat(...complete(executor.snapshotWork()).parts());
}

/** Replaces the state by these entries, in one part. */
function loadState(executor: Executor, entries: Uint8Array): void {
  const loading = executor.beginLoad();
  complete(loading.add(entries));
  complete(complete(executor.replacing(loading)).apply);
}

const start = encodeState(used());
const other = fresh().executor;
loadState(other, start);

/**
 * The first byte chooses whether the rest is a command, a query, a state or a file. Every command, query and
 * file is tried on the same state.
 */
export const target: Target = {
  words: [
    ...jsonWords,
    ...Object.values({ ...commands, ...queries }).flatMap((list) => list.map((json) => JSON.stringify(json))),
    hex.alice,
    hex.bob,
  ],
  run: (input) =>
    chosen(input, [
      (rest) => {
        const [contractId = 0, ...text] = rest;
        const executor = other;
        const before = executor.stateRoot;
        const batch = executor.begin();
        const execution = batch.execute({
          ...context(contractId % 5, 99),
          input: Uint8Array.from(text),
        });
        const root = batch.endBlock(1);
        if (executor.stateRoot.join() !== before.join())
          throw new Broken("a batch that is not committed changed the state");
        return [execution, root];
      },
      ([contractId = 0, ...text]) => {
        const request = Uint8Array.from(text);
        return [alice, undefined].map((origin) =>
          verdict(() => other.query(origin, contractId % 5, request)),
        );
      },
      (rest) => {
        const { executor } = fresh();
        loadState(executor, rest);
        if (encodeState(executor).join() !== rest.join())
          throw new Broken("an accepted state has another encoding");
        return executor.stateRoot;
      },
      (rest) => {
        const { executor, data } = fresh();
        loadState(executor, start);
        for (const path of ["a.csv", "q.csv"])
          complete(complete(storingFile(executor, data, { path, bytes: rest, seal: undefined })));
        return ["a.csv", "q.csv", "/order/0"].map((path) => complete(readFile(executor, data, path)));
      },
    ]),
  genuine: () => {
    const texts = (choice: number, all: Readonly<Record<number, readonly Json[]>>) =>
      Object.entries(all).flatMap(([id, list]) =>
        list.map((json, i) => [
          `${choice === 0 ? "command" : "query"}-${id}-${i}`,
          Uint8Array.of(choice, Number(id), ...utf8(JSON.stringify(json))),
        ]),
      );
    return {
      ...(Object.fromEntries([...texts(0, commands), ...texts(1, queries)]) as Record<string, Uint8Array>),
      state: Uint8Array.of(2, ...start),
      csv: Uint8Array.of(3, ...utf8('id,name\n1,"a ""b"""\n2,c\n')),
    };
  },
};
