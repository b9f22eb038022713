import { from0x, to0x } from "@pruntime/core/bytes";
import { portableCrypto as crypto } from "@pruntime/core/crypto";
import { systemEventsKey } from "@pruntime/core/storage-key";
import { openStateProof } from "@pruntime/core/trie";
import { describe, expect, it } from "vitest";
import { serve } from "./bench.ts";
import { connect } from "./connect.ts";

const manual = { mode: { kind: "manual" } } as const;
const unknownHash = `0x${"12".repeat(32)}`;
const hash = (data: Uint8Array): Uint8Array => crypto.blake2b256(data);

describe("chain_*", () => {
  it("finds blocks by number, hex number, list and hash", async () => {
    const { rpc, chain } = await serve(manual);
    const one = to0x(chain.produceBlock().hash);
    const genesis = to0x(chain.genesisHash);
    expect(await rpc.call("chain_getBlockHash")).toBe(one);
    expect(await rpc.call("chain_getBlockHash", 1)).toBe(one);
    expect(await rpc.call("chain_getBlockHash", "0x1")).toBe(one);
    expect(await rpc.call("chain_getBlockHash", [0, 1, 9])).toEqual([genesis, one, null]);
    expect(await rpc.call("chain_getBlockHash", 9)).toBeNull();
    expect(await rpc.call("chain_getHeader")).toMatchObject({ number: "0x1", parentHash: genesis });
    expect(await rpc.call("chain_getHeader", unknownHash)).toBeNull();
    expect(await rpc.call("chain_getBlock", unknownHash)).toBeNull();
  });

  it("returns bodies as hex and justifications as byte values", async () => {
    const { rpc, chain } = await serve(manual);
    const block = chain.produceBlock();
    const signed = await rpc.call<{
      block: { extrinsics: string[] };
      justifications: [number[], number[]][];
    }>("chain_getBlock");
    expect(signed.block.extrinsics).toEqual(block.body.map(to0x));
    expect(signed.justifications).toEqual([[[70, 82, 78, 75], [...chain.justificationOf(block)!]]]);
  });

  it.each([
    ["chain_subscribeNewHeads", "chain_unsubscribeNewHeads"],
    ["chain_subscribeAllHeads", "chain_unsubscribeAllHeads"],
    ["chain_subscribeFinalizedHeads", "chain_unsubscribeFinalizedHeads"],
  ])(
    "%s reports the current head and every later head until unsubscribed",
    async (subscribe, unsubscribe) => {
      const { rpc, chain } = await serve(manual);
      const id = await rpc.call(subscribe);
      chain.produceBlock();
      expect([await rpc.next(id), await rpc.next(id)]).toMatchObject([{ number: "0x0" }, { number: "0x1" }]);
      expect(await rpc.call(unsubscribe, id)).toBe(true);
      let heard = 0;
      rpc.socket.on("message", () => heard++);
      chain.produceBlock();
      await rpc.call("dev_status");
      expect(heard).toBe(1); // only the answer to `dev_status`
    },
  );

  it("reports finality with the configured lag", async () => {
    const { rpc, chain } = await serve({ ...manual, finalityLag: 2 });
    for (let i = 0; i < 3; i++) chain.produceBlock();
    expect(await rpc.call("chain_getFinalizedHead")).toBe(to0x(chain.blockAt(1)!.hash));
    expect(await rpc.ask("grandpa_proveFinality", 2)).toMatchObject({
      error: { code: 4, message: "GRANDPA prove finality rpc failed: Block not yet finalized" },
    });
  });
});

