/** Fetching blocks' events from a node that has discarded states. */
import { expect, it, vi } from "vitest";
import { RelayError } from "../../src/error.ts";
import { fetchEvents } from "../../src/fetch/blocks.ts";
import { SubstrateNode } from "../../src/node/node.ts";
import { connectNode } from "../../src/node/rpc.ts";
import { blocks, chainOf, closeLater, crypto, serve } from "../support/scene.ts";

/** A node of a chain of 40 blocks that keeps the states of the last 10, and the headers of blocks 1 to 8. */
async function pruned() {
  const chain = await chainOf({ statePruning: 10 });
  blocks(chain, 40);
  const connection = await connectNode((await serve(chain)).url);
  closeLater(() => connection.close());
  const node = new SubstrateNode(connection, crypto);
  const headers = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((number) => node.headerAt(number)));
  return { node, headers };
}

it("relay/gap: searches for the end of the gap once, however many of the blocks are in it", async () => {
  const { node, headers } = await pruned();
  const search = vi.spyOn(node, "firstAvailable");
  await expect(fetchEvents(node, crypto, headers, 1 << 20)).rejects.toMatchObject({
    detail: { code: "relay/gap", from: 1, to: 30 },
  });
  expect(search.mock.calls).toEqual([[1]]);
});

it("returns the blocks before a gap, and reports the gap at the next call", async () => {
  const { node, headers } = await pruned();
  const search = vi.spyOn(node, "firstAvailable");
  const gone = new RelayError({ code: "relay/state-discarded", method: "state_getReadProof", reason: "" });
  vi.spyOn(node, "readProof").mockImplementation(async (_, at) => {
    if (headers.slice(0, 2).some(({ hash }) => hash === at)) return [];
    throw gone;
  });
  expect(await fetchEvents(node, crypto, headers, 1 << 20)).toHaveLength(2);
  expect(search).not.toHaveBeenCalled();
  await expect(fetchEvents(node, crypto, headers.slice(2), 1 << 20)).rejects.toMatchObject({
    detail: { code: "relay/gap", from: 3 },
  });
});
