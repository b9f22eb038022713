import type { Blob } from "@pruntime/api";
import { toHex } from "@pruntime/core/bytes";
import { beforeAll, describe, expect, it } from "vitest";
import { GatewayError, startGateway } from "../src/index.ts";
import type { BlobStore } from "../src/store/store.ts";
import { memoryStore } from "../src/testing/memory-store.ts";
import {
  buildFakeEnclave,
  call,
  codeOf,
  Lines,
  post,
  start,
  temporaryFolder,
  until,
} from "./support/gateway.ts";

let bundle = "";
beforeAll(async () => {
  bundle = await buildFakeEnclave();
});

describe("calls", () => {
  it("passes body bytes to the enclave and its reply to the caller, unchanged", async () => {
    const gateway = await start({ bundle });
    const body = ' {"nonce":{} ,"input":{"a":1,"a":2,"text":"\\u0000\u{1f600}"}}\r\n';
    const response = await post(gateway, "query", body);
    expect([response.status, await response.text(), response.headers.get("content-type")]).toEqual([
      200,
      body,
      "application/json",
    ]);
  });

  it("passes status, code and statement of the enclave", async () => {
    const gateway = await start({ bundle });
    const response = await call(gateway, "query", { do: "refuse" });
    const header = (name: string) => response.headers.get(name);
    expect([
      response.status,
      header("pruntime-code"),
      header("pruntime-statement"),
      header("pruntime-statement-signature"),
    ]).toEqual([422, "fake/refused", "ab", "cd"]);
  });

  it("answers concurrent calls, each with its own reply", async () => {
    const gateway = await start({ bundle });
    const bodies = Array.from({ length: 60 }, (_, i) => JSON.stringify({ input: { i } }));
    const replies = await Promise.all(
      bodies.map(async (body) => (await post(gateway, "query", body)).text()),
    );
    expect(replies).toEqual(bodies);
  });
});

