/**
 * Tests the answers, errors and limits that the specification lists for `chainHead_v1`.
 * @see https://paritytech.github.io/json-rpc-interface-spec/api/chainHead.html
 */
import { to0x } from "@pruntime/core/bytes";
import { portableCrypto as crypto } from "@pruntime/core/crypto";
import { storagePrefix } from "@pruntime/core/storage-key";
import { describe, expect, it } from "vitest";
import { type Bench, serve } from "./bench.ts";
import type { Connected, RpcAnswer } from "./connect.ts";

const accounts = to0x(storagePrefix(crypto, "System", "Account"));
const many = [{ key: accounts, type: "descendantsHashes" }];
const unknown = `0x${"12".repeat(32)}`;

/**
 * More accounts than one event of a storage operation can hold. An operation that lists them waits until the
 * client calls `chainHead_v1_continue`.
 */
const endowed = Array.from(
  { length: 300 },
  (_, i) => [crypto.blake2b256(Uint8Array.of(i, i >> 8)), 1_000_000_000_000n] as const,
);

interface Scene extends Bench {
  /** A subscription with runtimes. */
  readonly withRuntime: string;
  /** A subscription without runtimes. */
  readonly plain: string;
  /** A subscription that its client has ended. */
  readonly over: string;
  readonly genesis: string;
  readonly blocks: readonly string[];
}

async function scene(): Promise<Scene> {
  const bench = await serve({ mode: { kind: "manual" }, endowed });
  const blocks = [bench.chain.produceBlock(), bench.chain.produceBlock()].map(({ hash }) => to0x(hash));
  const follow = (runtime: boolean): Promise<string> => bench.rpc.call("chainHead_v1_follow", runtime);
  const [withRuntime, plain, over] = [await follow(true), await follow(false), await follow(true)];
  await bench.rpc.call("chainHead_v1_unfollow", over);
  return { ...bench, withRuntime, plain, over, genesis: to0x(bench.chain.genesisHash), blocks };
}

type Params = readonly unknown[];
type Call = readonly [method: string, ...params: Params];

/** Sends the calls in one message. */
async function batch(rpc: Connected, calls: readonly Call[]): Promise<readonly RpcAnswer[]> {
  const requests = calls.map(([method, ...params], id) => ({
    jsonrpc: "2.0",
    id,
    method: `chainHead_v1_${method}`,
    params,
  }));
  return (await rpc.raw(JSON.stringify(requests))) as readonly RpcAnswer[];
}

type Row = readonly [what: string, method: string, params: (scene: Scene) => Params, answer: object];

const error = (code: number): object => ({ error: { code } });
const result = (value: unknown): object => ({ result: value });
const started = { result: "started", operationId: expect.any(String) };
const limitReached = result({ result: "limitReached" });
const version = ["Core_version", "0x"] as const;

