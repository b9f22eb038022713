import { startFromCheckpoint } from "@pruntime/core/light-client";
import { advanceByWarpProof } from "@pruntime/core/warp";
import { faults } from "@pruntime/devchain";
import { describe, expect, it } from "vitest";
import { fetchCheckpoint } from "../../src/fetch/checkpoint.ts";
import { fetchWarpFragments } from "../../src/fetch/warp.ts";
import { SubstrateNode } from "../../src/node/node.ts";
import { connectNode } from "../../src/node/rpc.ts";
import { blocks, closeLater, crypto, scene } from "../support/scene.ts";

async function setUp() {
  const { chain, node: served } = await scene({ rotateEvery: 10 });
  blocks(chain, 45);
  const node = new SubstrateNode(await connectNode(served.url), crypto);
  closeLater(() => node.connection.close());
  const start = startFromCheckpoint(crypto, await fetchCheckpoint(node, crypto, 3));
  const follow = async () => {
    let client = start;
    const numbers: number[] = [];
    for await (const fragment of fetchWarpFragments(node, client.finalized.number + 1)) {
      client = advanceByWarpProof(crypto, client, { fragments: [fragment], isFinished: true });
      numbers.push(client.finalized.number);
    }
    return { client, numbers };
  };
  return { chain, follow };
}

describe("warp fragments made from finality proofs", () => {
  it("lead from a checkpoint through the ends of authority sets to the head", async () => {
    const { chain, follow } = await setUp();
    const { client, numbers } = await follow();
    expect(numbers).toEqual([10, 20, 30, 40, 45]);
    expect(client.finalized.hash).toEqual(chain.best().hash);
    expect(client.authorities.setId).toBe(4n);
  });

  it("are refused by the verifier if they are forged", async () => {
    const { chain, follow } = await setUp();
    chain.setFault("wrongSignature", faults.wrongSignature());
    await expect(follow()).rejects.toMatchObject({ code: expect.stringMatching(/^finality\//) });
  });
});
