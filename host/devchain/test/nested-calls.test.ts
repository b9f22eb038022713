import { equal, toHex } from "@pruntime/core/bytes";
import type { EventRecord } from "@pruntime/core/metadata";
import type { Devchain } from "@pruntime/devchain";
import { describe, expect, it } from "vitest";
import { eventsOf, manualChain } from "./support/chain.ts";
import {
  type Approval,
  approveAsMulti,
  asMulti,
  asMultiThreshold1,
  batch,
  changeProxy,
  proxy,
  pushCommand,
  remarkWithEvent,
  signed,
  transfer,
} from "./support/extrinsic.ts";
import { type Signer, signer } from "./support/keys.ts";

const [alice, bob, charlie] = [signer("Alice"), signer("Bob"), signer("Charlie")];
const nothing = new Uint8Array();
const tooMuch = transfer("allow_death", bob.id, 1n << 100n);

/** Makes a block with the call, and returns the block's events without the events of the inherent. */
function run(chain: Devchain, who: Signer, call: Uint8Array): readonly EventRecord[] {
  chain.submit(signed(chain, who, call));
  return eventsOf(chain, chain.produceBlock()).filter(
    ({ phase }) => phase.kind === "apply-extrinsic" && phase.index === 1,
  );
}

function names(events: readonly EventRecord[]): string[] {
  return events.map(({ pallet, name }) => `${pallet}.${name}`);
}

/** The senders of the commands and remarks among the events. */
function senders(events: readonly EventRecord[]): (string | undefined)[] {
  return events
    .filter(({ name }) => name === "CommandPushed" || name === "Remarked")
    .map(({ fields }) => fields as unknown as { readonly who?: Uint8Array; readonly sender?: Uint8Array })
    .map(({ who, sender }) =>
      ["Alice", "Bob", "Charlie"].find((_, i) => equal([alice, bob, charlie][i]!.id, (who ?? sender)!)),
    );
}

