/** Tests the runtime's code, which the state stores under `:code`, and upgrades of the runtime. */
import { get_runtime_version } from "@acala-network/chopsticks-executor";
import { getMetadataFromRuntime } from "@polkadot-api/wasm-executor/node";
import { concat, from0x, to0x, utf8 } from "@pruntime/core/bytes";
import { compileEvents, decodeMetadata } from "@pruntime/core/metadata";
import { decodeAll } from "@pruntime/core/scale";
import { systemEventsKey, wellKnownKeys } from "@pruntime/core/storage-key";
import { openStateProof } from "@pruntime/core/trie";
import { type Block, createDevchain, type Devchain } from "@pruntime/devchain";
import { createClient } from "polkadot-api";
import { getPolkadotSigner } from "polkadot-api/signer";
import { getWsProvider } from "polkadot-api/ws";
import { describe, expect, it, onTestFinished } from "vitest";
import WebSocket from "ws";
import { alice, serve } from "./rpc/bench.ts";
import { eventNames, growTo, manualChain } from "./support/chain.ts";
import { noteCommand, pushCommand, remarkWithEvent, signed } from "./support/extrinsic.ts";
import { signer } from "./support/keys.ts";

const key = signer("Alice");

function codeOf(chain: Devchain, block: Block): Uint8Array {
  return chain.stateOf(block).get(wellKnownKeys.code)!;
}

/** Runs a runtime call in this process's WebAssembly engine, and returns its output. */
function run(code: Uint8Array, method: string, args: Uint8Array = new Uint8Array()): Uint8Array {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(code)));
  const memory = exports["memory"] as WebAssembly.Memory;
  const heapBase = (exports["__heap_base"] as WebAssembly.Global<"i32">).value;
  new Uint8Array(memory.buffer).set(args, heapBase);
  const result = (exports[method] as (pointer: number, length: number) => bigint)(heapBase, args.length);
  const [pointer, length] = [Number(result & 0xffff_ffffn), Number(result >> 32n)];
  return new Uint8Array(memory.buffer).slice(pointer, pointer + length);
}

function u32(value: number): Uint8Array {
  return Uint8Array.of(value, 0, 0, 0);
}

describe(":code", () => {
  it.each<readonly [string, Uint8Array]>([
    ["Core_version", new Uint8Array()],
    ["Metadata_metadata", new Uint8Array()],
    ["Metadata_metadata_versions", new Uint8Array()],
    ...[14, 15, 16, 17].map((version) => ["Metadata_metadata_at_version", u32(version)] as const),
  ])("answers %s as the node does", async (method, args) => {
    const chain = await manualChain();
    expect(run(codeOf(chain, chain.genesis), method, args)).toEqual(
      chain.callRuntime(chain.genesis, method, args),
    );
  });

  it("traps on malformed arguments", async () => {
    const chain = await manualChain();
    expect(() =>
      run(codeOf(chain, chain.genesis), "Metadata_metadata_at_version", Uint8Array.of(14)),
    ).toThrow(WebAssembly.RuntimeError);
  });

  it("runs in an unmodified runtime executor", async () => {
    const chain = await manualChain();
    const opaque = from0x(getMetadataFromRuntime(to0x(codeOf(chain, chain.genesis)) as `0x${string}`));
    expect([14, 15, 16].map((version) => to0x(chain.metadata(version as 14)))).toContain(
      to0x(decodeAll(opaque, (r) => r.vecU8())),
    );
  });

  it("reports its version to another runtime executor", async () => {
    const chain = await upgraded();
    const versionOf = async (number: number): Promise<unknown> =>
      get_runtime_version(to0x(codeOf(chain, chain.blockAt(number)!)));
    const { apis } = chain.runtimeVersion;
    const specName = to0x(utf8(chain.runtimeVersion.specName)); // the executor writes names as hex
    expect(await versionOf(1)).toMatchObject({ specName, specVersion: 1, apis });
    expect(await versionOf(2)).toMatchObject({ specName, specVersion: 2, apis });
  });

  it("has its version in custom sections, with the APIs in a separate section", async () => {
    const chain = await manualChain();
    const module = new WebAssembly.Module(Uint8Array.from(codeOf(chain, chain.genesis)));
    const [version] = WebAssembly.Module.customSections(module, "runtime_version");
    const [apis] = WebAssembly.Module.customSections(module, "runtime_apis");
    const whole = chain.callRuntime(chain.genesis, "Core_version", new Uint8Array());
    const names = chain.runtimeVersion.apis.map(([id, v]) => concat(from0x(id), u32(v)));
    expect(new Uint8Array(apis!)).toEqual(concat(...names));
    const tail = 5; // the bytes of `transaction_version` and `system_version`
    const head = whole.length - tail - 12 * names.length - 1;
    expect(new Uint8Array(version!)).toEqual(
      concat(whole.slice(0, head), Uint8Array.of(0), whole.slice(-tail)),
    );
  });

  it.each([0, 1] as const)("is proven by a read proof, in state version %i", async (stateVersion) => {
    const chain = await manualChain({ stateVersion });
    const block = growTo(chain, 2);
    const proof = chain.readProof(block, [wellKnownKeys.code]);
    const state = openStateProof(chain.crypto.blake2b256, block.header.stateRoot, proof);
    expect(state.read(wellKnownKeys.code)).toEqual(codeOf(chain, block));
  });
});

