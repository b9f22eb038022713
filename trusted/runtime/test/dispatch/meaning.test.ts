/** The proven meaning of events: code at init, runtime upgrades, checkpoints, and commands in remarks. */
import { concat, from0x, toHex, utf8 } from "@pruntime/core/bytes";
import {
  type Body,
  commandRemarkTag,
  decodeBody,
  encodeBody,
  encodeCommandRemark,
} from "@pruntime/core/extrinsics";
import { encodeCheckpoint, type PendingChange } from "@pruntime/core/light-client";
import { decodeMetadata } from "@pruntime/core/metadata";
import { encode } from "@pruntime/core/scale";
import { createDevchain, type Devchain } from "@pruntime/devchain";
import type { Event, Meaning, Runtime } from "@pruntime/runtime";
import { afterAll, describe, expect, it } from "vitest";
import {
  approveAsMulti,
  asMulti,
  batch,
  changeProxy,
  proxy,
  pushCommand,
  remarkWithEvent,
  signed,
  transfer as transferCall,
} from "../../../../host/devchain/test/support/extrinsic.ts";
import { authoritySet } from "../../../core/test/grandpa/chain.ts";
import { alice, blockParts, blocksEvent, bob, followed, headers } from "../support/devchain.ts";
import { milliseconds, runtimeUpdated, TinyChain } from "../support/tiny-chain.ts";
import { answer, held, newRuntime, receipt, refusal, runtimeCode, take } from "../support/worker.ts";

const devchain = await createDevchain({ mode: { kind: "manual" } });
afterAll(() => devchain.close());
const metadata = devchain.metadata(14);
/** The metadata of a runtime that lacks the event `CommandPushed`, so only remarks are commands. */
const pulled = Uint8Array.from(
  Buffer.from(
    Buffer.from(metadata).toString("latin1").replaceAll("CommandPushed", "CommandPulled"),
    "latin1",
  ),
);

/** The metadata of a runtime with the event `ParachainSystem.ValidationFunctionApplied`. */
const parachainMetadata = [
  ["Utility", "ParachainSystem"],
  ["ItemCompleted", "ValidationFunctionApplied"],
].reduce((bytes, [from, to]) => replaceName(bytes, from!, to!), metadata);

/** Replaces a name in metadata. In metadata, the length of a name precedes the name. */
function replaceName(bytes: Uint8Array, from: string, to: string): Uint8Array {
  const text = (name: string): string => String.fromCharCode(4 * name.length) + name;
  const replaced = Buffer.from(bytes).toString("latin1").replaceAll(text(from), text(to));
  return Uint8Array.from(Buffer.from(replaced, "latin1"));
}

/** The value of `System.Events` with one event: the event `name`, which must have no fields. */
function eventWithoutFields(runtimeMetadata: Uint8Array, name: string): Uint8Array {
  const [palletName, eventName] = name.split(".");
  const { pallets, types } = decodeMetadata(runtimeMetadata);
  const pallet = pallets.find((entry) => entry.name === palletName)!;
  const { definition } = types[pallet.events!]!;
  const event =
    definition.kind === "variant"
      ? definition.variants.find((variant) => variant.name === eventName)
      : undefined;
  return Uint8Array.of(4, 2, pallet.index, event!.index, 0); // one record, at initialization, without topics
}

/** The events of a block in which Alice pushed one command. */
devchain.submit(signed(devchain, alice, pushCommand(2, utf8('{"Plain":"nothing"}'))));
const oneCommand = blockParts(devchain, devchain.produceBlock().header.number).events!;

const proven = (chain: TinyChain, codeProof = chain.codeProof(0)): Event => ({
  kind: "init",
  start: { kind: "genesis", info: chain.genesisInfo() },
  meaning: { kind: "proven", codeProof },
  genesisBalance: { kind: "development" },
});

/** The state root. Every command changes the state root, because every command leaves a receipt. */
const stateRoot = (runtime: Runtime): string => Buffer.from(runtime.status()!.stateRoot).toString("hex");

