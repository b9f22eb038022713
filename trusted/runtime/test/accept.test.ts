import { toHex, utf8 } from "@pruntime/core/bytes";
import { portableCrypto } from "@pruntime/core/crypto";
import { verifyStatement } from "@pruntime/core/statement";
import { rulesNumber } from "@pruntime/core/version";
import { createDevchain } from "@pruntime/devchain";
import type { Event, Meaning } from "@pruntime/runtime";
import { afterAll, describe, expect, it } from "vitest";
import { flip } from "../../core/test/channel/parties.ts";
import { TinyChain } from "./support/tiny-chain.ts";
import { held, measurement, newRuntime, plain, refusal, signer, take } from "./support/worker.ts";

const devchain = await createDevchain({ mode: { kind: "manual" } });
afterAll(() => devchain.close());
const metadata = devchain.metadata(14);
const chain = new TinyChain();
for (let i = 0; i < 3; i++) chain.grow();

const everything: readonly Event[] = [
  chain.headers(1, 1),
  chain.dispatch(1, 1),
  chain.body(1),
  plain(2, "TotalIssuance"),
  { kind: "set-data", path: "/ipfs/a", bytes: new Uint8Array(1) },
  { kind: "get-data", path: "/ipfs/a" },
  { kind: "dump" },
  { kind: "load", dump: new Uint8Array() },
];

describe("before init", () => {
  it.each(everything.map((event) => [event.kind, event] as const))(
    "runtime/not-initialized: %s",
    (_, event) => {
      const runtime = newRuntime();
      expect(refusal(runtime, event)).toBe("runtime/not-initialized");
      expect([runtime.status(), runtime.statement(new Uint8Array(32), new Uint8Array(32))]).toEqual([
        undefined,
        undefined,
      ]);
    },
  );
});