describe("Utility", () => {
  it("batch dispatches each call as the sender", async () => {
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

  it("batch stops at the first failure and keeps the changes before it", async () => {
    const chain = await manualChain();
    const events = run(
      chain,
      alice,
      batch("batch", [pushCommand(1, nothing), tooMuch, pushCommand(2, nothing)]),
    );
    expect(names(events)).toEqual([
      "Execution.CommandPushed",
      "Utility.ItemCompleted",
      "Utility.BatchInterrupted",
      "System.ExtrinsicSuccess",
    ]);
    expect(events[2]!.fields).toMatchObject({ index: 1 });
  });

  it("batch_all is undone by a failure, including the numbers of commands", async () => {
    const chain = await manualChain();
    expect(names(run(chain, alice, batch("batch_all", [pushCommand(1, nothing), tooMuch])))).toEqual([
      "System.ExtrinsicFailed",
    ]);
    const events = run(chain, alice, batch("batch_all", [pushCommand(1, nothing), pushCommand(2, nothing)]));
    expect(
      events
        .filter(({ name }) => name === "CommandPushed")
        .map(({ fields }) => (fields as { number: number }).number),
    ).toEqual([0, 1]);
  });

  it("force_batch continues after a failure", async () => {
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
    const events = run(
      chain,
      alice,
      batch("force_batch", [pushCommand(1, nothing), inner, pushCommand(2, nothing)]),
    );
    expect(
      events
        .filter(({ name }) => name === "CommandPushed")
        .map(({ fields }) => (fields as { number: number }).number),
    ).toEqual([0, 1]);
    expect(names(events)).toContain("Utility.ItemFailed");
  });

  it("accepts calls nested as deeply as a runtime decodes, and refuses deeper nesting", async () => {
    const chain = await manualChain();
    const nested = (depth: number): Uint8Array => {
      let call = pushCommand(1, nothing);
      for (let i = 0; i < depth; i++) call = batch("batch", [call]);
      return call;
    };
    expect(names(run(chain, alice, nested(256)))).toContain("Execution.CommandPushed");
    expect(() => chain.submit(signed(chain, alice, nested(257)))).toThrow("Execution aborted due to trap");
    const abyss = new Uint8Array(3 * 500_000).map((_, i) => [7, 0, 4][i % 3]!);
    expect(() => chain.submit(signed(chain, alice, abyss))).toThrow("Execution aborted due to trap");
  });
});

describe("Proxy", () => {
  async function withProxy(delay?: number): Promise<Devchain> {
    const chain = await manualChain();
    expect(names(run(chain, alice, changeProxy("add", bob.id, delay)))).toEqual([
      "Proxy.ProxyAdded",
      "System.ExtrinsicSuccess",
    ]);
    return chain;
  }

  it("dispatches as the real account", async () => {
    const chain = await withProxy();
    const events = run(chain, bob, proxy(alice.id, pushCommand(1, nothing)));
    expect(names(events)).toEqual([
      "Execution.CommandPushed",
      "Proxy.ProxyExecuted",
      "System.ExtrinsicSuccess",
    ]);
    expect(senders(events)).toEqual(["Alice"]);
  });

  it("names the true sender of each call, with a batch around and inside the proxy call", async () => {
    const chain = await withProxy();
    const inner = proxy(alice.id, batch("batch", [remarkWithEvent(nothing), pushCommand(1, nothing)]));
    expect(
      senders(run(chain, bob, batch("batch", [pushCommand(2, nothing), inner, remarkWithEvent(nothing)]))),
    ).toEqual(["Bob", "Alice", "Alice", "Bob"]);
  });

  it("reports a failure in its event, undoes the inner call, and does not fail itself", async () => {
    const chain = await withProxy();
    const call = batch("batch_all", [pushCommand(1, nothing), tooMuch]);
    const events = run(chain, bob, proxy(alice.id, call));
    expect(names(events)).toEqual(["Proxy.ProxyExecuted", "System.ExtrinsicSuccess"]);
    expect(events[0]!.fields).toMatchObject({ result: { kind: "Err" } });
  });

  it.each<[string, (chain: Devchain) => readonly EventRecord[]]>([
    ["that were not added", (chain) => run(chain, charlie, proxy(alice.id, pushCommand(1, nothing)))],
    ["for the account itself", (chain) => run(chain, alice, changeProxy("add", alice.id))],
    ["that already exist", (chain) => run(chain, alice, changeProxy("add", bob.id))],
    ["that do not exist", (chain) => run(chain, alice, changeProxy("remove", charlie.id))],
  ])("refuses proxies %s", async (_, attempt) => {
    expect(names(attempt(await withProxy()))).toEqual(["System.ExtrinsicFailed"]);
  });

  it("refuses a removed proxy, and a proxy with a delay, because there are no announcements", async () => {
    const chain = await withProxy();
    expect(names(run(chain, alice, changeProxy("remove", bob.id)))).toContain("Proxy.ProxyRemoved");
    expect(names(run(chain, bob, proxy(alice.id, pushCommand(1, nothing))))).toEqual([
      "System.ExtrinsicFailed",
    ]);
    const delayed = await withProxy(5);
    expect(names(run(delayed, bob, proxy(alice.id, pushCommand(1, nothing))))).toEqual([
      "System.ExtrinsicFailed",
    ]);
  });
});

describe("Multisig", () => {
  /**
   * The account for which two of Alice, Bob and Charlie must approve, from @polkadot/util-crypto's
   * `createKeyMulti`.
   */
  const twoOfThree = "49daa32c7287890f38b7e1a8cd2961723d36d20baa0bf3b82e0c4bdda93b1c0a";
  const oneOfThree = "62351eebcfff6683e20304c7e654cecaf923b6f81e6535a59792e414b2336012";
  const sorted = (...signers: Signer[]): Uint8Array[] =>
    signers.map(({ id }) => id).sort((a, b) => (toHex(a) < toHex(b) ? -1 : 1));
  const others = {
    [toHex(alice.id)]: sorted(bob, charlie),
    [toHex(bob.id)]: sorted(alice, charlie),
    [toHex(charlie.id)]: sorted(alice, bob),
  };
  const by = ({ id }: Signer, rest: Partial<Approval> = {}): Approval => ({
    threshold: 2,
    others: others[toHex(id)]!,
    ...rest,
  });
  const call = batch("batch_all", [pushCommand(1, nothing), remarkWithEvent(nothing)]);
  const whoOf = (events: readonly EventRecord[]): string[] =>
    events
      .filter(({ name }) => name === "CommandPushed" || name === "Remarked")
      .map(({ fields }) => fields as unknown as { readonly who?: Uint8Array; readonly sender?: Uint8Array })
      .map(({ who, sender }) => toHex((who ?? sender)!));

  /** A chain on which Alice has approved the call in the first block. */
  async function approved(): Promise<Devchain> {
    const chain = await manualChain();
    const events = run(chain, alice, approveAsMulti(by(alice), call));
    expect(names(events)).toEqual(["Multisig.NewMultisig", "System.ExtrinsicSuccess"]);
    return chain;
  }

  it("dispatches as the multisig account once enough signatories have approved", async () => {
    const events = run(await approved(), bob, asMulti(by(bob, { timepoint: [1, 1] }), call));
    expect(names(events).filter((name) => name.startsWith("Multisig"))).toEqual([
      "Multisig.MultisigExecuted",
    ]);
    expect(whoOf(events)).toEqual([twoOfThree, twoOfThree]);
  });

  it("waits if the last signatory approves only the hash of the call", async () => {
    const chain = await approved();
    const more = run(chain, bob, approveAsMulti(by(bob, { timepoint: [1, 1] }), call));
    expect(names(more)).toEqual(["Multisig.MultisigApproval", "System.ExtrinsicSuccess"]);
    expect(whoOf(run(chain, charlie, asMulti(by(charlie, { timepoint: [1, 1] }), call)))).toEqual([
      twoOfThree,
      twoOfThree,
    ]);
    expect(names(run(chain, charlie, asMulti(by(charlie, { timepoint: [1, 1] }), call)))).toEqual([
      "System.ExtrinsicFailed",
    ]);
  });

  it("lets one signatory call if one is enough", async () => {
    const chain = await manualChain();
    expect(whoOf(run(chain, bob, asMultiThreshold1(others[toHex(bob.id)]!, call)))).toEqual([
      oneOfThree,
      oneOfThree,
    ]);
  });

  it("reports a failure in its event, undoes the inner call, and does not fail itself", async () => {
    const chain = await manualChain();
    const failing = batch("batch_all", [pushCommand(1, nothing), tooMuch]);
    run(chain, alice, approveAsMulti(by(alice), failing));
    const events = run(chain, bob, asMulti(by(bob, { timepoint: [1, 1] }), failing));
    expect(names(events)).toEqual(["Multisig.MultisigExecuted", "System.ExtrinsicSuccess"]);
    expect(events[0]!.fields).toMatchObject({ result: { kind: "Err" } });
  });

  it.each<[string, Signer, Uint8Array]>([
    ["twice by the same account", alice, approveAsMulti(by(alice, { timepoint: [1, 1] }), call)],
    ["twice by the same account, with the call", alice, asMulti(by(alice, { timepoint: [1, 1] }), call)],
    ["without the first approval's timepoint", bob, asMulti(by(bob), call)],
    ["with another timepoint", bob, asMulti(by(bob, { timepoint: [1, 2] }), call)],
    [
      "with the timepoint of a call that was not approved",
      bob,
      asMulti(by(bob, { timepoint: [1, 1] }), pushCommand(1, nothing)),
    ],
    [
      "with another list of signatories",
      bob,
      asMulti(by(bob, { others: sorted(alice), timepoint: [1, 1] }), call),
    ],
    [
      "out of order",
      bob,
      asMulti(by(bob, { others: sorted(alice, charlie).reverse(), timepoint: [1, 1] }), call),
    ],
    [
      "with the sender among the others",
      bob,
      asMulti(by(bob, { others: sorted(alice, bob), timepoint: [1, 1] }), call),
    ],
    ["without other signatories", bob, asMulti(by(bob, { others: [], timepoint: [1, 1] }), call)],
    ["with a threshold of one", bob, asMulti(by(bob, { threshold: 1, timepoint: [1, 1] }), call)],
  ])("refuses approvals %s", async (_, who, approval) => {
    expect(names(run(await approved(), who, approval))).toEqual(["System.ExtrinsicFailed"]);
  });
});