describe("state_*", () => {
  it("distinguishes an empty value from an absent one", async () => {
    const { rpc, chain } = await serve(manual);
    const [key, value] = [...chain.stateOf(chain.genesis).entries()].find(([, bytes]) => bytes.length > 0)!;
    const { stateOf } = chain;
    const empty = from0x("0x1234");
    Object.assign(chain, { stateOf: (block: never) => stateOf(block).set(empty, new Uint8Array()) });
    expect(await rpc.call("state_getStorage", "0x1234")).toBe("0x");
    expect(await rpc.call("state_getStorage", "0x123456")).toBeNull();
    expect(await rpc.call("state_getStorageSize", "0x1234")).toBe(0);
    expect(await rpc.call("state_getStorageSize", "0x123456")).toBeNull();
    expect(await rpc.call("state_getStorage", to0x(key))).toBe(to0x(value));
    expect(await rpc.call("state_getStorageHash", to0x(key))).toBe(to0x(hash(value)));
    expect(await rpc.call("state_queryStorageAt", ["0x1234", "0x123456"])).toMatchObject([
      {
        changes: [
          ["0x1234", "0x"],
          ["0x123456", null],
        ],
      },
    ]);
  });

  it("pages through keys", async () => {
    const { rpc, chain } = await serve(manual);
    const all = [...chain.stateOf(chain.genesis).entries()].map(([key]) => to0x(key));
    const first = await rpc.call<string[]>("state_getKeysPaged", "0x", 3);
    const rest = await rpc.call<string[]>("state_getKeysPaged", "0x", 1000, first.at(-1));
    expect([...first, ...rest]).toEqual(all);
    expect(await rpc.call("state_getKeysPaged", null, 0)).toEqual([]);
    expect(await rpc.ask("state_getKeysPaged", "0x", 1001)).toMatchObject({ error: { code: 4002 } });
  });

  it("proves present and absent values", async () => {
    const { rpc, chain } = await serve(manual);
    const block = chain.produceBlock();
    const [events, absent] = [systemEventsKey(crypto), from0x("0x1234")];
    const { at, proof } = await rpc.call<{ at: string; proof: string[] }>(
      "state_getReadProof",
      [events, absent].map(to0x),
    );
    expect(at).toBe(to0x(block.hash));
    const opened = openStateProof(hash, block.header.stateRoot, proof.map(from0x));
    expect(opened.read(events)).toEqual(chain.stateOf(block).get(events));
    expect(opened.read(absent)).toBeUndefined();
  });

  it("refuses unknown blocks with a node's message", async () => {
    const { rpc } = await serve(manual);
    for (const [method, ...params] of [
      ["state_getStorage", "0x00"],
      ["state_getReadProof", ["0x00"]],
      ["state_getMetadata"],
      ["state_call", "Core_version", "0x"],
    ])
      expect(await rpc.ask(method as string, ...params, unknownHash)).toMatchObject({
        error: {
          code: 4003,
          message: `Client error: UnknownBlock: Header was not found in the database: ${unknownHash}`,
        },
      });
  });

  it("refuses unknown runtime APIs and malformed arguments", async () => {
    const { rpc } = await serve(manual);
    expect(await rpc.ask("state_call", "Nothing_here", "0x")).toMatchObject({
      error: {
        code: 4003,
        message: "Client error: Execution failed: Other: Exported method Nothing_here is not found",
      },
    });
    expect(await rpc.ask("state_call", "AccountNonceApi_account_nonce", "0x00")).toMatchObject({
      error: { code: 4003 },
    });
  });

  it("reports only changes of storage", async () => {
    const { rpc, chain } = await serve(manual);
    const events = to0x(systemEventsKey(crypto));
    const id = await rpc.call("state_subscribeStorage", [events, "0x1234"]);
    expect(await rpc.next(id)).toMatchObject({
      changes: [
        [events, null],
        ["0x1234", null],
      ],
    });
    const block = chain.produceBlock();
    expect(await rpc.next(id)).toEqual({
      block: to0x(block.hash),
      changes: [[events, to0x(chain.stateOf(block).get(systemEventsKey(crypto))!)]],
    });
  });
});