describe("the enclave's process", () => {
  const pausesIn = (stream: Lines) =>
    stream.records.filter(({ msg }) => msg === "enclave lost").map(({ pauseMs }) => pauseMs);

  it("has an empty environment and can read no file but its bundle", async () => {
    const gateway = await start({ bundle });
    expect(await (await call(gateway, "query", { do: "surroundings" })).json()).toMatchObject({
      env: [],
      etc: "ERR_ACCESS_DENIED",
    });
  });

  it("reports its keys, measurement and state", async () => {
    const gateway = await start({ bundle });
    const { state, restarts, identity } = gateway.enclave();
    expect([state, restarts, toHex(identity!.publicKey)]).toEqual(["ready", 0, "02".repeat(33)]);
  });

  it("starts without its saved state if that state ended two processes in a row", async () => {
    const store = memoryStore();
    const base = Buffer.from(JSON.stringify({ id: "a", pages: 0, bytes: 0, from: 0 }));
    const crash = Buffer.from('sync_header\0{"input":{"do":"crash"}}');
    const puts = [
      { key: "base", bytes: base },
      { key: "call/000000000000000", bytes: crash },
    ];
    await store.commit([], [], { puts, drops: [] });
    const gateway = await start({ bundle, store, savesState: true });
    expect(gateway.enclave()).toMatchObject({ state: "ready", restarts: 2 });
    expect(await store.ownKeys()).toEqual([]);
  });

  it("is restarted, with its blobs, after kill -9", async () => {
    const gateway = await start({ bundle });
    await call(gateway, "query", { do: "put", key: "data/1" });
    const { pid } = gateway.enclave();
    process.kill(pid!, "SIGKILL");
    await until(() => gateway.enclave().restarts === 1 && gateway.enclave().state === "ready");
    expect(await (await call(gateway, "query", { do: "boot-keys" })).json()).toEqual(["data/1", "identity"]);
    expect(gateway.enclave().pid).not.toBe(pid);
  });

  it.each(["crash", "throw", "garbage", "huge-frame", "wrong-id", "ready", "bad-status", "bad-code"])(
    "http/enclave-down, then a new enclave: %s",
    async (what) => {
      const gateway = await start({ bundle });
      const response = await call(gateway, "query", { do: what });
      expect([response.status, await codeOf(response)]).toEqual([503, "http/enclave-down"]);
      await until(() => gateway.enclave().state === "ready");
      expect((await call(gateway, "query", {})).status).toBe(200);
    },
  );

  it("http/enclave-timeout for a hung call, then a new enclave", async () => {
    const gateway = await start({ bundle, limits: { silenceMs: 1_000 } });
    const hung = await call(gateway, "query", { do: "hang" });
    expect([hung.status, await codeOf(hung)]).toEqual([504, "http/enclave-timeout"]);
    await until(() => gateway.enclave().state === "ready");
    expect((await call(gateway, "query", {})).status).toBe(200);
  });

  it("logs facts, but only the code and the stack frames of a crash", async () => {
    const stream = new Lines();
    const gateway = await start({ bundle, log: { stream } });
    await call(gateway, "query", { do: "log" });
    await call(gateway, "query", { do: "throw", secret: "sesame" });
    expect(stream.records).toContainEqual(
      expect.objectContaining({ level: 40, code: "fake/noted", facts: { block: "7" } }),
    );
    const { trace } = stream.records.find(({ msg }) => msg === "enclave lost") ?? {};
    expect(trace).toContainEqual(expect.stringMatching(/^at .*enclave\.mjs/));
    expect(stream.text).not.toContain("sesame");
  });

  it("is reported as lost, and the gateway refuses calls", async () => {
    const gateway = await start({ bundle, limits: { restart: { minMs: 60_000, maxMs: 60_000 } } });
    await call(gateway, "query", { do: "crash" });
    const [health, readiness] = await Promise.all(
      ["healthz", "readyz"].map((page) => fetch(`${gateway.url}/${page}`)),
    );
    expect([health?.status, await health?.json()]).toEqual([200, { state: "restarting", restarts: 0 }]);
    expect(readiness?.status).toBe(503);
    expect(await readiness?.json()).toMatchObject({ doubts: ["enclave", "unknown"] });
    expect(await codeOf(await call(gateway, "query", {}))).toBe("http/enclave-down");
  });

  it("pauses longer before each further restart", async () => {
    const stream = new Lines();
    const gateway = await start({
      bundle,
      log: { stream },
      limits: { restart: { minMs: 4, maxMs: 60_000 } },
    });
    for (let i = 1; i <= 3; i++) {
      process.kill(gateway.enclave().pid!, "SIGKILL");
      await until(() => gateway.enclave().restarts === i && gateway.enclave().state === "ready");
    }
    expect(pausesIn(stream)).toEqual([4, 8, 16]);
  });

  it("resets the pause after an enclave has run for long enough", async () => {
    const stream = new Lines();
    const gateway = await start({ bundle, log: { stream }, limits: { restart: { minMs: 4, maxMs: 5 } } });
    for (let i = 1; i <= 2; i++) {
      await call(gateway, "query", { do: "slow", ms: 10 });
      process.kill(gateway.enclave().pid!, "SIGKILL");
      await until(() => gateway.enclave().restarts === i && gateway.enclave().state === "ready");
    }
    expect(pausesIn(stream)).toEqual([4, 4]);
  });

  it("completes a call in progress when the gateway closes, and then ends", async () => {
    const stream = new Lines();
    const gateway = await start({ bundle, log: { stream } });
    const { pid } = gateway.enclave();
    const begun = call(gateway, "query", { do: "slow", ms: 50 });
    await until(() => stream.text.includes("fake/begun"));
    await gateway.close();
    expect((await begun).status).toBe(200);
    expect(() => process.kill(pid!, 0)).toThrow("ESRCH");
  });

  it("is killed if it does not end by itself", async () => {
    const stream = new Lines();
    const gateway = await start({ bundle, log: { stream }, limits: { closeGraceMs: 100 } });
    const hung = call(gateway, "query", { do: "hang" });
    await until(() => stream.text.includes("fake/begun"));
    await gateway.close();
    expect((await hung).status).toBe(503);
  });
});