const rows: readonly Row[] = [
  ["a flag that is not a boolean", "follow", () => ["yes"], error(-32602)],
  ["no flag", "follow", () => [], error(-32602)],

  ["a pinned block", "header", (s) => [s.plain, s.genesis], result(expect.stringMatching(/^0x/))],
  ["a block never reported", "header", (s) => [s.plain, unknown], error(-32801)],
  ["an unknown subscription", "header", (s) => ["x", s.genesis], result(null)],
  ["an ended subscription", "header", (s) => [s.over, s.genesis], result(null)],
  ["a malformed hash", "header", (s) => [s.plain, "0x12"], error(-32602)],
  ["a malformed hash, and an unknown subscription", "header", () => ["x", "0x12"], error(-32602)],
  ["no hash", "header", (s) => [s.plain], error(-32602)],

  ["a pinned block", "body", (s) => [s.plain, s.genesis], result(started)],
  ["a block never reported", "body", (s) => [s.plain, unknown], error(-32801)],
  ["an unknown subscription", "body", (s) => ["x", s.genesis], limitReached],
  ["an ended subscription", "body", (s) => [s.over, s.genesis], limitReached],
  ["a malformed hash", "body", (s) => [s.plain, 7], error(-32602)],

  ["a subscription with runtimes", "call", (s) => [s.withRuntime, s.genesis, ...version], result(started)],
  ["a subscription without runtimes", "call", (s) => [s.plain, s.genesis, ...version], error(-32802)],
  ["a block never reported", "call", (s) => [s.withRuntime, unknown, ...version], error(-32801)],
  ["an unknown subscription", "call", (s) => ["x", s.genesis, ...version], limitReached],
  ["an ended subscription", "call", (s) => [s.over, s.genesis, ...version], limitReached],
  ["no arguments", "call", (s) => [s.withRuntime, s.genesis, "Core_version"], error(-32602)],
  ["arguments that are not hex", "call", (s) => [s.withRuntime, s.genesis, "X_y", "zz"], error(-32602)],

  [
    "a pinned block, with the number of discarded items",
    "storage",
    (s) => [s.plain, s.genesis, [{ key: accounts, type: "hash" }], null],
    result({ ...started, discardedItems: 0 }),
  ],
  ["a block never reported", "storage", (s) => [s.plain, unknown, [], null], error(-32801)],
  ["an unknown subscription", "storage", (s) => ["x", s.genesis, [], null], limitReached],
  ["an ended subscription", "storage", (s) => [s.over, s.genesis, [], null], limitReached],
  ["items that are not an array", "storage", (s) => [s.plain, s.genesis, {}, null], error(-32602)],
  [
    "an unknown type of item",
    "storage",
    (s) => [s.plain, s.genesis, [{ key: accounts, type: "size" }], null],
    error(-32602),
  ],
  [
    "a key that is not hex",
    "storage",
    (s) => [s.plain, s.genesis, [{ key: "x", type: "value" }], null],
    error(-32602),
  ],

  ["one pinned block", "unpin", (s) => [s.plain, s.blocks[0]], result(null)],
  ["several pinned blocks", "unpin", (s) => [s.plain, s.blocks], result(null)],
  ["no block", "unpin", (s) => [s.plain, []], result(null)],
  ["a block never reported", "unpin", (s) => [s.plain, unknown], error(-32801)],
  ["one hash twice", "unpin", (s) => [s.plain, [s.genesis, s.genesis]], error(-32804)],
  ["one unknown hash twice", "unpin", (s) => [s.plain, [unknown, unknown]], error(-32804)],
  ["an unknown subscription", "unpin", (s) => ["x", s.genesis], result(null)],
  ["one hash twice, and an unknown subscription", "unpin", () => ["x", [unknown, unknown]], result(null)],
  ["an ended subscription", "unpin", (s) => [s.over, s.genesis], result(null)],
  ["a malformed hash", "unpin", (s) => [s.plain, ["0x12"]], error(-32602)],

  ["an unknown operation", "continue", (s) => [s.plain, "17"], result(null)],
  ["an unknown subscription", "continue", () => ["x", "17"], result(null)],
  ["an ended subscription", "continue", (s) => [s.over, "17"], result(null)],
  ["no operation", "continue", (s) => [s.plain], error(-32602)],
  ["no operation, and an unknown subscription", "continue", () => ["x"], error(-32602)],

  ["an unknown operation", "stopOperation", (s) => [s.plain, "17"], result(null)],
  ["an unknown subscription", "stopOperation", () => ["x", "17"], result(null)],
  ["no operation", "stopOperation", (s) => [s.plain], error(-32602)],
  ["no operation, and an unknown subscription", "stopOperation", () => ["x"], error(-32602)],

  ["an unknown subscription", "unfollow", () => ["x"], result(null)],
  ["an ended subscription", "unfollow", (s) => [s.over], result(null)],
  ["no subscription", "unfollow", () => [], error(-32602)],
];