describe("state_subscribeStorage without keys", () => {
  it("reports every change, including keys that appear or disappear", async () => {
    const { rpc, chain } = await serve(manual);
    const before = chain.stateOf(chain.genesis);
    const id = await rpc.call("state_subscribeStorage");
    expect(await rpc.next(id)).toEqual({ block: to0x(chain.genesisHash), changes: [] });
    const block = chain.produceBlock();
    const after = chain.stateOf(block);
    const wanted = [...after.entries()]
      .filter(([key, value]) => !Buffer.from(value).equals(before.get(key) ?? Buffer.from("none")))
      .map(([key, value]) => [to0x(key), to0x(value)]);
    const { changes } = await rpc.next<{ changes: [string, string | null][] }>(id);
    expect(changes.filter(([, value]) => value !== null).sort()).toEqual(wanted.sort());
    for (const [key] of changes.filter(([, value]) => value === null))
      expect([before.get(from0x(key)) === undefined, after.get(from0x(key))]).toEqual([false, undefined]);
  });
});

describe("author_* and system_*", () => {
  it("refuses bytes other than a transaction", async () => {
    const { rpc } = await serve(manual);
    for (const garbage of ["0x", "0x00", "0x0484", `0x${"ff".repeat(100)}`])
      expect((await rpc.ask("author_submitExtrinsic", garbage)).error?.code).toBeGreaterThan(1000);
    expect(await rpc.call("author_pendingExtrinsics")).toEqual([]);
  });

  it("refuses accounts that are not SS58", async () => {
    const { rpc } = await serve(manual);
    expect(
      await rpc.call("system_accountNextIndex", "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"),
    ).toBe(0);
    expect(await rpc.ask("system_accountNextIndex", "5Grwva")).toMatchObject({ error: { code: -32602 } });
  });
});

describe("dev_*", () => {
  it("makes blocks, changes the authority set and reports the chain's position", async () => {
    const { rpc, chain } = await serve(manual);
    expect(await rpc.call("dev_newBlock")).toBe(to0x(chain.best().hash));
    await rpc.call("dev_rotateAuthorities");
    expect(await rpc.call("dev_newBlock", 2)).toBe(to0x(chain.best().hash));
    expect(await rpc.call("dev_status")).toMatchObject({ best: 3, finalized: 3, setId: 1, pending: 0 });
    expect(await rpc.ask("dev_newBlock", 1001)).toMatchObject({ error: { code: -32602 } });
  });
});

describe("strict mode", () => {
  const strict = { ...manual, strict: true, stateWindow: 4 } as const;

  it("proves no finality before the first set change", async () => {
    const { rpc, chain } = await serve(strict);
    chain.produceBlock();
    expect(await rpc.ask("grandpa_proveFinality", 1)).toMatchObject({
      error: {
        code: 4,
        message: "GRANDPA prove finality rpc failed: Block not covered by authority set changes",
      },
    });
    chain.rotateAuthorities();
    chain.produceBlock();
    expect(await rpc.call("grandpa_proveFinality", 1)).toMatch(/^0x/);
  });

  it("discards states beyond its window", async () => {
    const { rpc, chain } = await serve(strict);
    for (let i = 0; i < 6; i++) chain.produceBlock();
    const old = to0x(chain.blockAt(1)!.hash);
    const error = { code: 4003, message: `Client error: UnknownBlock: State already discarded for ${old}` };
    expect(await rpc.ask("state_getReadProof", ["0x00"], old)).toMatchObject({ error });
    expect(await rpc.ask("state_getStorage", "0x00", old)).toMatchObject({ error });
    expect(await rpc.call("state_getStorage", "0x00", to0x(chain.blockAt(5)!.hash))).toBeNull();
  });

  it("stores a justification at set changes only", async () => {
    const { rpc, chain } = await serve(strict);
    chain.produceBlock();
    chain.rotateAuthorities();
    chain.produceBlock();
    const justified = async (n: number): Promise<boolean> =>
      (await rpc.call<{ justifications: unknown }>("chain_getBlock", to0x(chain.blockAt(n)!.hash)))
        .justifications !== null;
    expect([await justified(1), await justified(2)]).toEqual([false, true]);
  });

  it("sends every justification to subscribers", async () => {
    const { rpc, chain } = await serve(strict);
    const id = await rpc.call("grandpa_subscribeJustifications");
    chain.produceBlock();
    expect(await rpc.next(id)).toMatch(/^0x/);
  });
});

