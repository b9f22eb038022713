import { equal } from "@pruntime/core/bytes";
import type { EventRecord } from "@pruntime/core/metadata";
import type { Devchain } from "@pruntime/devchain";
import { describe, expect, it } from "vitest";
import { eventsOf, manualChain } from "./support/chain.ts";
import { batch, changeProxy, proxy, pushCommand, remarkWithEvent, signed, transfer } from "./support/extrinsic.ts";
import { type Signer, signer } from "./support/keys.ts";

const [alice, bob, charlie] = [signer("Alice"), signer("Bob"), signer("Charlie")];
const nothing = new Uint8Array();
const tooMuch = transfer("allow_death", bob.id, 1n << 100n);

/** The events of the call, without those of the inherent. */
function run(chain: Devchain, who: Signer, call: Uint8Array): readonly EventRecord[] {
  chain.submit(signed(chain, who, call));
  return eventsOf(chain, chain.produceBlock()).filter(({ phase }) => phase.kind === "apply-extrinsic" && phase.index === 1);
}

function names(events: readonly EventRecord[]): string[] {
  return events.map(({ pallet, name }) => `${pallet}.${name}`);
}

/** Who the commands and remarks among events are by. */
function senders(events: readonly EventRecord[]): (string | undefined)[] {
  return events
    .filter(({ name }) => name === "CommandPushed" || name === "Remarked")
    .map(({ fields }) => fields as unknown as { readonly who?: Uint8Array; readonly sender?: Uint8Array })
    .map(({ who, sender }) => ["Alice", "Bob", "Charlie"].find((_, i) => equal([alice, bob, charlie][i]!.id, (who ?? sender)!)));
}

describe("Utility", () => {
  it("batch dispatches each call in the sender's name", async () => {
    const chain = await manualChain();
    const events = run(chain, alice, batch("batch", [pushCommand(1, nothing), remarkWithEvent(nothing)]));
    expect(names(events)).toEqual([
      "Execution.CommandPushed",
      "Utility.ItemCompleted",
      "System.Remarked",
      "Utility.ItemCompleted",
      "Utility.BatchCompleted",
      "System.ExtrinsicSuccess",
    ]);
    expect(senders(events)).toEqual(["Alice", "Alice"]);
  });

  it("batch stops at the first failure and keeps what was before", async () => {
    const chain = await manualChain();
    const events = run(chain, alice, batch("batch", [pushCommand(1, nothing), tooMuch, pushCommand(2, nothing)]));
    expect(names(events)).toEqual([
      "Execution.CommandPushed",
      "Utility.ItemCompleted",
      "Utility.BatchInterrupted",
      "System.ExtrinsicSuccess",
    ]);
    expect(events[2]!.fields).toMatchObject({ index: 1 });
  });

  it("batch_all is undone by a failure, numbers of commands included", async () => {
    const chain = await manualChain();
    expect(names(run(chain, alice, batch("batch_all", [pushCommand(1, nothing), tooMuch])))).toEqual(["System.ExtrinsicFailed"]);
    const events = run(chain, alice, batch("batch_all", [pushCommand(1, nothing), pushCommand(2, nothing)]));
    expect(
      events.filter(({ name }) => name === "CommandPushed").map(({ fields }) => (fields as { number: number }).number),
    ).toEqual([0, 1]);
  });

  it("force_batch goes on after a failure", async () => {
    const chain = await manualChain();
    expect(names(run(chain, alice, batch("force_batch", [tooMuch, pushCommand(1, nothing)])))).toEqual([
      "Utility.ItemFailed",
      "Execution.CommandPushed",
      "Utility.ItemCompleted",
      "Utility.BatchCompletedWithErrors",
      "System.ExtrinsicSuccess",
    ]);
  });

  it("undoes an inner batch as a whole", async () => {
    const chain = await manualChain();
    const inner = batch("batch_all", [pushCommand(1, nothing), tooMuch]);
    const events = run(chain, alice, batch("force_batch", [pushCommand(1, nothing), inner, pushCommand(2, nothing)]));
    expect(
      events.filter(({ name }) => name === "CommandPushed").map(({ fields }) => (fields as { number: number }).number),
    ).toEqual([0, 1]);
    expect(names(events)).toContain("Utility.ItemFailed");
  });

  it("refuses calls in calls beyond what a runtime decodes, and takes those within", async () => {
    const chain = await manualChain();
    const nested = (depth: number): Uint8Array => {
      let call = pushCommand(1, nothing);
      for (let i = 0; i < depth; i++) call = batch("batch", [call]);
      return call;
    };
    expect(names(run(chain, alice, nested(256)))).toContain("Execution.CommandPushed");
    expect(() => chain.submit(signed(chain, alice, nested(257)))).toThrow("Extrinsic has invalid format");
    const abyss = new Uint8Array(3 * 500_000).map((_, i) => [7, 0, 4][i % 3]!);
    expect(() => chain.submit(signed(chain, alice, abyss))).toThrow("Extrinsic has invalid format");
  });
});

