/** Upgrades of runtimes with system version 3, whose new code waits one block under `:pending_code`. */
import { encodeBlockHeaderWithEvents } from "@pruntime/core/bridge-2020";
import { utf8 } from "@pruntime/core/bytes";
import { wellKnownKeys } from "@pruntime/core/storage-key";
import { createDevchain } from "@pruntime/devchain";
import type { Event, Runtime } from "@pruntime/runtime";
import { afterAll, describe, expect, it } from "vitest";
import { pushCommand, signed } from "../../../../host/devchain/test/support/extrinsic.ts";
import { alice, blockParts } from "../support/devchain.ts";
import {
  type BlockContent,
  eventsKey,
  milliseconds,
  nowKey,
  runtimeUpdated,
  TinyChain,
} from "../support/tiny-chain.ts";
import { newRuntime, refusal, root, take } from "../support/worker.ts";

const devchain = await createDevchain({ mode: { kind: "manual" }, systemVersions: [3] });
afterAll(() => devchain.close());
const deferring = devchain.metadata(14);
/** The metadata of a runtime that lacks the event `CommandPushed`, so its events are not commands. */
const pulled = Uint8Array.from(
  Buffer.from(
    Buffer.from(deferring).toString("latin1").replaceAll("CommandPushed", "CommandPulled"),
    "latin1",
  ),
);
const older = await createDevchain({ mode: { kind: "manual" }, systemVersions: [2] });
afterAll(() => older.close());

devchain.submit(signed(devchain, alice, pushCommand(2, utf8('{"Plain":"nothing"}'))));
const oneCommand = blockParts(devchain, devchain.produceBlock().header.number).events!;
const block: BlockContent = { events: oneCommand, now: milliseconds(1n) };

const proven = (chain: TinyChain, codeProof = chain.codeProof(0)): Event => ({
  kind: "init",
  start: { kind: "genesis", info: chain.genesisInfo() },
  meaning: { kind: "proven", codeProof },
  genesisBalance: { kind: "development" },
});

/** A worker that has synced all headers of the chain. */
function synced(chain: TinyChain, init: Event = proven(chain)): Runtime {
  const runtime = newRuntime();
  take(runtime, init);
  take(runtime, chain.headers(1, chain.blocks.length - 1));
  return runtime;
}

/**
 * Sends an event, and returns whether the event executed a command. A command's receipt changes the state
 * root.
 */
function executes(runtime: Runtime, event: Event): boolean {
  const before = root(runtime);
  take(runtime, event);
  return root(runtime) !== before;
}

/** The event that dispatches one block, with a proof of only these keys. */
const dispatchWith = (chain: TinyChain, number: number, keys: readonly Uint8Array[]): Event => ({
  kind: "blocks",
  blocks: [encodeBlockHeaderWithEvents(chain.proven(number, keys))],
});

describe("a block of a runtime with system version 3", () => {
  const chain = new TinyChain(0, deferring);
  chain.grow({ ...block, code: deferring });

  it("is dispatched when its proof shows that no code is pending", () => {
    expect(executes(synced(chain), chain.dispatch(1, 1))).toBe(true);
  });

  it("trie/incomplete-proof: is refused when its proof does not show whether code is pending", () => {
    const runtime = synced(chain);
    expect(refusal(runtime, dispatchWith(chain, 1, [eventsKey, nowKey]))).toBe("trie/incomplete-proof");
    take(runtime, chain.dispatch(1, 1));
  });

  it("is refused in the same way by a worker that was given the metadata", () => {
    const runtime = synced(chain, chain.init(deferring));
    expect(refusal(runtime, dispatchWith(chain, 1, [eventsKey, nowKey]))).toBe("trie/incomplete-proof");
  });
});

it("a block of a runtime with system version 2 needs no such proof, and pending code means nothing", () => {
  const chain = new TinyChain(0, older.metadata(14));
  chain.grow({ ...block, pendingCode: pulled });
  chain.grow(block);
  const runtime = synced(chain);
  take(runtime, dispatchWith(chain, 1, [eventsKey, nowKey]));
  expect(executes(runtime, dispatchWith(chain, 2, [eventsKey, nowKey]))).toBe(true);
});

describe("pending code", () => {
  /**
   * Block 2 stores pending code. Block 3 runs the pending code, moves it to `:code`, and announces the
   * change.
   */
  function upgraded(): { readonly chain: TinyChain; readonly runtime: Runtime } {
    const chain = new TinyChain(0, deferring);
    chain.grow({ ...block, code: deferring });
    chain.grow({ ...block, code: deferring, pendingCode: pulled });
    chain.grow({ ...block, code: pulled, digest: [runtimeUpdated] });
    chain.grow({ ...block, code: pulled });
    return { chain, runtime: synced(chain) };
  }

  it("gives the next block its meaning, and the announcement after it changes nothing", () => {
    const { chain, runtime } = upgraded();
    expect(refusal(runtime, chain.dispatch(1, 3))).toBe("runtime/metadata-outdated");
    expect(executes(runtime, chain.dispatch(1, 2))).toBe(true);
    expect(runtime.status()!.chain.runtimeChangedAt).toBe(2);
    expect(refusal(runtime, chain.dispatch(3, 3))).toBe("runtime/metadata-outdated");
    expect(take(runtime, { kind: "code", proof: chain.codeProof(2) })).toMatchObject({ from: 3 });
    expect(executes(runtime, chain.dispatch(3, 3))).toBe(false); // the new code knows no command in it
    expect(refusal(runtime, chain.dispatch(4, 4))).toBe("runtime/metadata-outdated");
    expect(take(runtime, { kind: "code", proof: chain.codeProof(3) })).toMatchObject({ from: 4 });
    expect(executes(runtime, chain.dispatch(4, 4))).toBe(false);
  });

  it("trie/incomplete-proof: a proof of `:code` alone cannot hide it", () => {
    const { chain, runtime } = upgraded();
    take(runtime, chain.dispatch(1, 2));
    const alone = chain.at(2).state.prove([wellKnownKeys.code]);
    expect(refusal(runtime, { kind: "code", proof: alone })).toBe("trie/incomplete-proof");
    const other = chain.at(2).state.prove([wellKnownKeys.pendingCode]);
    expect(refusal(runtime, { kind: "code", proof: other })).toBe("trie/incomplete-proof");
  });

  it("gives the first block its meaning where the start point has it", () => {
    const chain = new TinyChain(0, deferring, pulled);
    chain.grow({ ...block, code: pulled });
    expect(refusal(newRuntime(), proven(chain, chain.at(0).state.prove([wellKnownKeys.code])))).toBe(
      "trie/incomplete-proof",
    );
    expect(executes(synced(chain), chain.dispatch(1, 1))).toBe(false);
  });
});
