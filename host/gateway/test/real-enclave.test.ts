import { existsSync } from "node:fs";
import { join } from "node:path";
import { findAction, getInfo, getStatus } from "@pruntime/api";
import { toBase64, toHex, utf8 } from "@pruntime/core/bytes";
import { describe, expect, it } from "vitest";
import {
  extrinsic2020,
  pushCommand2020,
  TinyChain,
} from "../../../trusted/runtime/test/support/tiny-chain.ts";
import type { Gateway } from "../src/index.ts";
import { openLmdbStore } from "../src/store/lmdb.ts";
import { call, codeOf, post, read, start, temporaryFolder, until } from "./support/gateway.ts";

const bundle = join(import.meta.dirname, "../../../enclave/dist/enclave.mjs");

describe.skipIf(!existsSync(bundle))("with the built enclave", () => {
  const infoOf = async (gateway: Gateway) => read(getInfo, await call(gateway, "get_info", {}));

  it("answers with the keys that its process reported", async () => {
    const gateway = await start({ bundle });
    const info = await infoOf(gateway);
    const { identity } = gateway.enclave();
    expect([info.initialized, info.public_key]).toEqual([false, toHex(identity!.publicKey)]);
    const { measurement } = await read(getStatus, await call(gateway, "get_status", {}));
    expect(measurement).toBe(toHex(identity!.measurement));
  });

  it("stays the same worker after kill -9 and after the gateway's restart, once it has a chain", async () => {
    const dataDir = temporaryFolder();
    const first = await start({ bundle, dataDir, store: await openLmdbStore(dataDir) });
    await call(first, "init_runtime", {
      bridge_genesis_info_b64: toBase64(new TinyChain().genesisInfo()),
      skip_ra: true,
    });
    const { public_key } = await infoOf(first);
    process.kill(first.enclave().pid!, "SIGKILL");
    await until(() => first.enclave().restarts === 1 && first.enclave().state === "ready");
    expect((await infoOf(first)).public_key).toBe(public_key);
    await first.close();
    const second = await start({ bundle, dataDir, store: await openLmdbStore(dataDir) });
    expect((await infoOf(second)).public_key).toBe(public_key);
  });

  it("answers in the middle of a block, and goes on from what is stored after kill -9 there", async () => {
    const chain = new TinyChain();
    const payload = (i: number) => utf8(`{"Plain":"${i}"}`);
    const extrinsics = Array.from({ length: 10_000 }, (_, i) =>
      extrinsic2020(pushCommand2020(2, payload(i))),
    );
    chain.grow({ extrinsics });
    const block = { data: toBase64(chain.body(1).block) };
    const gateway = await start({ bundle });
    await call(gateway, "init_runtime", {
      bridge_genesis_info_b64: toBase64(chain.genesisInfo()),
      skip_ra: true,
    });
    const dispatch = call(gateway, "sync_block", block);
    const { blocknum, public_key } = await infoOf(gateway);
    process.kill(gateway.enclave().pid!, "SIGKILL");
    expect([blocknum, await codeOf(await dispatch)]).toEqual([1, "http/enclave-down"]);
    await until(() => gateway.enclave().restarts === 1 && gateway.enclave().state === "ready");
    expect(await infoOf(gateway)).toMatchObject({ initialized: true, blocknum: 1, public_key });
    expect((await call(gateway, "sync_block", block)).status).toBe(200);
    expect(await infoOf(gateway)).toMatchObject({ blocknum: 2, public_key });
  });

  it("goes on from its saved state after kill -9 and after the gateway's restart", async () => {
    const [chain, dataDir] = [new TinyChain(), temporaryFolder()];
    for (let i = 0; i < 6; i++)
      chain.grow({ extrinsics: [extrinsic2020(pushCommand2020(2, utf8(`{"Plain":"${i}"}`)))] });
    const store = await openLmdbStore(dataDir);
    const options = { bundle, dataDir, savesState: true };
    const first = await start({ ...options, store });
    await call(first, "init_runtime", {
      bridge_genesis_info_b64: toBase64(chain.genesisInfo()),
      skip_ra: true,
    });
    const sync = (gateway: Gateway, block: number) =>
      call(gateway, "sync_block", { data: toBase64(chain.body(block).block) });
    const stateOf = async (gateway: Gateway) => {
      const { dispatched, below_mark, state_root } = await read(
        getStatus,
        await call(gateway, "get_status", {}),
      );
      return { block: dispatched?.number, below_mark, state_root };
    };
    await sync(first, 1);
    while ((await store.own("base")) === undefined) await new Promise((resolve) => setTimeout(resolve, 20));
    for (const block of [2, 3, 4]) expect((await sync(first, block)).status).toBe(200);
    const before = await stateOf(first);
    expect(before).toMatchObject({ block: 4, below_mark: false });

    process.kill(first.enclave().pid!, "SIGKILL");
    await until(() => first.enclave().restarts === 1 && first.enclave().state === "ready");
    expect(await stateOf(first)).toEqual(before);
    await sync(first, 5);
    const later = await stateOf(first);
    await first.close();

    const second = await start({ ...options, store: await openLmdbStore(dataDir) });
    expect(await stateOf(second)).toEqual(later);
    expect((await sync(second, 6)).status).toBe(200);
    await second.close();

    const spoilt = await openLmdbStore(dataDir);
    const page = (await spoilt.ownKeys()).find((key) => key.startsWith("page/"))!;
    await spoilt.commit([], [], {
      puts: [{ key: page, bytes: utf8(toBase64(new Uint8Array(99))) }],
      drops: [],
    });
    const third = await start({ ...options, store: spoilt });
    expect(await stateOf(third)).toMatchObject({ block: 0, below_mark: true });
    expect(await spoilt.ownKeys()).toEqual([]);
    for (const block of [1, 2, 3, 4, 5]) await sync(third, block);
    expect(await stateOf(third)).toMatchObject({ ...later, below_mark: true });
  });

  it.each([
    "{}",
    "[]",
    "null",
    '{"input":{},"input":{}}',
    '{"input":7,"nonce":{}}',
    '{"input":{"headers_b64":["!"]},"nonce":{}}',
    "[".repeat(5000) + "]".repeat(5000),
  ])("survives an invalid body for any action: %#", async (body) => {
    const gateway = await start({ bundle });
    for (const action of [
      "init_runtime",
      "sync_header",
      "dispatch_block",
      "sync_block",
      "query",
      "set",
      "get",
      "load_states",
      "get_info",
    ]) {
      const { status } = await post(gateway, action, body);
      expect([findAction(action)?.name, status < 500]).toEqual([action, true]);
    }
    expect(gateway.enclave()).toMatchObject({ state: "ready", restarts: 0 });
  });
});
