import { toBase64, utf8 } from "@pruntime/core/bytes";
import { Writer } from "@pruntime/core/scale";
import { describe, expect, it } from "vitest";
import { bodyInput, initialized, metadata, TinyChain, transfer } from "./support/chain.ts";
import { held, platform, start } from "./support/enclave.ts";

const chain = new TinyChain();
for (let i = 1; i < 4; i++) chain.grow({ extrinsics: [transfer(i)] });

describe("set and get", () => {
  it("answer as in 2020, and store the file as a sealed blob", () => {
    const started = initialized(start(), chain);
    const data = toBase64(utf8("hello"));
    expect(started.call("set", { path: "/ipfs/a", data }).text).toContain(
      '"payload":"{\\"data\\":\\"aGVsbG8=\\",\\"path\\":\\"/ipfs/a\\"}"',
    );
    expect(started.call("get", { path: "/ipfs/a" }).payload).toEqual({ path: "/ipfs/a", value: data });
    const [key] = [...started.store.keys()].filter((name) => name.startsWith("data/"));
    expect(key).toMatch(/^data\/[0-9a-f]{64}$/);
    expect(Buffer.from(started.store.get(key!)!).includes("hello")).toBe(false);
  });

  it.each([
    ["Failed to decode base64 data", "set", { path: "/ipfs/a", data: "!" }],
    ["Failed to decode base64 data", "set", { path: "/ipfs/a", data: "aGVsbG8" }],
    ["Data doesn't exist", "get", { path: "/ipfs/none" }],
  ] as const)("%s", (message, action, input) =>
    expect(initialized(start(), chain).call(action, input)).toMatchObject({
      status: 200,
      outcome: "error",
      payload: { message },
    }),
  );

  it.each([
    ["data/reserved-path", "set", { path: "/order/0", data: "" }],
    ["data/bad-path", "set", { path: "", data: "" }],
    ["json/missing-key", "set", { path: "/ipfs/a" }],
    ["json/missing-key", "get", {}],
  ] as const)("%s: stores nothing", (code, action, input) => {
    const started = initialized(start(), chain);
    expect(started.call(action, input)).toMatchObject({ status: 400, code });
    expect([...started.store.keys()].sort()).toEqual(["identity", "init", "mark"]);
  });
});

describe("dump_states and load_states", () => {
  it("restore an earlier state of a worker", () => {
    const first = initialized(start(), chain);
    for (let i = 1; i < 3; i++) first.call("sync_block", bodyInput(chain, i));
    const { payload } = first.call("dump_states");
    expect([payload.nonce.length, Object.keys(payload)]).toEqual([24, ["data", "nonce"]]);
    const again = start({ store: first.store });
    expect(again.call("get_info").payload).toMatchObject({ blocknum: 1, initialized: true });
    expect(again.call("load_states", payload).payload).toEqual({});
    expect(held(again)).toBe(held(first));
    expect(again.call("sync_block", bodyInput(chain, 3)).payload).toEqual({ synced_to: 3 });
  });

  it("refuse everything except a dump sealed under this key", () => {
    const started = initialized(start(), chain);
    const { data, nonce } = started.call("dump_states").payload as { data: string; nonce: string };
    const before = held(started);
    const flipped = `${data.slice(0, -1)}${data.endsWith("0") ? "1" : "0"}`;
    const identity = Buffer.from(started.store.get("identity")!);
    for (const input of [
      { data: flipped, nonce },
      { data, nonce: "00".repeat(12) },
      { data: "", nonce },
      { data: identity.subarray(13).toString("hex"), nonce: identity.subarray(1, 13).toString("hex") },
    ])
      expect(started.call("load_states", input)).toMatchObject({ status: 400, code: "enclave/bad-seal" });
    for (const input of [{}, { data }, { data, nonce: "00" }, { data: "0", nonce }, { data: "zz", nonce }])
      expect(started.call("load_states", input).status).toBe(400);
    expect(held(started)).toBe(before);
  });

  it("dump/older, dump/wrong-anchor", () => {
    const worker = initialized(start(), chain);
    const old = worker.call("dump_states").payload as object;
    worker.call("sync_block", bodyInput(chain, 1));
    expect(worker.call("load_states", old)).toMatchObject({ status: 400, code: "dump/older" });
    const other = initialized(start(), chain, metadata);
    expect(other.call("load_states", old)).toMatchObject({ status: 400, code: "dump/wrong-anchor" });
  });

  it("accept a dump of four megabytes", () => {
    const { sealer } = platform();
    const started = initialized(start(), chain);
    const page = new Writer()
      .bool(true)
      .u32(4 << 20)
      .raw(new Uint8Array(4 << 20))
      .finish();
    const sealed = Buffer.from(sealer.seal("dump", page));
    const input = {
      data: sealed.subarray(13).toString("hex"),
      nonce: sealed.subarray(1, 13).toString("hex"),
    };
    expect(started.call("load_states", input)).toMatchObject({ status: 400, code: "codec/truncated" });
  });
});
