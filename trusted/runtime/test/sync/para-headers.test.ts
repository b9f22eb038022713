/**
 * A worker of a parachain: finality of the relay chain, the head in its state, and the parachain's states.
 */
import { fromBase64, utf8 } from "@pruntime/core/bytes";
import { KnownBlocks } from "@pruntime/core/light-client";
import { paraHeadKey } from "@pruntime/core/parachain";
import { wellKnownKeys } from "@pruntime/core/storage-key";
import { bridgeInitInfo, createParaPair, type ParaPair } from "@pruntime/devchain";
import { type Event, finalizedOf, genesisOf, type Mark, type Runtime } from "@pruntime/runtime";
import { describe, expect, it, onTestFinished } from "vitest";
import { pushCommand, signed } from "../../../../host/devchain/test/support/extrinsic.ts";
import { alice, blocks, headers } from "../support/devchain.ts";
import { dumpOf, loaded } from "../support/dump.ts";
import { held, newRuntime, refusal, take } from "../support/worker.ts";

async function pair(): Promise<ParaPair> {
  const manual = { mode: { kind: "manual" } } as const;
  const made = await createParaPair({ relay: manual, para: manual });
  onTestFinished(() => made.close());
  return made;
}

function init(
  { relay, para, paraId }: ParaPair,
  change: Partial<Extract<Event, { kind: "init" }>> = {},
): Extract<Event, { kind: "init" }> {
  return {
    kind: "init",
    start: { kind: "genesis", info: fromBase64(bridgeInitInfo(relay)) },
    meaning: { kind: "told", metadata: para.metadata(14) },
    genesisBalance: { kind: "development" },
    parachain: { id: paraId, genesisHeader: para.genesis.encodedHeader },
    ...change,
  };
}

/**
 * The parachain headers `from`…`to`, with a proof of the parachain's head in the state of relay block `at`.
 */
function paraHeaders(
  { relay, para, paraId }: ParaPair,
  from: number,
  to: number,
  at = relay.finalized().header.number,
): Event {
  const encoded = Array.from({ length: to - from + 1 }, (_, i) => para.blockAt(from + i)!.encodedHeader);
  const proof = relay.readProof(relay.blockAt(at)!, [paraHeadKey(relay.crypto, paraId)]);
  return { kind: "para-headers", headers: encoded, proof };
}

async function scene(): Promise<{ readonly chains: ParaPair; readonly runtime: Runtime }> {
  const chains = await pair();
  const runtime = newRuntime();
  take(runtime, init(chains));
  return { chains, runtime };
}

/** A scene in which the worker knows two blocks of the parachain, and `top` of the relay chain, as final. */
async function syncedScene(): Promise<Awaited<ReturnType<typeof scene>> & { readonly top: number }> {
  const { chains, runtime } = await scene();
  chains.produce(2);
  const top = chains.relay.finalized().header.number;
  take(runtime, headers(chains.relay, 1, top));
  take(runtime, paraHeaders(chains, 1, 2));
  return { chains, runtime, top };
}

const restarted = (mark: Mark) => newRuntime(undefined, undefined, undefined, mark);

