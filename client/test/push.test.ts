/** Puts commands on chains with and without the pallet `Execution`. */
import { accountOf, ChainClient, type ChainClientOptions, executionReceiptKey } from "@pruntime/client/chain";
import { utf8 } from "@pruntime/core/bytes";
import { portableCrypto as crypto } from "@pruntime/core/crypto";
import { decodeCommandRemark } from "@pruntime/core/extrinsics";
import {
  BlockRemarks,
  compileEvents,
  compileRemarks,
  decodeMetadata,
  type EventRecord,
  readRemarked,
} from "@pruntime/core/metadata";
import { systemEventsKey } from "@pruntime/core/storage-key";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import WebSocket from "ws";
import {
  createDevchain,
  type Devchain,
  type DevchainOptions,
  serveDevchain,
} from "../../host/devchain/src/index.ts";
import { feeIn } from "../src/chain/fee.ts";
import type { InBlock } from "../src/push.ts";

const alice = accountOf("//Alice");
const payload = '{"Plain":"{}"}';

/** A chain, and a client that is connected to it. */
async function connected(
  chainOptions: DevchainOptions,
  options: ChainClientOptions = {},
): Promise<{ readonly chain: Devchain; readonly client: ChainClient }> {
  const chain = await createDevchain(chainOptions);
  const node = await serveDevchain(chain);
  const client = await ChainClient.connect(node.url, { websocketClass: WebSocket, ...options });
  onTestFinished(async () => {
    client.close();
    await node.close();
    chain.close();
  });
  return { chain, client };
}

/** The commands in a block, with the accounts that sent them, as a worker finds them. */
function commandsIn(chain: Devchain, number: number): readonly unknown[] {
  const [parent, block] = [chain.blockAt(number - 1), chain.blockAt(number)];
  if (parent === undefined || block === undefined) throw new RangeError(`no block ${number}`);
  const metadata = decodeMetadata(chain.metadata(16, parent));
  const remarks = new BlockRemarks(crypto, compileRemarks(metadata), block.body);
  const commandOf = (event: EventRecord): unknown => {
    if (event.name === "CommandPushed") {
      const { who: sender, contract_id: contractId, payload } = event.fields;
      return { via: "pallet", sender, contractId, payload };
    }
    const remarked = readRemarked(event);
    const remark = remarked && remarks.of(remarked);
    return remark && { via: "remark", sender: remarked?.sender, ...decodeCommandRemark(remark) };
  };
  const events = chain.stateOf(block).get(systemEventsKey(crypto)) ?? new Uint8Array();
  return compileEvents(metadata)
    .decode(events)
    .flatMap((event) => commandOf(event) ?? []);
}

describe("push", () => {
  it.each<readonly [string, DevchainOptions, ChainClientOptions, string]>([
    ["the pallet where the chain has it", {}, {}, "pallet"],
    ["a remark where the chain lacks the pallet", { plain: true }, {}, "remark"],
    ["the pallet by choice", {}, { via: "pallet" }, "pallet"],
    ["a remark by choice", {}, { via: "remark" }, "remark"],
  ])("uses %s", async (_, chainOptions, options, via) => {
    const { chain, client } = await connected(chainOptions, options);
    const pushed = await client.push(alice, 258, payload);
    const block = chain.blockAt(pushed.blockNumber);
    const receiptKey = executionReceiptKey(utf8(payload));
    expect(pushed).toMatchObject({ via, extrinsicIndex: 1, fee: undefined, payload, receiptKey });
    expect(client.genesisHash).toEqual(chain.genesisHash);
    expect(pushed.blockHash).toBe(`0x${Buffer.from(block?.hash ?? []).toString("hex")}`);
    const command = { sender: alice.id, contractId: 258, payload: utf8(payload) };
    expect(commandsIn(chain, pushed.blockNumber)).toEqual([{ via, ...command }]);
  });

  it("is refused before it is signed where the chain lacks the pallet that the caller wants", async () => {
    const { chain, client } = await connected({ plain: true }, { via: "pallet" });
    await expect(client.push(alice, 2, payload)).rejects.toMatchObject({
      detail: { code: "client/no-such-call", call: "Execution.push_command" },
    });
    expect(chain.best().header.number).toBe(0);
  });

  it("still works after a plain chain upgrades to a runtime with other indices", async () => {
    const { chain, client } = await connected({ plain: true, systemVersions: [1, 2] });
    await client.push(alice, 2, payload);
    chain.upgradeRuntime();
    chain.produceBlock();
    expect(chain.runtimeVersion).toMatchObject({ specVersion: 2, systemVersion: 2 });
    // Until the client learns of the upgrade, the chain refuses the transactions that the client signs.
    await expect
      .poll(() =>
        client.push(alice, 2, payload).then(
          ({ blockNumber }) => commandsIn(chain, blockNumber).length,
          () => 0,
        ),
      )
      .toBe(1);
  });

  it.each([0, 1, 2, 14, 15, 16])(
    "works for a client that connects %i blocks after an upgrade",
    async (blocks) => {
      const chain = await createDevchain({ plain: true, mode: { kind: "manual" } });
      const node = await serveDevchain(chain);
      for (let i = 0; i < 20; i++) chain.produceBlock();
      chain.upgradeRuntime();
      for (let i = 0; i <= blocks; i++) chain.produceBlock();
      const stop = chain.subscribe(({ kind }) => {
        if (kind === "pooled") setImmediate(() => chain.produceBlock());
      });
      const client = await ChainClient.connect(node.url, { websocketClass: WebSocket });
      onTestFinished(async () => {
        stop();
        client.close();
        await node.close();
        chain.close();
      });
      const { blockNumber } = await client.push(alice, 2, payload);
      expect(commandsIn(chain, blockNumber)).toHaveLength(1);
    },
  );

  it.each(["pallet", "remark"] as const)("by %s reports the same refusal of the chain", async (via) => {
    const { client } = await connected({ maxPayload: 8 << 20 }, { via });
    await expect(client.push(alice, 2, "x".repeat(3_932_160))).rejects.toMatchObject({
      detail: {
        code: "client/transaction-failed",
        reason: expect.stringContaining("ExhaustsResources") as string,
      },
    });
  });
});