describe("code proven at init", () => {
  const chain = new TinyChain(0, metadata);

  it("gives events their meaning", () => {
    const runtime = newRuntime();
    chain.grow({ events: oneCommand, now: milliseconds(1n) });
    take(runtime, proven(chain));
    const before = stateRoot(runtime);
    take(runtime, chain.headers(1, 1));
    take(runtime, chain.dispatch(1, 1));
    expect(stateRoot(runtime)).not.toBe(before);
  });

  it("gives a different anchor from the same metadata without a proof, which is trusted", () => {
    const told: Meaning = { kind: "told", metadata };
    const anchors = [proven(chain), { ...proven(chain), meaning: told } as Event].map(
      (event) => take(newRuntime(), event as Event & { kind: "init" }).anchor,
    );
    expect(anchors[0]).not.toEqual(anchors[1]);
  });

  it.each([
    ["code/not-in-state", new TinyChain(), undefined],
    ["code/no-metadata", new TinyChain(0, utf8("not code")), undefined],
    ["trie/root-missing", chain, new TinyChain(1, metadata).codeProof(0)],
    ["trie/incomplete-proof", chain, chain.codeProof(0).slice(0, 1)],
    ["metadata/bad-magic", new TinyChain(0, utf8("mess")), undefined],
  ])("is refused: %s", (code, of, proof) => {
    const runtime = newRuntime();
    expect(refusal(runtime, proven(of, proof))).toBe(code);
    take(runtime, proven(chain));
  });
});

describe("the code of a chain", () => {
  it("is run once, even if it returns no metadata, and is remembered for the four most recent chains", () => {
    const run: Uint8Array[] = [];
    const runtime = newRuntime(undefined, undefined, {
      *metadataOf(code) {
        run.push(code);
        return yield* runtimeCode.metadataOf(code);
      },
    });
    const broken = ["a", "b", "c", "d", "e"].map((name) => new TinyChain(0, utf8(name)));
    const tryAll = (chains: readonly TinyChain[]) =>
      chains.map((chain) => [refusal(runtime, proven(chain)), refusal(runtime, proven(chain)), run.length]);
    expect(tryAll(broken.slice(0, 4))).toEqual(
      [1, 2, 3, 4].map((runs) => ["code/no-metadata", "code/no-metadata", runs]),
    );
    expect(tryAll(broken.slice(0, 1))[0]?.[2]).toBe(4);
    expect(tryAll(broken.slice(4))[0]?.[2]).toBe(5);
    expect(tryAll(broken.slice(0, 1))[0]?.[2]).toBe(5);
    expect(tryAll(broken.slice(1, 2))[0]?.[2]).toBe(6);
    const good = new TinyChain(0, metadata);
    take(runtime, proven(good));
    expect(run.length).toBe(7);
  });
});