describe("state pruning", () => {
  it("discards only the states that are too far below the finalized head", async () => {
    const { rpc, chain } = await serve({ ...manual, statePruning: 4, finalityLag: 2 });
    for (let i = 0; i < 8; i++) chain.produceBlock(); // 6 is final
    const at = (number: number): string => to0x(chain.blockAt(number)!.hash);
    const error = { code: 4003, message: `Client error: UnknownBlock: State already discarded for ${at(2)}` };
    expect(await rpc.ask("state_getStorage", "0x00", at(2))).toMatchObject({ error });
    expect(await rpc.call("state_getStorage", "0x00", at(3))).toBeNull();
    expect(await rpc.call("chain_getBlock", at(2))).toMatchObject({ justifications: [expect.anything()] });
    expect(await rpc.call("grandpa_proveFinality", 1)).toMatch(/^0x/);
  });
});

describe("faults", () => {
  it("serve a read proof other than the genuine one", async () => {
    const { rpc } = await serve({ ...manual, faults: { readProof: (genuine) => genuine.slice(1) } });
    const { at, proof } = await rpc.call<{ at: string; proof: string[] }>("state_getReadProof", ["0x1234"]);
    expect([at, proof.length]).toEqual([await rpc.call("chain_getBlockHash"), 0]);
  });

  it("withhold blocks", async () => {
    const { rpc, chain } = await serve({ ...manual, faults: { withholds: (number) => number === 1 } });
    const { hash: withheld } = chain.produceBlock();
    chain.produceBlock();
    expect(await rpc.call("chain_getBlockHash", [0, 1])).toEqual([to0x(chain.genesisHash), null]);
    expect(await rpc.call("chain_getBlock", to0x(withheld))).toBeNull();
  });

  it("hide all blocks after a height", async () => {
    const { rpc, chain } = await serve({ ...manual, faults: { staleAt: () => 1 } });
    for (let i = 0; i < 3; i++) chain.produceBlock();
    expect(await rpc.call("chain_getFinalizedHead")).toBe(to0x(chain.blockAt(1)!.hash));
    expect(await rpc.call("chain_getHeader")).toMatchObject({ number: "0x1" });
    expect(await rpc.call("chain_getBlockHash", 2)).toBeNull();
    expect(await rpc.ask("grandpa_proveFinality", 2)).toMatchObject({ error: { code: 4 } });
  });

  it("send a result other than the genuine one", async () => {
    const result = (method: string, genuine: unknown): unknown =>
      method === "system_chain" ? "other" : genuine;
    const { rpc } = await serve({ ...manual, faults: { result } });
    expect(await rpc.call("system_chain")).toBe("other");
    expect(await rpc.call("system_chainType")).toBe("Development");
  });

  it("affect only one answer if a hook throws", async () => {
    const result = (method: string, genuine: unknown): unknown => {
      if (method === "system_chain") throw new TypeError("hook");
      return genuine;
    };
    const { rpc } = await serve({ ...manual, faults: { result } });
    expect(await rpc.ask("system_chain")).toMatchObject({ error: { code: -32603 } });
    expect(await rpc.call("system_chainType")).toBe("Development");
  });

  it("end only one connection if a hook throws at a notification", async () => {
    const result = (method: string, genuine: unknown): unknown => {
      if (method === "chain_newHead") throw new TypeError("hook");
      return genuine;
    };
    const { rpc, url, chain } = await serve({ ...manual, faults: { result } });
    const other = await connect(url);
    const closed = new Promise((resolve) => other.socket.once("close", resolve));
    // If the hook throws at a subscription's first message, the request fails. If it throws at a later
    // message, the connection ends.
    expect(await other.ask("chain_subscribeNewHeads")).toMatchObject({ error: { code: -32603 } });
    await other.call("chain_subscribeFinalizedHeads");
    Object.assign(chain.faults, {
      result: () => {
        throw new TypeError("hook");
      },
    });
    expect(chain.produceBlock().header.number).toBe(1);
    expect(await closed).toBe(1011);
    Object.assign(chain.faults, { result: undefined });
    expect(await rpc.call("dev_status")).toMatchObject({ best: 1, finalized: 1 });
  });
});
