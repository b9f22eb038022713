import { toHex, utf8 } from "@pruntime/core/bytes";
import { portableCrypto } from "@pruntime/core/crypto";
import { describe, expect, it } from "vitest";
import { codeOf } from "../../trusted/core/test/support/code.ts";
import { boot } from "../src/boot.ts";
import { createSealer, DEVELOPMENT_SEALING_KEY, developmentKey, ephemeralKey } from "../src/store/sealing.ts";
import { bodyInput, initInput, initialized, metadata, TinyChain, transfer } from "./support/chain.ts";
import { held, measurement, platform, seededRandom, start } from "./support/enclave.ts";

const chain = new TinyChain();
chain.grow({ extrinsics: [transfer(5)] });

describe("the first start", () => {
  it("draws its keys from the enclave's randomness", () => {
    const { messages, enclave } = boot(platform(), { devTest: false }, []);
    const [ready, log] = messages;
    expect(ready).toMatchObject({
      kind: "ready",
      publicKey: enclave.identity.signer.publicKey,
      ecdhPublicKey: enclave.identity.keyPair.publicKey,
      measurement,
      puts: [],
    });
    expect(log).toMatchObject({
      kind: "log",
      code: "enclave/booted",
      facts: [
        ["identity", "new"],
        ["chain", "none yet"],
        ["provider", "simulated"],
      ],
    });
    const other = boot(platform({ random: seededRandom(2) }), { devTest: false }, []).enclave.identity;
    for (const [a, b] of [
      [enclave.identity.signer.publicKey, other.signer.publicKey],
      [enclave.identity.keyPair.publicKey, other.keyPair.publicKey],
    ])
      expect(toHex(a!)).not.toBe(toHex(b!));
  });
});