describe("a worker of a parachain", () => {
  it("executes the parachain's commands once the relay chain has finalized them", async () => {
    const { chains, runtime } = await scene();
    const { relay, para } = chains;
    const before = runtime.status()!.stateRoot;
    para.submit(signed(para, alice, pushCommand(2, utf8('{"Plain":"nothing"}'))));
    chains.produce(3);
    const top = relay.finalized().header.number;
    take(runtime, headers(relay, 1, top));
    expect(refusal(runtime, blocks(para, 1, 1))).toBe("dispatch/not-final");
    expect(take(runtime, paraHeaders(chains, 1, 3))).toEqual({ syncedTo: 3 });
    take(runtime, blocks(para, 1, 3));
    const { chain, stateRoot } = runtime.status()!;
    expect([chain.dispatched.number, finalizedOf(chain).hash]).toEqual([3, para.blockAt(3)!.hash]);
    expect(genesisOf(chain)).toEqual(para.genesisHash);
    expect(stateRoot).not.toEqual(before);
  });

  it("skips known parachain headers, so a retry is safe", async () => {
    const { chains, runtime } = await syncedScene();
    const before = held(runtime);
    expect(take(runtime, paraHeaders(chains, 1, 2))).toEqual({ syncedTo: 2 });
    expect(held(runtime)).toBe(before);
  });

  it("takes headers ahead of the head that proves them", async () => {
    const { chains, runtime } = await scene();
    chains.produce(2);
    chains.produce(2);
    const encoded = [1, 2].map((number) => chains.para.blockAt(number)!.encodedHeader);
    expect(take(runtime, { kind: "stage-headers", headers: encoded, parachain: true })).toEqual({
      stagedTo: 2,
    });
    expect(take(runtime, { kind: "stage-headers", headers: encoded, parachain: true })).toEqual({
      stagedTo: 2,
    });
    expect(finalizedOf(runtime.status()!.chain).number).toBe(0);
    const top = chains.relay.finalized().header.number;
    const some = chains.relay.blockAt(1)!.encodedHeader;
    expect(take(runtime, { kind: "stage-headers", headers: [some], parachain: false })).toEqual({
      stagedTo: 1,
    });
    take(runtime, headers(chains.relay, 2, top));
    expect(refusal(runtime, paraHeaders(chains, 4, 4))).toBe("headers/gap");
    expect(take(runtime, paraHeaders(chains, 3, 4))).toEqual({ syncedTo: 4 });
    take(runtime, blocks(chains.para, 1, 4));
  });

  it.each([
    [
      "trie/root-missing",
      "a head at an unknown relay block",
      (chains: ParaPair) => paraHeaders(chains, 1, 4),
    ],
    [
      "parachain/wrong-head",
      "headers that end below the head",
      (chains: ParaPair, at: number) => paraHeaders(chains, 1, 1, at),
    ],
    ["headers/gap", "a missing header", (chains: ParaPair, at: number) => paraHeaders(chains, 2, 2, at)],
  ])("refuses: %s, %s", async (code, _, event) => {
    const { chains, runtime } = await scene();
    chains.produce(2);
    const at = chains.relay.finalized().header.number;
    take(runtime, headers(chains.relay, 1, at));
    chains.produce(2);
    expect(refusal(runtime, event(chains, at))).toBe(code);
    take(runtime, paraHeaders(chains, 1, 2, at));
  });

  it("proves the meaning of events from the parachain's own code", async () => {
    const chains = await pair();
    const codeProof = chains.para.readProof(chains.para.genesis, [wellKnownKeys.code]);
    expect(refusal(newRuntime(), init(chains, { meaning: { kind: "proven", codeProof } }))).toBe(
      "code/no-metadata",
    ); // the test's runtime runs no code
    const relays = chains.relay.readProof(chains.relay.genesis, [wellKnownKeys.code]);
    expect(refusal(newRuntime(), init(chains, { meaning: { kind: "proven", codeProof: relays } }))).toBe(
      "trie/root-missing",
    );
  });

  it("has its id and genesis in the anchor", async () => {
    const chains = await pair();
    const { genesisHeader, id } = init(chains).parachain!;
    const anchors = [undefined, { id, genesisHeader }, { id: id + 1, genesisHeader }].map(
      (parachain) => take(newRuntime(), init(chains, { parachain })).anchor,
    );
    expect(new Set(anchors.map((anchor) => Buffer.from(anchor).toString("hex"))).size).toBe(3);
  });

  it("has its finality in dumps", async () => {
    const { chains, runtime } = await syncedScene();
    take(runtime, blocks(chains.para, 1, 1));
    const other = newRuntime();
    take(other, init(chains));
    take(other, { kind: "load", dump: take(runtime, { kind: "dump" }).dump });
    expect(held(other)).toBe(held(runtime));
    take(other, blocks(chains.para, 2, 2));
  });

  it("has both chains' blocks in its mark, and is below the mark until it has reached both", async () => {
    const { chains, runtime, top } = await syncedScene();
    const { mark } = runtime.status()!.chain;
    expect([mark.finalized.number, mark.para]).toEqual([
      top,
      { number: 2, hash: chains.para.blockAt(2)!.hash },
    ]);

    const worker = restarted(mark);
    take(worker, init(chains));
    expect(worker.status()!.belowMark).toEqual({ mark: top, finalized: 0 });
    take(worker, headers(chains.relay, 1, top));
    expect(worker.status()!.belowMark).toEqual({ mark: 2, finalized: 0 });
    expect(held(worker)).toBe("runtime/below-mark");
    take(worker, paraHeaders(chains, 1, 2));
    expect(worker.status()!.belowMark).toBeUndefined();
    expect(worker.status()!.chain.mark).toEqual(mark);
  });

  it("runtime/contradicts-mark: refuses another block at the marked height of either chain", async () => {
    const { chains, runtime, top } = await syncedScene();
    const { mark } = runtime.status()!.chain;
    const hash = new Uint8Array(32);
    const code = { ok: false, error: { code: "runtime/contradicts-mark" } };

    const otherRelay = restarted({ ...mark, finalized: { number: top, hash } });
    take(otherRelay, init(chains));
    expect(otherRelay.accept(headers(chains.relay, 1, top))).toMatchObject(code);

    const otherPara = restarted({ ...mark, para: { number: 1, hash } });
    take(otherPara, init(chains));
    take(otherPara, headers(chains.relay, 1, top));
    expect(otherPara.accept(paraHeaders(chains, 1, 2))).toMatchObject(code);
    expect(finalizedOf(otherPara.status()!.chain).number).toBe(0);
  });

  it("dump/inconsistent: refuses a dump whose relay blocks do not end with the finalized one", async () => {
    const { chains, runtime } = await scene();
    chains.produce(2);
    take(runtime, headers(chains.relay, 1, chains.relay.finalized().header.number));
    const { chain } = runtime.status()!;
    const { genesis } = chains.relay;
    const relay = KnownBlocks.from({ number: 0, hash: genesis.hash });
    const spoilt = { ...chain, para: { ...chain.para!, relay } };
    const load = { kind: "load", dump: dumpOf(loaded(runtime), spoilt) } as const;
    expect(runtime.accept(load)).toEqual({
      ok: false,
      error: { code: "dump/inconsistent", what: "known-blocks" },
    });
  });

  it("loads only a dump that contains its marked blocks of both chains, or ends before them", async () => {
    const { chains, runtime, top } = await syncedScene();
    take(runtime, blocks(chains.para, 1, 1));
    const load = { kind: "load", dump: take(runtime, { kind: "dump" }).dump } as const;
    const { mark } = runtime.status()!.chain;
    const loaded = (change: Partial<Mark>) => {
      const worker = restarted({ ...mark, ...change });
      take(worker, init(chains));
      const outcome = worker.accept(load);
      return outcome.ok ? (worker.status()!.belowMark ?? "loaded") : outcome.error.code;
    };
    const hash = new Uint8Array(32);
    const para = mark.para!;
    expect([
      loaded({}),
      loaded({ finalized: { ...mark.finalized, hash } }),
      loaded({ para: { ...para, hash } }),
      loaded({ para: { number: 1, hash } }),
      loaded({ finalized: { number: top + 1, hash } }),
      loaded({ para: { number: 3, hash } }),
    ]).toEqual([
      "loaded",
      "dump/other-fork",
      "dump/other-fork",
      "dump/other-fork",
      { mark: top + 1, finalized: top },
      { mark: 3, finalized: 2 },
    ]);
  });

  it.each([
    ["runtime/parachain-by-bodies", (chains: ParaPair) => init(chains, { meaning: { kind: "bodies" } })],
    [
      "runtime/parachain-not-genesis",
      (chains: ParaPair) =>
        init(chains, {
          parachain: { id: 1, genesisHeader: chains.produce(1) && chains.para.best().encodedHeader },
        }),
    ],
    [
      "codec/truncated",
      (chains: ParaPair) => init(chains, { parachain: { id: 1, genesisHeader: new Uint8Array(3) } }),
    ],
  ])("refuses init: %s", async (code, event) =>
    expect(refusal(newRuntime(), event(await pair()))).toBe(code),
  );

  it("runtime/no-parachain: a worker that follows no parachain refuses parachain headers", async () => {
    const chains = await pair();
    const runtime = newRuntime();
    take(runtime, init(chains, { parachain: undefined }));
    expect(refusal(runtime, { kind: "para-headers", headers: [], proof: [] })).toBe("runtime/no-parachain");
  });
});