describe("chainHead_v1 answers", () => {
  it.each(rows.map(([what, method, params, answer]) => ({ what, method, params, answer })))(
    "$method of $what",
    async ({ method, params, answer }) => {
      const s = await scene();
      expect(await s.rpc.ask(`chainHead_v1_${method}`, ...params(s))).toMatchObject(answer);
    },
  );

  it("an unpinned block with an error, in every method", async () => {
    const { rpc, withRuntime: id, genesis, blocks } = await scene();
    expect(await rpc.call("chainHead_v1_unpin", id, genesis)).toBeNull();
    for (const [method, ...more] of [
      ["header"],
      ["body"],
      ["call", ...version],
      ["storage", [], null],
      ["unpin"],
    ] as const)
      expect(await rpc.ask(`chainHead_v1_${method}`, id, genesis, ...more)).toMatchObject(error(-32801));
    expect(await rpc.ask("chainHead_v1_unpin", id, [blocks[0], genesis])).toMatchObject(error(-32801));
    // A refused unpin unpins nothing.
    expect(await rpc.call("chainHead_v1_header", id, blocks[0])).toMatch(/^0x/);
  });

  it("one hash twice with an error, and unpins no block", async () => {
    const { rpc, plain: id, blocks } = await scene();
    const [first] = blocks;
    expect(await rpc.ask("chainHead_v1_unpin", id, [first, first])).toMatchObject(error(-32804));
    expect(await rpc.call("chainHead_v1_header", id, first)).toMatch(/^0x/);
  });

  it("an operation to its end, even if its block is unpinned meanwhile", async () => {
    const { rpc, plain: id, genesis } = await scene();
    const query = [id, genesis, many, null];
    const { operationId } = await rpc.call<{ operationId: string }>("chainHead_v1_storage", ...query);
    await rpc.call("chainHead_v1_unpin", id, genesis);
    expect(await rpc.call("chainHead_v1_continue", id, operationId)).toBeNull();
    const events: unknown[] = [];
    while (!events.includes("operationStorageDone"))
      events.push((await rpc.next<{ readonly event: string }>(id)).event);
    expect(events.filter((event) => event === "operationStorageItems").length).toBe(2);
  });

  it("continue of an operation that has not asked for it: -32803", async () => {
    const { rpc, plain: id, genesis } = await scene();
    const storage = (operationId: string): readonly Call[] => [
      ["storage", id, genesis, many, null],
      ["continue", id, operationId],
      ["continue", id, operationId],
    ];
    // In one message, the calls are answered before the operation runs.
    const answers = await batch(rpc, storage("0"));
    expect(answers).toMatchObject([{ result: started }, error(-32803), error(-32803)]);
    // The refused calls have not disturbed the operation: it sends its first items and waits.
    const next = async (): Promise<string> => (await rpc.next<{ readonly event: string }>(id)).event;
    while ((await next()) !== "operationWaitingForContinue");
    expect(await batch(rpc, storage("0").slice(1))).toMatchObject([{ result: null }, error(-32803)]);
    expect([await next(), await next()]).toEqual(["operationStorageItems", "operationStorageDone"]);
    expect(await rpc.call("chainHead_v1_continue", id, "0")).toBeNull();
  });

  it.each(["body", "call"])("continue of a running %s: -32803", async (method) => {
    const { rpc, withRuntime: id, genesis } = await scene();
    const more = method === "call" ? version : [];
    const answers = await batch(rpc, [
      [method, id, genesis, ...more],
      ["continue", id, "0"],
    ]);
    expect(answers).toMatchObject([{ result: started }, error(-32803)]);
  });

  it("nothing of an operation that is stopped, or whose subscription ends, in the same message", async () => {
    const { rpc, withRuntime, plain, genesis } = await scene();
    const messages: string[] = [];
    rpc.socket.on("message", (data) => messages.push(String(data)));
    await batch(rpc, [
      ["body", withRuntime, genesis],
      ["stopOperation", withRuntime, "0"],
      ["body", plain, genesis],
      ["unfollow", plain],
      ["call", withRuntime, genesis, ...version],
    ]);
    await rpc.call("dev_status");
    expect(messages.filter((message) => message.includes("operationCallDone"))).toHaveLength(1);
    expect(messages.filter((message) => message.includes("operationBodyDone"))).toEqual([]);
  });
});

describe("chainHead_v1 limits", () => {
  it("four subscriptions on a connection, until one ends: -32800", async () => {
    const { rpc, plain } = await scene();
    for (let i = 0; i < 2; i++) await rpc.call("chainHead_v1_follow", false);
    expect(await rpc.ask("chainHead_v1_follow", false)).toMatchObject(error(-32800));
    await rpc.call("chainHead_v1_unfollow", plain);
    expect(typeof (await rpc.call("chainHead_v1_follow", false))).toBe("string");
  });

  it("sixteen operations of a subscription, until one is stopped: limitReached", async () => {
    const { rpc, plain: id, withRuntime, genesis } = await scene();
    const start = (): Promise<{ readonly result: string; readonly operationId: string }> =>
      rpc.call("chainHead_v1_storage", id, genesis, many, null);
    const first = await start();
    for (let i = 1; i < 16; i++) await start();
    expect(await start()).toEqual({ result: "limitReached" });
    expect(await rpc.call("chainHead_v1_body", id, genesis)).toEqual({ result: "limitReached" });
    expect(await rpc.call("chainHead_v1_body", withRuntime, genesis)).toEqual(started);
    await rpc.call("chainHead_v1_stopOperation", id, first.operationId);
    expect(await start()).toMatchObject({ result: "started" });
    // The stopped operation no longer exists, so `continue` has no effect.
    expect(await rpc.call("chainHead_v1_continue", id, first.operationId)).toBeNull();
  });

  it("512 pinned blocks, and then sends `stop` and forgets the subscription", async () => {
    const { rpc, chain, plain: id, genesis } = await scene();
    for (let i = 0; i < 512; i++) chain.produceBlock();
    let told = { event: "" };
    while (told.event !== "stop") told = await rpc.next(id);
    expect(await rpc.call("chainHead_v1_header", id, genesis)).toBeNull();
    expect(await rpc.call("chainHead_v1_body", id, genesis)).toEqual({ result: "limitReached" });
    let heard = 0;
    rpc.socket.on("message", () => heard++);
    chain.produceBlock();
    await rpc.call("dev_status");
    expect(heard).toBe(1); // only the answer to `dev_status`
  });
});