describe("a runtime upgrade", () => {
  function upgraded(): { readonly chain: TinyChain; readonly runtime: Runtime } {
    const chain = new TinyChain(0, metadata);
    const now = milliseconds(1n);
    chain.grow({ events: oneCommand, now });
    // The old code still emits the events of a block that changes the runtime.
    chain.grow({ events: oneCommand, now, code: pulled, digest: [runtimeUpdated] });
    chain.grow({ events: oneCommand, now });
    chain.grow({ events: oneCommand, now, code: metadata, digest: [runtimeUpdated] });
    chain.grow({ events: oneCommand, now });
    const runtime = newRuntime();
    take(runtime, proven(chain));
    take(runtime, chain.headers(1, 5));
    return { chain, runtime };
  }

  it("is followed by a proof of the new code once its block is dispatched", () => {
    const { chain, runtime } = upgraded();
    const roots = [stateRoot(runtime)];
    expect(refusal(runtime, { kind: "code", proof: chain.codeProof(2) })).toBe("code/not-due");
    expect(refusal(runtime, chain.dispatch(1, 3))).toBe("runtime/metadata-outdated");
    take(runtime, chain.dispatch(1, 2));
    roots.push(stateRoot(runtime));
    expect(refusal(runtime, chain.dispatch(3, 3))).toBe("runtime/metadata-outdated");
    expect(refusal(runtime, { kind: "code", proof: chain.codeProof(4) })).toBe("trie/root-missing");
    expect(take(runtime, { kind: "code", proof: chain.codeProof(2) })).toMatchObject({ from: 3 });
    take(runtime, chain.dispatch(3, 4));
    roots.push(stateRoot(runtime));
    expect(refusal(runtime, chain.dispatch(5, 5))).toBe("runtime/metadata-outdated");
    expect(take(runtime, { kind: "code", proof: chain.codeProof(4) })).toMatchObject({ from: 5 });
    take(runtime, chain.dispatch(5, 5));
    roots.push(stateRoot(runtime));
    // Blocks 3 and 4 run code whose metadata lacks `CommandPushed`, so the blocks contain no command.
    expect(roots.map((root, i) => root !== roots[i - 1])).toEqual([true, true, false, true]);
  });

  it.each([
    ["System.CodeUpdated", metadata],
    ["ParachainSystem.ValidationFunctionApplied", parachainMetadata],
  ])("is recognized by %s if the header does not show it", (name, code) => {
    const chain = new TinyChain(0, code);
    const now = milliseconds(1n);
    chain.grow({ events: oneCommand, now });
    chain.grow({ events: eventWithoutFields(code, name), now, code: pulled });
    chain.grow({ events: oneCommand, now, code: pulled, digest: [runtimeUpdated] });
    const runtime = newRuntime();
    take(runtime, proven(chain));
    take(runtime, chain.headers(1, 3));
    expect(refusal(runtime, chain.dispatch(1, 3))).toBe("runtime/metadata-outdated");
    take(runtime, chain.dispatch(1, 2));
    const before = stateRoot(runtime);
    expect(refusal(runtime, chain.dispatch(3, 3))).toBe("runtime/metadata-outdated");
    expect(take(runtime, { kind: "code", proof: chain.codeProof(2) })).toMatchObject({ from: 3 });
    take(runtime, chain.dispatch(3, 3));
    expect(stateRoot(runtime)).toBe(before); // a command under the old code is not one under the new
    expect(runtime.status()!.chain.runtimeChangedAt).toBe(3);
  });

  it("has nothing to learn before an upgrade, and refuses code that is not due", () => {
    const { chain, runtime } = upgraded();
    take(runtime, chain.dispatch(1, 2));
    take(runtime, { kind: "code", proof: chain.codeProof(2) });
    const before = held(runtime);
    expect(refusal(runtime, { kind: "code", proof: chain.codeProof(2) })).toBe("code/not-due");
    const fresh = newRuntime();
    take(fresh, proven(chain));
    expect(take(fresh, { kind: "code", proof: [] })).toEqual({ from: undefined, unreadable: undefined });
    expect(held(runtime)).toBe(before);
  });

  it("is part of a dump, so a worker that loads it reads events like the worker that made it", () => {
    const { chain, runtime } = upgraded();
    take(runtime, chain.dispatch(1, 2));
    take(runtime, { kind: "code", proof: chain.codeProof(2) });
    const fresh = newRuntime();
    take(fresh, proven(chain));
    take(fresh, { kind: "load", dump: take(runtime, { kind: "dump" }).dump });
    for (const worker of [runtime, fresh]) take(worker, chain.dispatch(3, 4));
    expect(held(fresh)).toBe(held(runtime));
  });
});

it("runtime/wrong-source: a worker that follows bodies refuses code", () => {
  const chain = new TinyChain(0, metadata);
  const runtime = newRuntime();
  take(runtime, chain.init());
  expect(refusal(runtime, { kind: "code", proof: chain.codeProof(0) })).toBe("runtime/wrong-source");
});

describe("a checkpoint", () => {
  const chain = new TinyChain(0, metadata);
  for (let i = 0; i < 4; i++) chain.grow({ events: oneCommand, now: milliseconds(1n), code: metadata });
  const textOf = (pending: readonly PendingChange[]) =>
    encodeCheckpoint({
      genesisHash: chain.at(0).hash,
      encodedHeader: chain.at(2).encoded,
      authorities: authoritySet(4, 0n),
      pending,
    });
  const start = (codeProof = chain.codeProof(2), pending: readonly PendingChange[] = []): Event => ({
    kind: "init",
    start: { kind: "checkpoint", text: textOf(pending) },
    meaning: { kind: "proven", codeProof },
    genesisBalance: { kind: "development" },
  });

  it("is a start point for a worker", () => {
    const runtime = newRuntime();
    take(runtime, start());
    expect(runtime.status()!.chain.dispatched.number).toBe(2);
    take(runtime, chain.headers(3, 4));
    expect(take(runtime, chain.dispatch(3, 4))).toEqual({ dispatchedTo: 4, bodiesWanted: [] });
  });

  it("is part of the anchor", () => {
    const anchors = [start(), proven(chain)].map((event) =>
      take(newRuntime(), event as Event & { kind: "init" }),
    );
    expect(anchors[0]!.genesisHash).toEqual(anchors[1]!.genesisHash);
    expect(anchors[0]!.anchor).not.toEqual(anchors[1]!.anchor);
  });

  it("is part of the anchor with its pending change, whose authorities become trusted", () => {
    const change = { announcedAt: 1, enactsAt: 3, authorities: authoritySet(4, 0n).authorities };
    const others = [
      { ...change, announcedAt: 2 },
      { ...change, enactsAt: 4 },
      { ...change, authorities: authoritySet(1, 9n).authorities },
    ];
    const anchors = [[], [change], ...others.map((other) => [other])].map((pending) =>
      toHex(take(newRuntime(), start(undefined, pending) as Event & { kind: "init" }).anchor),
    );
    expect(new Set(anchors).size).toBe(5);
  });

  it("trie/root-missing: is refused with the code of another block", () =>
    expect(refusal(newRuntime(), start(new TinyChain(3, metadata).codeProof(0)))).toBe("trie/root-missing"));
});