/**
 * Makes three blocks. Block 2 changes the code, and block 3 is the first block that the new runtime executes.
 */
async function upgraded(): Promise<Devchain> {
  const chain = await manualChain();
  growTo(chain, 1);
  chain.upgradeRuntime();
  growTo(chain, 3);
  return chain;
}

describe("an upgrade", () => {
  it("changes the code in one block, and announces the change in the block's digest", async () => {
    const chain = await upgraded();
    const blocks = [1, 2, 3].map((number) => chain.blockAt(number)!);
    expect(blocks.map(({ specVersion }) => specVersion)).toEqual([1, 2, 2]);
    const updated = blocks.map(({ header }) =>
      header.digest.some(({ kind }) => kind === "runtime-environment-updated"),
    );
    expect(updated).toEqual([false, true, false]);
    const codes = blocks.map((block) => to0x(codeOf(chain, block)));
    expect(codes[1]).not.toBe(codes[0]);
    expect(codes[2]).toBe(codes[1]);
    expect(eventNames(chain, blocks[1]!)).toEqual(["System.CodeUpdated", "System.ExtrinsicSuccess"]);
    const lastUpgrade = concat(
      chain.crypto.twox128(utf8("System")),
      chain.crypto.twox128(utf8("LastRuntimeUpgrade")),
    );
    expect(blocks.map((block) => chain.stateOf(block).get(lastUpgrade)![0]! >> 2)).toEqual([1, 1, 2]);
  });

  it("that is silent changes the code as well, and only an event reports the change", async () => {
    const chain = await manualChain();
    growTo(chain, 1);
    chain.upgradeRuntime({ silent: true });
    growTo(chain, 3);
    const blocks = [1, 2, 3].map((number) => chain.blockAt(number)!);
    expect(blocks.map(({ specVersion }) => specVersion)).toEqual([1, 2, 2]);
    expect(
      blocks
        .flatMap(({ header }) => header.digest)
        .some(({ kind }) => kind === "runtime-environment-updated"),
    ).toBe(false);
    expect(eventNames(chain, blocks[1]!)).toEqual(["System.CodeUpdated", "System.ExtrinsicSuccess"]);
  });

  it("lets each block keep the metadata and the version of its own state", async () => {
    const chain = await upgraded();
    for (const number of [1, 2, 3]) {
      const block = chain.blockAt(number)!;
      const code = codeOf(chain, block);
      for (const version of [14, 15, 16] as const) {
        const opaque = run(code, "Metadata_metadata_at_version", u32(version)).slice(1);
        expect(decodeAll(opaque, (r) => r.vecU8())).toEqual(chain.metadata(version, block));
      }
      expect(chain.callRuntime(block, "Core_version", new Uint8Array())).toEqual(run(code, "Core_version"));
      expect(chain.runtimeVersionAt(block).specVersion).toBe(block.specVersion);
    }
    expect(chain.runtimeVersion.specVersion).toBe(2);
  });

  it("makes a reader with the old metadata decode a note as a command", async () => {
    const chain = await upgraded();
    chain.submit(signed(chain, key, noteCommand(3, utf8("not a command")), { specVersion: 2 }));
    const block = chain.produceBlock();
    expect(eventNames(chain, block)).toContain("Execution.CommandNoted");
    const old = compileEvents(decodeMetadata(chain.metadata(16, chain.genesis)));
    const misread = old.decode(chain.stateOf(block).get(systemEventsKey(chain.crypto))!);
    expect(misread.map(({ pallet, name }) => `${pallet}.${name}`)).toContain("Execution.CommandPushed");
    chain.submit(signed(chain, key, pushCommand(3, utf8("a command")), { specVersion: 2 }));
    const events = chain.stateOf(chain.produceBlock()).get(systemEventsKey(chain.crypto))!;
    expect(() => old.decode(events)).toThrow();
  });

  it("flips the indices again when repeated", async () => {
    const chain = await upgraded();
    chain.upgradeRuntime();
    growTo(chain, 5);
    chain.submit(signed(chain, key, pushCommand(3, utf8("a command")), { specVersion: 3 }));
    const block = chain.produceBlock();
    expect(eventNames(chain, block)).toContain("Execution.CommandPushed");
    const before = compileEvents(decodeMetadata(chain.metadata(16, chain.blockAt(3))));
    const misread = before.decode(chain.stateOf(block).get(systemEventsKey(chain.crypto))!);
    expect(misread.map(({ name }) => name)).toContain("CommandNoted");
  });

  it.each([
    [2, 0],
    [3, 1],
  ])(
    "to version %i of a plain chain makes a reader with older metadata fail at remarks",
    async (version, before) => {
      const chain = await manualChain({ plain: true });
      for (let specVersion = 2; specVersion <= version; specVersion++) {
        chain.upgradeRuntime();
        chain.produceBlock();
      }
      chain.submit(signed(chain, key, remarkWithEvent(utf8("a command")), { specVersion: version }));
      const block = chain.produceBlock();
      expect(eventNames(chain, block)).toContain("System.Remarked");
      const reader = compileEvents(decodeMetadata(chain.metadata(16, chain.blockAt(before))));
      expect(() => reader.decode(chain.stateOf(block).get(systemEventsKey(chain.crypto))!)).toThrow();
    },
  );

  it("makes signatures for the old version invalid, including those in the pool", async () => {
    const chain = await manualChain();
    chain.upgradeRuntime();
    growTo(chain, 1);
    expect(() => chain.submit(signed(chain, key, pushCommand(1, new Uint8Array())))).toThrow(
      "Invalid Transaction",
    );
    const other = await manualChain();
    other.submit(signed(other, key, pushCommand(1, new Uint8Array()), { nonce: 1 }));
    other.upgradeRuntime();
    growTo(other, 2);
    expect(other.pending()).toEqual([]);
  });

  it("can be recomputed like any other block", async () => {
    const chain = await manualChain({ stateWindow: 4 });
    growTo(chain, 5);
    chain.upgradeRuntime();
    growTo(chain, 15);
    for (const number of [6, 7, 5]) {
      const block = chain.blockAt(number)!;
      expect(chain.stateOf(block).root).toEqual(block.header.stateRoot);
    }
  });
});