describe("startGateway", () => {
  const storeIn = async (mode: string): Promise<BlobStore> => {
    const store = memoryStore();
    await store.commit([{ key: "mode", bytes: Buffer.from(mode) }], []);
    return store;
  };
  const failure = async (options: Partial<Parameters<typeof startGateway>[0]>) => {
    const failed = startGateway({
      bundle,
      dataDir: "",
      store: memoryStore(),
      log: { level: "silent" },
      ...options,
    });
    return await failed.then(
      () => "started",
      (error: unknown) => (error instanceof GatewayError ? error.detail : error),
    );
  };

  it("gateway/boot-failed", async () => {
    expect(await failure({ store: await storeIn("exit") })).toEqual({
      code: "gateway/boot-failed",
      reason: "exit-7",
    });
    expect(await failure({ store: await storeIn("silent"), limits: { bootTimeoutMs: 50 } })).toEqual({
      code: "gateway/boot-failed",
      reason: "boot-timeout",
    });
  });

  it("gateway/no-bundle", async () => {
    expect(await failure({ bundle: "/nowhere/enclave.mjs" })).toEqual({
      code: "gateway/no-bundle",
      path: "/nowhere/enclave.mjs",
    });
  });

  it("gateway/production-2020: operator calls without a token, in production mode", async () => {
    expect(await failure({ operator: { as2020: true }, hardware: { production: true } })).toEqual({
      code: "gateway/production-2020",
    });
  });

  it("gateway/port-taken, also for the operator's address", async () => {
    const { port } = await start({ bundle });
    const listen = { host: "127.0.0.1", port };
    expect(await failure({ operator: { listen } })).toEqual({ code: "gateway/port-taken", port });
  });

  it("gateway/weak-token", async () => {
    expect(await failure({ operator: { token: "short" } })).toEqual({ code: "gateway/weak-token" });
  });

  it("lock/held, until the other gateway is closed", async () => {
    const dataDir = temporaryFolder();
    const options = { bundle, dataDir, log: { level: "silent" } } as const;
    const first = await startGateway(options);
    await expect(startGateway(options)).rejects.toMatchObject({
      detail: { code: "lock/held", folder: dataDir },
    });
    expect((await call(first, "query", {})).status).toBe(200);
    await first.close();
    await (await startGateway(options)).close();
  });

  it("releases the data directory if it does not start", async () => {
    const dataDir = temporaryFolder();
    const options = { dataDir, log: { level: "silent" } } as const;
    await expect(startGateway({ ...options, bundle: "/nowhere" })).rejects.toThrow("gateway/no-bundle");
    await (await startGateway({ ...options, bundle })).close();
  });

  it("gateway/port-taken", async () => {
    const { port } = await start({ bundle });
    expect(await failure({ port })).toEqual({ code: "gateway/port-taken", port });
  });
});

describe("blobs", () => {
  /**
   * A store in memory that records each commit in `events`. A commit fails if `fails` returns true for its
   * blobs.
   */
  const watched = (events: string[], fails: (puts: readonly Blob[]) => boolean = () => false): BlobStore => {
    const inner = memoryStore();
    return {
      ...inner,
      commit: async (puts, drops) => {
        if (fails(puts)) throw new Error("disk full");
        await new Promise((resolve) => setTimeout(resolve, 50));
        await inner.commit(puts, drops);
        events.push(`kept ${puts.map(({ key }) => key).join()} dropped ${drops.join()}`);
      },
    };
  };

  it("stores a new identity before it accepts calls", async () => {
    const events: string[] = [];
    await start({ bundle, store: watched(events) });
    expect(events).toEqual(["kept identity dropped "]);
  });

  it("stores a reply's blobs, in one transaction, before it answers", async () => {
    const events: string[] = [];
    const gateway = await start({ bundle, store: watched(events) });
    await call(gateway, "init_runtime", { do: "put" });
    events.push("answered");
    expect(events.slice(1)).toEqual(["kept init dropped old", "answered"]);
  });

  it("http/store-failed", async () => {
    const gateway = await start({ bundle, store: watched([], (puts) => puts[0]?.key === "init") });
    const response = await call(gateway, "init_runtime", { do: "put" });
    expect([response.status, await codeOf(response)]).toEqual([500, "http/store-failed"]);
    expect((await call(gateway, "query", {})).status).toBe(200);
  });

  it("http/store-failed for an invalid key", async () => {
    const gateway = await start({ bundle });
    expect((await call(gateway, "set", { do: "put", key: "k".repeat(300) })).status).toBe(500);
  });
});