describe("a later start", () => {
  it("starts the same worker at its genesis block, with its files", () => {
    const first = initialized(start(), chain);
    first.call("set", { path: "/ipfs/a", data: "aGVsbG8=" });
    first.call("sync_block", bodyInput(chain, 1));
    const again = start({ store: first.store, random: seededRandom(2) });
    expect(again.call("get_info").payload).toEqual({ ...first.call("get_info").payload, blocknum: 1 });
    again.call("sync_block", bodyInput(chain, 1));
    expect(again.call("get", { path: "/ipfs/a" }).payload.value).toBe("aGVsbG8=");
    expect(held(again)).toBe(held(first));
  });

  it("keeps its command source", () => {
    const { store } = initialized(start(), chain, metadata);
    const again = start({ store });
    expect(again.call("get_status").payload.command_source).toBe("events");
    expect(again.call("init_runtime", { skip_ra: true, bridge_genesis_info_b64: "" }).payload).toEqual({
      message: "Already initialized",
    });
  });

  it("stores nothing a second time", () => {
    const { store } = initialized(start(), chain);
    const blobs = [...store].map(([key, bytes]) => ({ key, bytes }));
    const { messages } = boot(platform(), { devTest: false }, blobs);
    expect(messages).toMatchObject([
      { kind: "ready", puts: [] },
      {
        facts: [
          ["identity", "kept"],
          ["chain", "kept"],
          ["provider", "simulated"],
        ],
      },
    ]);
  });

  it("enclave/bad-seal: fails if a blob was changed, swapped or sealed under another key", () => {
    const { store } = initialized(start(), chain);
    const begin = (change: readonly (readonly [string, Uint8Array])[]) =>
      codeOf(() =>
        boot(
          platform(),
          { devTest: false },
          [...new Map([...store, ...change])].map(([key, bytes]) => ({ key, bytes })),
        ),
      );
    const [identity, init] = [store.get("identity")!, store.get("init")!];
    for (const at of [0, 1, 12, 13, identity.length - 1]) {
      const flipped = identity.slice();
      flipped[at] = (flipped[at] as number) ^ 1;
      expect(begin([["identity", flipped]])).toBe("enclave/bad-seal");
    }
    expect(begin([["init", identity]])).toBe("enclave/bad-seal");
    expect(begin([["identity", init]])).toBe("enclave/bad-seal");
    for (const length of [0, 1, 13, 20])
      expect(begin([["identity", identity.subarray(0, length)]])).toBe("enclave/bad-seal");
    const elsewhere = createSealer(portableCrypto, seededRandom(3), {
      bytes: new Uint8Array(32),
      lasting: true,
    });
    expect(begin([["identity", elsewhere.seal("identity", new Uint8Array(129))]])).toBe("enclave/bad-seal");
    expect(begin([])).toBe("accepted");
  });

  it("runtime/bad-record: fails if the identity or the init record has invalid content", () => {
    const { store } = initialized(start(), chain);
    const { sealer } = platform({ random: seededRandom(5) });
    for (const key of ["identity", "init"]) {
      const record = sealer.open(key, store.get(key)!);
      for (const content of [record.subarray(0, 40), new Uint8Array([...record, 0]), Uint8Array.of(0)])
        expect(codeOf(() => start({ store: new Map(store).set(key, sealer.seal(key, content)) }))).toBe(
          "runtime/bad-record",
        );
    }
  });

  it("leaves out files that cannot be opened or are refused, logs their keys, and accepts them again", () => {
    const first = initialized(start(), chain);
    for (const name of ["a", "b", "c"]) first.call("set", { path: `/ipfs/${name}`, data: "aGVsbG8=" });
    const [a, b] = [...first.store.keys()].filter((key) => key.startsWith("data/")) as [string, string];
    const { sealer } = platform({ random: seededRandom(9) });
    const keyAndFile = sealer.open(a, first.store.get(a)!).subarray(1 + "/ipfs/a".length);
    const store = new Map(first.store)
      .set(a, first.store.get(b)!)
      .set(b, sealer.seal(b, Uint8Array.of(4, 0xff, 0)))
      .set("data/x", sealer.seal("data/x", Uint8Array.of(0, ...keyAndFile)));
    const { messages } = boot(
      platform(),
      { devTest: false },
      [...store].map(([key, bytes]) => ({ key, bytes })),
    );
    expect(messages.slice(2)).toEqual(
      [
        [a, "enclave/bad-seal"],
        [b, "bytes/bad-utf8"],
        ["data/x", "data/bad-path"],
      ].map(([key, why]) => ({
        kind: "log",
        level: "warn",
        code: "enclave/record-left-out",
        facts: [
          ["key", key],
          ["why", why],
        ],
      })),
    );
    const again = start({ store });
    const file = (name: string) => again.call("get", { path: `/ipfs/${name}` }).payload;
    expect([file("a"), file("b"), file("c").value].map((value) => value.message ?? value)).toEqual([
      "Data doesn't exist",
      "Data doesn't exist",
      "aGVsbG8=",
    ]);
    again.call("set", { path: "/ipfs/a", data: "aGVsbG8=" });
    expect([file("a").value, store.get(a)?.length]).toEqual(["aGVsbG8=", first.store.get(a)?.length]);
    expect(start({ store }).call("get", { path: "/ipfs/a" }).payload.value).toBe("aGVsbG8=");
  });

  it("fails if a bug occurs while a file is restored", () => {
    const first = initialized(start(), chain);
    first.call("set", { path: "/ipfs/a", data: "aGVsbG8=" });
    const { sealer, ...rest } = platform();
    const open: typeof sealer.open = (key, sealed) => {
      if (key.startsWith("data/")) throw new TypeError("a bug");
      return sealer.open(key, sealed);
    };
    const blobs = [...first.store].map(([key, bytes]) => ({ key, bytes }));
    expect(() => boot({ ...rest, sealer: { ...sealer, open } }, { devTest: false }, blobs)).toThrow(
      TypeError,
    );
  });
});

describe("a worker's keys", () => {
  const elsewhere = new TinyChain(7);
  const keysOf = ({ enclave }: ReturnType<typeof start>) =>
    [enclave.identity.signer.publicKey, enclave.identity.keyPair.publicKey].map(toHex);
  const keep = ({ store }: ReturnType<typeof start>, ...names: readonly string[]) =>
    new Map([...store].filter(([key]) => names.includes(key)));

  it("runtime/other-chain: are for one chain, even if the host withholds the init record", () => {
    const first = initialized(start(), chain);
    const again = start({ store: keep(first, "identity", "mark"), random: seededRandom(2) });
    expect(keysOf(again)).toEqual(keysOf(first));
    for (const skip_ra of [true, false])
      expect(again.call("init_runtime", { ...initInput(elsewhere), skip_ra })).toMatchObject({
        status: 400,
        code: "runtime/other-chain",
      });
    expect(again.call("get_info").payload.initialized).toBe(false);
    initialized(again, chain);
  });

  it("runtime/other-chain: do not follow the chain of another worker on the same machine", () => {
    const [first, other] = [
      initialized(start(), chain),
      initialized(start({ random: seededRandom(2) }), elsewhere),
    ];
    const mixed = new Map([...keep(first, "identity", "mark"), ...keep(other, "init")]);
    expect(codeOf(() => start({ store: mixed }))).toBe("runtime/other-chain");
  });

  it("are not stored before init, so that two chains never get the same keys", () => {
    const first = start();
    const before = new Map(first.store);
    initialized(first, chain);
    const again = initialized(start({ store: before, random: seededRandom(2) }), elsewhere);
    expect(keysOf(again).some((key) => keysOf(first).includes(key))).toBe(false);
  });

  it("are drawn again for the stored chain if the host has lost them", () => {
    const first = initialized(start(), chain);
    const again = start({ store: keep(first, "init"), random: seededRandom(2) });
    expect(keysOf(again)).not.toEqual(keysOf(first));
    expect(keysOf(start({ store: again.store, random: seededRandom(3) }))).toEqual(keysOf(again));
    const moved = start({ store: keep(again, "identity", "mark"), random: seededRandom(4) });
    expect(moved.call("init_runtime", initInput(elsewhere)).code).toBe("runtime/other-chain");
  });
});

