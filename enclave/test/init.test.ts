import { toBase64, toHex } from "@pruntime/core/bytes";
import { encodeRecovery } from "@pruntime/core/light-client";
import { rulesNumber } from "@pruntime/core/version";
import { builtIns } from "@pruntime/interfaces";
import { describe, expect, it } from "vitest";
import { recorded } from "../../test/support/fixtures.ts";
import { QuoteError } from "../src/producers/error.ts";
import { initInput, initialized, metadata, TinyChain } from "./support/chain.ts";
import { held, measurement, start } from "./support/enclave.ts";

const chain = new TinyChain();
chain.grow();

describe("init_runtime", () => {
  it("returns the worker's keys, and reports that the worker is simulated", () => {
    const started = start();
    const { identity } = started.enclave;
    const { payload, text } = started.call("init_runtime", initInput(chain));
    expect(payload).toEqual({
      attestation: { payload: {}, provider: "simulated", version: 1 },
      ecdh_public_key: toHex(identity.keyPair.publicKey),
      public_key: toHex(identity.signer.publicKey),
    });
    expect(payload.ecdh_public_key).toMatch(/^04[0-9a-f]{128}$/);
    expect(payload.public_key).toMatch(/^0[23][0-9a-f]{64}$/);
    expect(text).toMatch(
      /^\{"payload":"\{\\"attestation\\":.*","signature":"[0-9a-f]{128}","status":"ok"\}$/,
    );
  });

  it("Already initialized", () => {
    const started = initialized(start(), chain);
    const before = held(started);
    for (const input of [
      initInput(chain),
      initInput(new TinyChain(1), metadata),
      { ...initInput(chain), skip_ra: false },
    ])
      expect(started.call("init_runtime", input)).toMatchObject({
        status: 200,
        outcome: "error",
        code: "runtime/already-initialized",
        payload: { message: "Already initialized" },
      });
    expect(held(started)).toBe(before);
  });

  it("Error while connecting to IAS: changes nothing if the hardware gives no evidence", () => {
    const failing = {
      provider: "gramine" as const,
      quote: () => {
        throw new QuoteError({ code: "quote/busy", provider: "gramine", attempts: 6 });
      },
    };
    const started = start({ producer: failing });
    expect(started.call("init_runtime", { ...initInput(chain), skip_ra: false })).toMatchObject({
      status: 200,
      outcome: "error",
      code: "quote/busy",
      payload: { message: "Error while connecting to IAS" },
    });
    expect(started.call("get_info").payload.initialized).toBe(false);
    expect([...started.store.keys()]).toEqual([]);
    initialized(started, chain);
  });

  it.each([
    ["json/missing-key", {}],
    ["json/missing-key", { skip_ra: true }],
    ["json/missing-key", { bridge_genesis_info_b64: "" }],
    ["json/wrong-type", { ...initInput(chain), skip_ra: 1 }],
    ["json/wrong-type", { ...initInput(chain), bridge_genesis_info_b64: "!" }],
    ["json/wrong-type", { ...initInput(chain), runtime_metadata_b64: null }],
    ["codec/truncated", { ...initInput(chain), bridge_genesis_info_b64: "" }],
    ["headers/not-genesis", { ...initInput(chain), bridge_genesis_info_b64: notGenesis() }],
    ["json/out-of-range", { ...initInput(chain), bridge_genesis_info_b64: "A".repeat(1_500_000) }],
    ["json/unknown-key", { ...initInput(chain, metadata), code_proof_b64: [] }],
    ["json/unknown-key", { ...initInput(chain), checkpoint: "{}" }],
    ["json/missing-key", { skip_ra: true, checkpoint: "{}" }],
    ["trie/root-missing", { ...initInput(chain), code_proof_b64: [] }],
    ["json/wrong-type", { ...initInput(chain), code_proof_b64: "" }],
  ])("%s: leaves the worker usable", (code, input) => {
    const started = start();
    expect(started.call("init_runtime", input)).toMatchObject({ status: 400, code, statement: undefined });
    expect(started.call("get_info").payload).toMatchObject({ initialized: false, ecdh_public_key: "" });
    initialized(started, chain, metadata);
  });

  it("refuses a runtime whose metadata declares no command events", () => {
    const started = start();
    const input = { ...initInput(chain), runtime_metadata_b64: toBase64(metadata.subarray(0, 5000)) };
    expect(started.call("init_runtime", input).status).toBe(400);
    expect([...started.store.keys()]).toEqual([]);
  });
});