describe("an upgrade of a runtime with system version 3", () => {
  const isUpdated = ({ header }: Block): boolean =>
    header.digest.some(({ kind }) => kind === "runtime-environment-updated");
  const pendingOf = (chain: Devchain, block: Block): Uint8Array | undefined =>
    chain.stateOf(block).get(wellKnownKeys.pendingCode);

  /**
   * Makes four blocks. Block 2 stores the new code as pending, and block 3 is the first block that runs it.
   */
  async function deferred(options: Parameters<typeof manualChain>[0] = {}): Promise<Devchain> {
    const chain = await manualChain({ systemVersions: [3], ...options });
    growTo(chain, 1);
    chain.upgradeRuntime();
    growTo(chain, 4);
    return chain;
  }

  it("stores the code separately for one block, and announces it in the next block", async () => {
    const chain = await deferred();
    const blocks = [1, 2, 3, 4].map((number) => chain.blockAt(number)!);
    expect(blocks.map(({ specVersion }) => specVersion)).toEqual([1, 1, 2, 2]);
    expect(blocks.map(({ nextSpecVersion }) => nextSpecVersion)).toEqual([1, 2, 2, 2]);
    expect(blocks.map(isUpdated)).toEqual([false, false, true, false]);
    const [before, during, after] = blocks.map((block) => codeOf(chain, block));
    expect(during).toEqual(before);
    expect(after).not.toEqual(before);
    expect(blocks.map((block) => pendingOf(chain, block))).toEqual([undefined, after, undefined, undefined]);
  });

  it("lets a block's own metadata read the events of the first block with the new code", async () => {
    const chain = await deferred();
    const names = [2, 3].map((number) => {
      const block = chain.blockAt(number)!;
      const own = compileEvents(decodeMetadata(chain.metadata(16, block)));
      const records = own.decode(chain.stateOf(block).get(systemEventsKey(chain.crypto))!);
      return records.map(({ pallet, name }) => `${pallet}.${name}`);
    });
    expect(names).toEqual([["System.ExtrinsicSuccess"], ["System.CodeUpdated", "System.ExtrinsicSuccess"]]);
  });

  it("can follow an upgrade in the previous block", async () => {
    const chain = await manualChain({ systemVersions: [2, 3, 3] });
    chain.upgradeRuntime();
    growTo(chain, 1);
    chain.upgradeRuntime();
    growTo(chain, 2);
    chain.upgradeRuntime();
    growTo(chain, 4);
    const blocks = [1, 2, 3, 4].map((number) => chain.blockAt(number)!);
    expect(blocks.map(({ specVersion }) => specVersion)).toEqual([2, 2, 3, 4]);
    expect(blocks.map(isUpdated)).toEqual([true, false, true, true]);
  });

  it("can be recomputed like any other block", async () => {
    const chain = await deferred({ stateWindow: 4 });
    growTo(chain, 15);
    for (const number of [2, 3, 4, 1]) {
      const block = chain.blockAt(number)!;
      expect(chain.stateOf(block).root).toEqual(block.header.stateRoot);
    }
  });

  it("is applied at once by a chain in instant mode", async () => {
    const chain = await createDevchain({ systemVersions: [3] });
    onTestFinished(() => chain.close());
    chain.upgradeRuntime();
    chain.produceBlock();
    await expect.poll(() => chain.best().specVersion).toBe(2);
    expect(chain.best().header.number).toBe(2);
  });
});