describe("a command in a chain with forks", () => {
  const manual = { mode: { kind: "manual" }, finalityLag: Number.POSITIVE_INFINITY } as const;
  const pooled = (chain: Devchain) =>
    new Promise<void>((resolve) => {
      const stop = chain.subscribe(({ kind }) => {
        if (kind !== "pooled") return;
        stop();
        resolve();
      });
    });

  it("is reported in each block that contains it, and is final in the last one", {
    timeout: 20_000,
  }, async () => {
    const { chain, client } = await connected(manual);
    const blocks: number[] = [];
    let seen: (number: number) => void = () => {};
    const next = () =>
      new Promise<number>((resolve) => {
        seen = resolve;
      });
    const onBlock = ({ blockNumber }: InBlock) => {
      blocks.push(blockNumber);
      seen(blockNumber);
    };
    const arrived = pooled(chain);
    const pushed = client.push(alice, 2, payload, { onBlock });
    await arrived;
    const genesis = chain.best();
    const first = next();
    chain.produceBlock();
    expect(await first).toBe(1);
    // The command returns to the pool when the second block makes this branch the best one.
    const second = next();
    chain.produceBlock(chain.produceBlock(genesis));
    chain.produceBlock();
    expect(await second).toBe(3);
    chain.finalize();
    expect(await pushed).toMatchObject({ blockNumber: 3 });
    expect(blocks).toEqual([1, 3]);
  });

  it("client/not-finalized: is in no block, if the node drops it", async () => {
    const { chain, client } = await connected(manual);
    await expect(client.push(alice, 2, payload, { timeoutMs: 300 })).rejects.toMatchObject({
      detail: { code: "client/not-finalized", inBlock: null, timeoutMs: 300 },
    });
    expect(chain.best().header.number).toBe(0);
  });

  it("client/not-finalized: is in a block that does not become final", async () => {
    const { chain, client } = await connected(manual);
    const arrived = pooled(chain);
    const pushed = client.push(alice, 2, payload, { timeoutMs: 1_000 });
    pushed.catch(() => {});
    await arrived;
    chain.produceBlock();
    await expect(pushed).rejects.toMatchObject({ detail: { code: "client/not-finalized", inBlock: 1 } });
  });

  it("is followed no longer once the caller's signal aborts", async () => {
    const { chain, client } = await connected(manual);
    const ending = new AbortController();
    const arrived = pooled(chain);
    const pushed = client.push(alice, 2, payload, { signal: ending.signal });
    pushed.catch(() => {});
    await arrived;
    ending.abort("enough");
    await expect(pushed).rejects.toBe("enough");
    await expect(client.push(alice, 2, payload, { signal: ending.signal })).rejects.toBe("enough");
  });
});

it("a registration is refused where the chain has no registry", async () => {
  const { client } = await connected({ plain: true });
  await expect(client.setRegistryPolicy(alice, "{}")).rejects.toMatchObject({
    detail: { code: "client/no-such-call", call: "Registry.set_policy" },
  });
});

describe("feeIn", () => {
  const event = (pallet: string, name: string, value: unknown) => ({
    type: pallet,
    value: { type: name, value },
  });
  const paid = event("TransactionPayment", "TransactionFeePaid", { who: "", actual_fee: 159n, tip: 2n });

  it("finds what the account paid", () =>
    expect(feeIn([event("System", "Remarked", {}), paid, event("System", "ExtrinsicSuccess", {})])).toBe(
      159n,
    ));

  it("knows no fee where no event states one", () => {
    for (const other of [
      event("Balances", "TransactionFeePaid", { actual_fee: 1n }),
      event("TransactionPayment", "Other", { actual_fee: 1n }),
      event("TransactionPayment", "TransactionFeePaid", { actual_fee: 1 }),
      event("TransactionPayment", "TransactionFeePaid", undefined),
    ])
      expect(feeIn([other])).toBeUndefined();
  });
});

it("client/no-websocket: connects to no node without a class of WebSockets", async () => {
  vi.stubGlobal("WebSocket", undefined);
  await expect(ChainClient.connect("ws://127.0.0.1:1")).rejects.toMatchObject({
    code: "client/no-websocket",
  });
  vi.unstubAllGlobals();
});
