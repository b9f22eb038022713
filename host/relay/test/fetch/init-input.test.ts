import { decodeBridgeInitInfo } from "@pruntime/core/bridge-2020";
import { from0x, to0x } from "@pruntime/core/bytes";
import { startFromCheckpoint, startFromGenesis } from "@pruntime/core/light-client";
import { grandpaAuthoritiesKey } from "@pruntime/core/storage-key";
import { createParaPair } from "@pruntime/devchain";
import { describe, expect, it } from "vitest";
import { recorded } from "../../../../test/support/fixtures.ts";
import { fetchCheckpoint } from "../../src/fetch/checkpoint.ts";
import { fetchGenesisInfo, fetchInitInput } from "../../src/fetch/init-input.ts";
import type { NodeConnection } from "../../src/node/connection.ts";
import { SubstrateNode } from "../../src/node/node.ts";
import { connectNode } from "../../src/node/rpc.ts";
import { blocks, closeLater, crypto, scene, serve } from "../support/scene.ts";

async function nodeAt(url: string): Promise<SubstrateNode> {
  const connection = await connectNode(url);
  closeLater(() => connection.close());
  return new SubstrateNode(connection, crypto);
}

async function startAt(node: SubstrateNode) {
  return startFromGenesis(crypto, decodeBridgeInitInfo(await fetchGenesisInfo(node)));
}

describe.each(["Grandpa.Authorities", ":grandpa_authorities"] as const)("authorities under %s", (key) => {
  it("start a light client at the genesis and at a checkpoint", async () => {
    const { chain, node: served } = await scene({ authoritiesKey: key });
    blocks(chain, 2);
    const node = await nodeAt(served.url);
    const start = await startAt(node);
    expect(start.genesisHash).toEqual(chain.genesisHash);
    expect(start.authorities.authorities).toHaveLength(4);
    expect(startFromCheckpoint(crypto, await fetchCheckpoint(node, crypto, 2)).authorities).toEqual(
      start.authorities,
    );
  });
});

it("refuses a chain that GRANDPA does not finalize", async () => {
  const pair = await createParaPair();
  closeLater(() => pair.close());
  const node = await nodeAt((await serve(pair.para)).url);
  await expect(fetchInitInput(node, { meaning: "bodies" })).rejects.toMatchObject({
    detail: { code: "relay/no-authorities", number: 0 },
  });
});

describe("a node of the solochain template, recorded", () => {
  const it = recorded
    .extend("finality", ({ files }) => files.json("live-node/finality.json.gz"))
    .extend("genesis", ({ files }) => files.json("live-node/blocks-0-90.json.gz").blocks[0]);

  it("starts a light client at its genesis", async ({ finality, genesis }) => {
    const { authorities, proof } = finality.authorities["0"];
    const key = to0x(grandpaAuthoritiesKey(crypto));
    const connection: NodeConnection = {
      url: "ws://recorded",
      request: async (method, wanted) => {
        if (method === "chain_getBlockHash") return genesis.hash;
        if (method === "chain_getHeader") return genesis.header;
        if (method === "state_getStorage") return wanted === key ? authorities : null;
        expect([method, wanted]).toEqual(["state_getReadProof", [key]]);
        return { at: genesis.hash, proof };
      },
      subscribe: () => expect.unreachable(),
      closed: Promise.resolve(),
      close: () => undefined,
    };
    const start = await startAt(new SubstrateNode(connection, crypto));
    expect(start.genesisHash).toEqual(from0x(finality.genesisHash));
    expect(start.authorities.authorities.map(({ weight }) => weight)).toEqual([1n, 1n]);
  });
});