describe("over JSON-RPC, an upgrade", () => {
  it("is announced to subscribers of both APIs, and changes answers only for later blocks", async () => {
    const { rpc, chain } = await serve({ mode: { kind: "manual" } });
    const follow = await rpc.call("chainHead_v1_follow", true);
    const versions = await rpc.call("state_subscribeRuntimeVersion");
    expect(await rpc.next(versions)).toMatchObject({ specVersion: 1 });
    await rpc.next(follow); // initialized
    await rpc.next(follow); // bestBlockChanged
    await rpc.call("dev_upgradeRuntime");
    await rpc.call("dev_newBlock");
    expect(await rpc.next(follow)).toMatchObject({
      event: "newBlock",
      newRuntime: { type: "valid", spec: { specVersion: 2 } },
    });
    expect(await rpc.next(versions)).toMatchObject({ specVersion: 2 });
    const genesis = to0x(chain.genesisHash);
    expect(await rpc.call("state_getRuntimeVersion", genesis)).toMatchObject({ specVersion: 1 });
    expect(await rpc.call("state_getRuntimeVersion")).toMatchObject({ specVersion: 2 });
    expect(await rpc.call("state_getMetadata", genesis)).toBe(to0x(chain.metadata(14, chain.genesis)));
    expect(await rpc.call("state_getMetadata")).not.toBe(await rpc.call("state_getMetadata", genesis));
    expect(await rpc.call("dev_status")).toMatchObject({ specVersion: 2 });
  });

  it.each(["legacy", "modern"] as const)(
    "does not disturb polkadot-api, which continues over %s",
    async (api) => {
      const { url, chain } = await serve({}, { api });
      const client = createClient(getWsProvider(url, { websocketClass: WebSocket as never }));
      onTestFinished(() => client.destroy());
      const pair = alice();
      const push = () =>
        client.getUnsafeApi().tx["Execution"]!["push_command"]!({
          contract_id: 3,
          payload: Uint8Array.of(1),
        }).signAndSubmit(getPolkadotSigner(pair.publicKey, "Sr25519", pair.sign));
      expect((await push()).ok).toBe(true);
      chain.upgradeRuntime();
      const { hash } = chain.produceBlock();
      await expect.poll(async () => (await client.getFinalizedBlock()).hash).toBe(to0x(hash));
      const { ok, events } = await push();
      expect(ok).toBe(true);
      expect(events.map(({ type, value }) => `${type}.${value.type}`)).toContain("Execution.CommandPushed");
    },
  );
});
