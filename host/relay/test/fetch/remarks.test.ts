import { concat, utf8 } from "@pruntime/core/bytes";
import { encode } from "@pruntime/core/scale";
import { describe, expect, it } from "vitest";
import {
  asMultiThreshold1,
  batch,
  proxy,
  remarkWithEvent,
  signed,
} from "../../../devchain/test/support/extrinsic.ts";
import { signer } from "../../../devchain/test/support/keys.ts";
import { fetchEvents } from "../../src/fetch/blocks.ts";
import { fetchRemarks } from "../../src/fetch/remarks.ts";
import { HeaderChain } from "../../src/finality/headers.ts";
import { SubstrateNode } from "../../src/node/node.ts";
import { connectNode } from "../../src/node/rpc.ts";
import { closeLater, crypto, scene } from "../support/scene.ts";

const [alice, bob] = [signer("Alice"), signer("Bob")];
const said = utf8("said");

async function setUp() {
  const { chain, node: served } = await scene();
  const node = new SubstrateNode(await connectNode(served.url), crypto);
  closeLater(() => node.connection.close());
  const put = (call: Uint8Array): number => {
    chain.submit(signed(chain, alice, call));
    return chain.produceBlock().header.number;
  };
  const events = async (from: number, to: number): Promise<Uint8Array[]> =>
    fetchEvents(node, crypto, await new HeaderChain(node).fetch(from, to), 1 << 20);
  return { node, put, events };
}

describe("what was remarked with an event", () => {
  it.each([
    ["alone", remarkWithEvent(said)],
    ["in a batch", batch("batch_all", [remarkWithEvent(utf8("first")), remarkWithEvent(said)])],
    [
      "in a proxied call that fails",
      batch("force_batch", [proxy(bob.id, remarkWithEvent(utf8("first"))), remarkWithEvent(said)]),
    ],
    ["by a multisig account", asMultiThreshold1([bob.id], remarkWithEvent(said))],
  ])("is found %s", async (_, call) => {
    const { node, put, events } = await setUp();
    const number = put(call);
    expect(await fetchRemarks(node, crypto, await events(number, number), number, 0)).toContainEqual(said);
  });

  it("is not what reads like it and made no event", async () => {
    const { node, put, events } = await setUp();
    const number = put(batch("force_batch", [proxy(bob.id, remarkWithEvent(said))]));
    expect(await fetchRemarks(node, crypto, await events(number, number), number, 0)).toEqual([]);
  });

  it("is looked for in earlier blocks on request: calls may wait", async () => {
    const { node, put } = await setUp();
    // A remark without an event, which carries the call.
    const noted = encode(remarkWithEvent(said), (w, call) => w.u8(0).u8(0).vecU8(call));
    const number = put(noted);
    put(remarkWithEvent(utf8("another")));
    const later = [concat(utf8("an event with "), crypto.blake2b256(said))];
    const find = (lookBack: number): Promise<Uint8Array[]> =>
      fetchRemarks(node, crypto, later, number + 2, lookBack);
    put(remarkWithEvent(utf8("a third")));
    expect(await find(1)).toEqual([]);
    expect(await find(2)).toEqual([said]);
  });
});