describe("init", () => {
  it("accepts the anchor: block 0 counts as dispatched and brings no commands", () => {
    const runtime = newRuntime();
    const { genesisHash } = take(runtime, chain.init());
    expect(toHex(genesisHash)).toBe(toHex(chain.at(0).hash));
    expect(runtime.status()!.chain).toMatchObject({
      source: "bodies",
      waiting: { length: 0 },
      dispatched: { number: 0, hash: chain.at(0).hash, timeMs: 0n },
    });
  });

  it("runtime/already-initialized: is refused the second time, even with the same input", () => {
    const runtime = newRuntime();
    take(runtime, chain.init());
    expect(refusal(runtime, chain.init())).toBe("runtime/already-initialized");
    expect(refusal(runtime, new TinyChain(1).init(metadata))).toBe("runtime/already-initialized");
  });

  it("leaves the worker unchanged if it fails, so it can be repeated", () => {
    const runtime = newRuntime();
    const genesisInfo = chain.genesisInfo();
    const bodies = { kind: "bodies" } as const;
    const from = (info: Uint8Array, meaning: Meaning): Event => ({
      kind: "init",
      start: { kind: "genesis", info },
      meaning,
      genesisBalance: { kind: "development" },
    });
    // Left out: the bytes before the state root, and the extrinsics root. Init accepts changes there.
    const [stateRoot, extrinsics, digest] = [33, 65, 97];
    for (let i = stateRoot; i < genesisInfo.length; i += i === extrinsics - 1 ? digest - i : 1)
      expect(refusal(runtime, from(flip(genesisInfo, i), bodies))).toMatch(/^(codec|headers|trie)\//);
    expect(
      refusal(runtime, from(genesisInfo, { kind: "told", metadata: metadata.subarray(0, 1000) })),
    ).toMatch(/^(codec|metadata)\//);
    expect(runtime.status()).toBeUndefined();
    take(runtime, chain.init(metadata));
    expect(runtime.status()!.chain.source).toBe("events");
  });
});

describe("the anchor", () => {
  const anchor = (event: Event & { kind: "init" }) => toHex(take(newRuntime(), event).anchor);
  const other = devchain.metadata(15);

  it("is the same for the same chain, source and metadata", () =>
    expect(anchor(chain.init(metadata))).toBe(anchor(new TinyChain().init(metadata.slice()))));

  it("differs for another genesis, command source, metadata, genesis balance or channel", () => {
    const anchors = [
      { ...chain.init(), genesisBalance: { kind: "none" } } as const,
      { ...chain.init(), channelV1: false },
      chain.init(),
      chain.init(metadata),
      chain.init(other),
      new TinyChain(1).init(),
      new TinyChain(1).init(other),
    ];
    expect(new Set(anchors.map(anchor)).size).toBe(anchors.length);
  });

  it("has a known value", () =>
    expect(anchor(chain.init())).toBe(
      toHex(
        portableCrypto.blake2b256(
          new Uint8Array([
            ...utf8("pruntime/anchor/5"),
            ...[rulesNumber, 0, 0, 0],
            ...chain.at(0).hash,
            ...chain.at(0).hash,
            ...new Uint8Array(8),
            ...chain
              .genesisInfo()
              .subarray(chain.at(0).encoded.length, chain.at(0).encoded.length + 1 + 4 * 40),
            0,
            1,
            0,
            1,
            1,
            0,
            0,
            0,
          ]),
        ),
      ),
    ));
});

describe("the command source is fixed at init", () => {
  it("runtime/wrong-source: a worker that follows bodies refuses headers and events", () => {
    const runtime = newRuntime();
    take(runtime, chain.init());
    expect(refusal(runtime, chain.headers(1, 1))).toBe("runtime/wrong-source");
    expect(refusal(runtime, chain.dispatch(1, 1))).toBe("runtime/wrong-source");
    take(runtime, chain.body(1));
  });

  it("runtime/wrong-source: a worker that follows events refuses bodies", () => {
    const runtime = newRuntime();
    take(runtime, chain.init(metadata));
    expect(refusal(runtime, chain.body(1))).toBe("runtime/wrong-source");
    take(runtime, chain.headers(1, 1));
  });
});

describe("a bug", () => {
  it("runtime/halted: stops the worker permanently, and it signs nothing more", () => {
    let broken = false;
    const crypto = {
      ...portableCrypto,
      blake2b256: (data: Uint8Array) => {
        if (broken) throw new TypeError("not foreseen");
        return portableCrypto.blake2b256(data);
      },
    };
    const runtime = newRuntime(crypto);
    take(runtime, chain.init());
    broken = true;
    expect(() => runtime.accept(chain.body(1))).toThrow("not foreseen");
    broken = false;
    for (const event of [...everything, chain.init()])
      expect(runtime.accept(event)).toEqual({ ok: false, error: { code: "runtime/halted" } });
    expect(runtime.statement(new Uint8Array(32), new Uint8Array(32))).toBeUndefined();
    expect(runtime.status()!.chain.dispatched.number).toBe(0);
  });

  it("runtime/halted: also stops the worker if its caller encountered the bug", () => {
    const runtime = newRuntime();
    take(runtime, chain.init());
    runtime.halt();
    expect(held(runtime)).toBe("runtime/halted");
  });
});

describe("the statement of a reply", () => {
  it("names exchange, chain, block, time, state and code", () => {
    const runtime = newRuntime();
    const { anchor } = take(runtime, chain.init(metadata));
    take(runtime, chain.headers(1, 3));
    take(runtime, chain.dispatch(1, 2));
    const exchange = { requestHash: new Uint8Array(32).fill(1), replyHash: new Uint8Array(32).fill(2) };
    const { bytes, signature } = runtime.statement(exchange.requestHash, exchange.replyHash)!;
    expect(verifyStatement(portableCrypto, signer, exchange, bytes, signature)).toEqual({
      ...exchange,
      genesisHash: chain.at(0).hash,
      anchor,
      finalizedNumber: 3,
      finalizedHash: chain.at(3).hash,
      dispatchedNumber: 2,
      dispatchedHash: chain.at(2).hash,
      chainTimeMs: 0n,
      stateRoot: runtime.status()!.stateRoot,
      measurement,
      rules: rulesNumber,
      runtimeUnreadable: false,
    });
  });
});