describe("a start without a lasting sealing key", () => {
  const fleeting = (seed: number) => ({
    random: seededRandom(seed),
    sealingKey: ephemeralKey(seededRandom(seed)),
  });

  it("starts a new worker, even if the host stored the blobs of the previous one", () => {
    const first = initialized(start(fleeting(1)), chain);
    first.call("set", { path: "/ipfs/a", data: "aGVsbG8=" });
    const kept = first.store.get("identity");
    const again = start({ ...fleeting(2), store: first.store });
    expect(again.call("get_info").payload.initialized).toBe(false);
    expect(again.enclave.identity.signer.publicKey).not.toEqual(first.enclave.identity.signer.publicKey);
    initialized(again, chain);
    expect(again.store.get("identity")).not.toEqual(kept);
  });
});

describe("production mode", () => {
  it("enclave/production-dev-actions: refuses development actions", () =>
    expect(codeOf(() => boot(platform({ production: true }), { devTest: true }, []))).toBe(
      "enclave/production-dev-actions",
    ));

  it("boots without development actions", () =>
    expect(boot(platform({ production: true }), { devTest: false }, []).enclave.devTest).toBe(false));
});

describe("sealing", () => {
  const sealer = createSealer(portableCrypto, seededRandom(), developmentKey);

  it("is 1 ‖ nonce ‖ AES-256-GCM under the sealing key, and authenticates the blob's key", () => {
    const sealed = sealer.seal("init", utf8("content"));
    const aead = portableCrypto.aes256Gcm(DEVELOPMENT_SEALING_KEY);
    const aad = utf8("pruntime/blob/1\0init");
    expect([sealed[0], sealed.length]).toEqual([1, 1 + 12 + 7 + 16]);
    expect(aead.open(sealed.subarray(1, 13), sealed.subarray(13), aad)).toEqual(utf8("content"));
    expect(sealer.open("init", sealed)).toEqual(utf8("content"));
  });

  it("never uses a nonce twice", () => {
    const nonces = Array.from({ length: 20 }, () => toHex(sealer.seal("a", utf8("same")).subarray(1, 13)));
    expect(new Set(nonces).size).toBe(20);
  });

  it("uses a lasting key of 32 bytes for simulated workers", () =>
    expect([sealer.lasting, DEVELOPMENT_SEALING_KEY.length]).toEqual([true, 32]));
});

describe("test", () => {
  it("enclave/dev-only: is refused unless the operator has enabled it", () =>
    expect(start().call("test", { test_parse_block: true })).toMatchObject({
      status: 403,
      code: "enclave/dev-only",
    }));

  it.each([
    {},
    { test_parse_block: true },
    { test_bridge: true },
    { test_ecdh: {} },
    { test_ecdh: { message_b64: "aGVsbG8=" } },
    {
      test_parse_block: false,
      test_bridge: true,
      test_ecdh: { pubkey_hex: toHex(start().enclave.identity.keyPair.publicKey) },
    },
  ])("passes: %j", (input) =>
    expect(start({ devTest: true }).call("test", input)).toMatchObject({ outcome: "ok", payload: {} }),
  );

  it.each([
    ["enclave/self-test-failed", { test_ecdh: { pubkey_hex: "04" } }],
    ["json/wrong-type", { test_bridge: 1 }],
  ])("%s", (code, input) =>
    expect(start({ devTest: true }).call("test", input)).toMatchObject({ status: 400, code }),
  );
});