describe("before init", () => {
  it.each([
    ["sync_block", { data: toBase64(chain.body(1).block) }],
    ["sync_header", { headers_b64: chain.headers(1, 1).headers.map(toBase64) }],
    ["dispatch_block", { blocks_b64: chain.dispatch(1, 1).blocks.map(toBase64) }],
    ["query", { query_payload: '{"Plain":"{}"}', origin: null }],
    ["set", { path: "/ipfs/a", data: "" }],
    ["get", { path: "/ipfs/a" }],
    ["dump_states", {}],
  ] as const)("runtime/not-initialized: %s", (action, input) => {
    const started = start();
    expect(started.call(action, input)).toMatchObject({
      status: 409,
      code: "runtime/not-initialized",
      statement: undefined,
    });
    expect([...started.store.keys()]).toEqual([]);
  });
});

describe("get_info", () => {
  it("returns the fields of 2020 before init", () => {
    const started = start();
    const { text, payload, statement } = started.call("get_info");
    expect(payload).toEqual({
      blocknum: 0,
      ecdh_public_key: "",
      initialized: false,
      public_key: toHex(started.enclave.identity.signer.publicKey),
    });
    expect(text).toContain(
      '"payload":"{\\"blocknum\\":0,\\"ecdh_public_key\\":\\"\\",\\"initialized\\":false,\\"public_key\\":',
    );
    expect(statement).toBeUndefined();
  });

  it("returns the number of the next block, which is 1 after init", () => {
    const started = initialized(start(), chain);
    expect(started.call("get_info").payload).toMatchObject({ blocknum: 1, initialized: true });
    started.call("sync_block", { data: toBase64(chain.body(1).block) });
    expect(started.call("get_info").payload.blocknum).toBe(2);
  });
});

describe("get_status", () => {
  it("returns keys, measurement and provider, but no chain, before init", () =>
    expect(start().call("get_status").payload).toMatchObject({
      initialized: false,
      command_source: null,
      dispatched: null,
      finalized: null,
      authorities: null,
      provider: "simulated",
      measurement: toHex(measurement),
    }));

  it("agrees with the signed statement", () => {
    const started = initialized(start(), chain, metadata);
    started.call("sync_header", { headers_b64: chain.headers(1, 1).headers.map(toBase64) });
    const { payload, statement } = started.call("get_status");
    expect(payload).toMatchObject({
      anchor: toHex(statement!.anchor),
      chain_time_ms: "0",
      command_source: "events",
      dispatched: { number: 0, hash: toHex(chain.at(0).hash) },
      finalized: { number: 1, hash: toHex(statement!.finalizedHash) },
      genesis_hash: toHex(statement!.genesisHash),
      state_root: toHex(statement!.stateRoot),
      authorities: { count: 4, set_id: "0" },
    });
    expect(payload.contracts.map(({ id }: { id: number }) => id)).toEqual(builtIns.map(({ id }) => id));
  });
});

describe("the recorded genesis infos of 2019", () => {
  recorded.for(["a", "b"])("initialize a worker: %s", (name, { files }) => {
    const info = files.text(`phala/2020-bridge/genesis-info-${name}.b64`).trim();
    const started = start();
    expect(started.call("init_runtime", { bridge_genesis_info_b64: info, skip_ra: true }).outcome).toBe("ok");
    const block = files.text("phala/2020-bridge/signed-block-2019-12-14.b64").trim();
    expect(started.call("sync_block", { data: block })).toMatchObject({
      status: 200,
      outcome: "error",
      payload: { message: "Missing justification" },
    });
  });
});