describe("Proxy", () => {
  async function withProxy(delay?: number): Promise<Devchain> {
    const chain = await manualChain();
    expect(names(run(chain, alice, changeProxy("add", bob.id, delay)))).toEqual(["Proxy.ProxyAdded", "System.ExtrinsicSuccess"]);
    return chain;
  }

  it("dispatches in the name of the real account", async () => {
    const chain = await withProxy();
    const events = run(chain, bob, proxy(alice.id, pushCommand(1, nothing)));
    expect(names(events)).toEqual(["Execution.CommandPushed", "Proxy.ProxyExecuted", "System.ExtrinsicSuccess"]);
    expect(senders(events)).toEqual(["Alice"]);
  });

  it("inside a batch, a batch inside it, names each sender", async () => {
    const chain = await withProxy();
    const inner = proxy(alice.id, batch("batch", [remarkWithEvent(nothing), pushCommand(1, nothing)]));
    expect(senders(run(chain, bob, batch("batch", [pushCommand(2, nothing), inner, remarkWithEvent(nothing)])))).toEqual([
      "Bob",
      "Alice",
      "Alice",
      "Bob",
    ]);
  });

  it("tells a failure in its event, undone and without failing itself", async () => {
    const chain = await withProxy();
    const call = batch("batch_all", [pushCommand(1, nothing), tooMuch]);
    const events = run(chain, bob, proxy(alice.id, call));
    expect(names(events)).toEqual(["Proxy.ProxyExecuted", "System.ExtrinsicSuccess"]);
    expect(events[0]!.fields).toMatchObject({ result: { kind: "Err" } });
  });

  it.each<[string, (chain: Devchain) => readonly EventRecord[]]>([
    ["of strangers", (chain) => run(chain, charlie, proxy(alice.id, pushCommand(1, nothing)))],
    ["of one's own", (chain) => run(chain, alice, changeProxy("add", alice.id))],
    ["twice", (chain) => run(chain, alice, changeProxy("add", bob.id))],
    ["that are none", (chain) => run(chain, alice, changeProxy("remove", charlie.id))],
  ])("refuses proxies %s", async (_, attempt) => {
    expect(names(attempt(await withProxy()))).toEqual(["System.ExtrinsicFailed"]);
  });

  it("ends when removed, and waits for an announcement that cannot be made when it has a delay", async () => {
    const chain = await withProxy();
    expect(names(run(chain, alice, changeProxy("remove", bob.id)))).toContain("Proxy.ProxyRemoved");
    expect(names(run(chain, bob, proxy(alice.id, pushCommand(1, nothing))))).toEqual(["System.ExtrinsicFailed"]);
    const delayed = await withProxy(5);
    expect(names(run(delayed, bob, proxy(alice.id, pushCommand(1, nothing))))).toEqual(["System.ExtrinsicFailed"]);
  });
});