describe("remarks", () => {
  const transfer = JSON.stringify({ Transfer: { dest: Buffer.from(bob.id).toString("hex"), value: "5" } });
  const command = utf8(JSON.stringify({ Plain: transfer }));
  const tagged = encodeCommandRemark({ contractId: 2, payload: command });

  /** A chain with one block for each of Alice's calls, and a worker that has synced no block yet. */
  async function called(...calls: readonly Uint8Array[]) {
    const { chain, runtime } = await followed();
    for (const call of calls) {
      chain.submit(signed(chain, alice, call));
      chain.produceBlock();
    }
    return { chain, runtime, dispatch: dispatchOf(runtime, chain) };
  }

  /**
   * Syncs all headers, and returns a function. The function makes the event that dispatches all blocks with
   * the given bodies.
   */
  function dispatchOf(runtime: Runtime, chain: Devchain) {
    const head = chain.best().header.number;
    take(runtime, headers(chain, 1, head));
    const parts = Array.from({ length: head }, (_, i) => blockParts(chain, i + 1));
    return (bodies: readonly Uint8Array[]): Event => ({ ...blocksEvent(parts), bodies });
  }

  const bodyOf = (chain: Devchain, number: number): Uint8Array =>
    encodeBody({ number, extrinsics: chain.blockAt(number)!.body });

  it("with the tag are commands of their signer", async () => {
    const { chain, runtime, dispatch } = await called(remarkWithEvent(tagged));
    expect(take(runtime, dispatch([bodyOf(chain, 1)]))).toEqual({ dispatchedTo: 1, bodiesWanted: [] });
    expect(answer(runtime, 2, { FreeBalance: { account: toHex(bob.id) } }, bob)).toEqual({
      FreeBalance: { balance: "5" },
    });
  });

  it("are read from bodies: the worker lists those that it needs, and stops at the first", async () => {
    const nothing = remarkWithEvent(utf8("hello"));
    const { chain, runtime, dispatch } = await called(
      pushCommand(2, command),
      nothing,
      pushCommand(2, command),
      remarkWithEvent(tagged),
    );
    expect(take(runtime, dispatch([]))).toEqual({ dispatchedTo: 1, bodiesWanted: [2, 4] });
    expect(take(runtime, dispatch([bodyOf(chain, 4)]))).toEqual({ dispatchedTo: 1, bodiesWanted: [2] });
    const both = [bodyOf(chain, 4), bodyOf(chain, 2)];
    expect(take(runtime, dispatch(both))).toEqual({ dispatchedTo: 4, bodiesWanted: [] });
    expect(answer(runtime, 2, { FreeBalance: { account: toHex(bob.id) } }, bob)).toEqual({
      FreeBalance: { balance: "15" },
    });
  });

  it("without the tag are ignored", async () => {
    const texts = [utf8("hello"), commandRemarkTag, tagged.with(0, 0)];
    const { chain, runtime, dispatch } = await called(batch("batch", texts.map(remarkWithEvent)));
    const before = stateRoot(runtime);
    take(runtime, dispatch([bodyOf(chain, 1)]));
    expect(stateRoot(runtime)).toBe(before);
  });

  it("are matched by their hash, in the extrinsic that the event names", async () => {
    const decoy = concat(
      Uint8Array.of(0, 0),
      encode(remarkWithEvent(tagged), (w, bytes) => w.vecU8(bytes)),
    );
    const real = remarkWithEvent(tagged.with(-1, 0x20)); // another text, which is not an envelope
    const { chain, runtime, dispatch } = await called(batch("batch", [decoy, real]), remarkWithEvent(tagged));
    take(runtime, dispatch([bodyOf(chain, 1), bodyOf(chain, 2)]));
    expect(answer(runtime, 2, { FreeBalance: { account: toHex(bob.id) } }, bob)).toEqual({
      FreeBalance: { balance: "5" },
    });
  });

  it("in batches and proxies belong to the account in the event; failed ones do not count", async () => {
    const { chain, runtime } = await followed();
    const txHash = chain.crypto.blake2b256(command);
    chain.submit(signed(chain, alice, changeProxy("add", bob.id)));
    chain.produceBlock();
    const call = remarkWithEvent(tagged);
    const tooMuch = transferCall("allow_death", bob.id, 1n << 100n);
    chain.submit(signed(chain, alice, batch("batch_all", [call, tooMuch]))); // reverted: no event
    chain.submit(signed(chain, bob, batch("batch", [proxy(alice.id, call)])));
    const head = chain.produceBlock().header.number;
    take(runtime, dispatchOf(runtime, chain)([bodyOf(chain, head)]));
    expect(receipt(runtime, txHash, alice)).toBe("Ok");
    expect(receipt(runtime, txHash, bob)).toContain("Error");
    const balance = answer(
      runtime,
      2,
      { FreeBalance: { account: Buffer.from(bob.id).toString("hex") } },
      bob,
    );
    expect(balance).toMatchObject({ FreeBalance: { balance: "5" } });
  });

  it("of a multisig account belong to that account, not to the last approver", async () => {
    const { chain, runtime } = await followed();
    const others = { [toHex(alice.id)]: [bob.id], [toHex(bob.id)]: [alice.id] };
    const call = remarkWithEvent(tagged);
    const both = from0x("0x83b70134afe83e035d51b9b6543bae58fc4ad7495df986b619e71b2581bf6ec5");
    const funding = JSON.stringify({
      Plain: JSON.stringify({ Transfer: { dest: toHex(both), value: "6" } }),
    });
    chain.submit(signed(chain, alice, pushCommand(2, utf8(funding))));
    chain.produceBlock();
    chain.submit(
      signed(chain, alice, approveAsMulti({ threshold: 2, others: others[toHex(alice.id)]! }, call)),
    );
    const first = chain.produceBlock().header.number;
    chain.submit(
      signed(
        chain,
        bob,
        asMulti({ threshold: 2, others: others[toHex(bob.id)]!, timepoint: [first, 1] }, call),
      ),
    );
    const head = chain.produceBlock().header.number;
    take(runtime, dispatchOf(runtime, chain)([bodyOf(chain, head)]));
    for (const signer of [alice, bob])
      expect(receipt(runtime, chain.crypto.blake2b256(command), signer)).toContain("Error");
    expect(answer(runtime, 2, { FreeBalance: { account: toHex(bob.id) } }, bob)).toEqual({
      FreeBalance: { balance: "5" },
    });
  });

  it.each<readonly [string, (body: Body) => Body]>([
    ["changed", (body) => ({ ...body, extrinsics: body.extrinsics.map((x) => x.with(-1, 0)) })],
    ["of fewer extrinsics", (body) => ({ ...body, extrinsics: body.extrinsics.slice(1) })],
    ["in another order", (body) => ({ ...body, extrinsics: body.extrinsics.toReversed() })],
    ["empty", (body) => ({ ...body, extrinsics: [] })],
  ])("dispatch/extrinsics-mismatch: a body that is %s", async (_, change) => {
    const { chain, runtime, dispatch } = await called(remarkWithEvent(tagged));
    const body = change(decodeBody(bodyOf(chain, 1)));
    expect(refusal(runtime, dispatch([encodeBody(body)]))).toBe("dispatch/extrinsics-mismatch");
    take(runtime, dispatch([bodyOf(chain, 1)]));
  });

  it("dispatch/bad-body: bytes that are not a body", async () => {
    const { chain, runtime, dispatch } = await called(remarkWithEvent(tagged));
    const body = bodyOf(chain, 1);
    expect(refusal(runtime, dispatch([body.subarray(0, 3)]))).toBe("dispatch/bad-body");
    expect(refusal(runtime, dispatch([body.subarray(0, -1)]))).toBe("dispatch/bad-body");
    expect(refusal(runtime, dispatch([body, body]))).toBe("dispatch/bad-body");
  });
});