function notGenesis(): string {
  const { encoded } = chain.at(1);
  return toBase64(new Uint8Array([...encoded, ...chain.genesisInfo().subarray(chain.at(0).encoded.length)]));
}

describe("what init decides is part of the status", () => {
  const statusAfter = (input: object) => {
    const started = start();
    expect(started.call("init_runtime", input).outcome).toBe("ok");
    return started.call("get_status").payload as Record<string, unknown>;
  };
  const chain = new TinyChain();
  const bodies = initInput(chain);
  const told = initInput(chain, metadata);
  const balance = `${"ab".repeat(32)}:12`;

  it("the source of meaning, the genesis balance and the rules number", () => {
    expect(statusAfter(bodies)).toMatchObject({
      meaning: "bodies",
      genesis_balance: "development",
      channel_v1: true,
    });
    expect(statusAfter(told)).toMatchObject({ meaning: "told", genesis_balance: "none", channel_v1: false });
    expect(statusAfter({ ...told, channel_v1: true })).toMatchObject({ channel_v1: true });
    expect(statusAfter({ ...told, genesis_balance: balance })).toMatchObject({
      genesis_balance: balance,
      rules: rulesNumber,
      runtime_unreadable: null,
    });
    expect(start().call("get_status").payload).toMatchObject({
      meaning: null,
      genesis_balance: null,
      rules: rulesNumber,
    });
  });

  it("the authority whose policies decide about handovers, with another anchor", () => {
    const policy_authority = `hash:${"ab".repeat(32)}`;
    const [named, usual] = [statusAfter({ ...told, policy_authority }), statusAfter(told)];
    expect([named["policy_authority"], usual["policy_authority"]]).toEqual([policy_authority, "registry"]);
    expect(named["anchor"]).not.toBe(usual["anchor"]);
    expect(start().call("get_status").payload).toMatchObject({ policy_authority: null });
    const { code } = start().call("init_runtime", { ...told, policy_authority: "none" });
    expect(code).toBe("json/out-of-range");
  });

  it("each genesis balance gives a different anchor", () => {
    const anchors = [
      told,
      { ...told, genesis_balance: balance },
      { ...told, genesis_balance: "development" },
    ].map((input) => statusAfter(input)["anchor"]);
    expect(new Set(anchors).size).toBe(3);
  });

  it("runtime/channel-v1: in production mode, only an anchor that refuses commands of channel v1", () => {
    const answer = (input: object) => start({ allowsV1: false }).call("init_runtime", input);
    for (const input of [bodies, { ...told, channel_v1: true }])
      expect(answer(input).code).toBe("runtime/channel-v1");
    for (const input of [{ ...bodies, channel_v1: false }, told]) expect(answer(input).outcome).toBe("ok");
  });

  it("runtime/recovery-by-bodies: refuses recovery keys where commands come from bodies", () => {
    const recovery_keys = { keys: [`0x${"01".repeat(32)}`], threshold: 1 };
    const answer = (input: object) => start().call("init_runtime", { ...input, recovery_keys });
    expect(answer(bodies).code).toBe("runtime/recovery-by-bodies");
    expect(answer(told).code).toBeUndefined();
    const worker = start();
    worker.call("init_runtime", bodies);
    const zeros = new Uint8Array(32);
    const authorities = { setId: 1n, authorities: [] };
    const checkpoint = { genesisHash: zeros, encodedHeader: zeros, authorities, pending: [] };
    const recovery = encodeRecovery({ anchor: zeros, replacedSetId: 0n, checkpoint, signatures: [] });
    const call = worker.call("recover_finality", { headers_b64: [], recovery });
    expect(call).toMatchObject({ status: 409, code: "recovery/no-keys" });
  });

  it("json/out-of-range: a text that is not a genesis balance", () => {
    const { code } = start().call("init_runtime", { ...told, genesis_balance: "//Alice:5" });
    expect(code).toBe("json/out-of-range");
  });
});
