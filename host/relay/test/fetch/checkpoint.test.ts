/** Checkpoints, which are tried against the state and against signatures before they are written. */

import { decodeBridgeInitInfo } from "@pruntime/core/bridge-2020";
import { to0x } from "@pruntime/core/bytes";
import type { Authority } from "@pruntime/core/grandpa";
import { type Checkpoint, startFromCheckpoint, startFromGenesis } from "@pruntime/core/light-client";
import { encode } from "@pruntime/core/scale";
import { grandpaCurrentSetIdKey } from "@pruntime/core/storage-key";
import { advanceByWarpProof } from "@pruntime/core/warp";
import { type Devchain, type DevchainOptions, faults } from "@pruntime/devchain";
import { describe, expect, it } from "vitest";
import { RelayError } from "../../src/error.ts";
import { fetchCheckpoint } from "../../src/fetch/checkpoint.ts";
import { fetchGenesisInfo } from "../../src/fetch/init-input.ts";
import { tryAuthorities, tryCheckpoint } from "../../src/fetch/trial.ts";
import { fetchWarpFragments } from "../../src/fetch/warp.ts";
import type { NodeConnection } from "../../src/node/connection.ts";
import { SubstrateNode } from "../../src/node/node.ts";
import { connectNode } from "../../src/node/rpc.ts";
import { blocks, chainOf, closeLater, crypto, serve } from "../support/scene.ts";

const atOnce = { patienceMs: 0 };

/** A chain whose next change is announced at block 8, and a node of that chain. */
async function announcing(delay: number, height: number, options: DevchainOptions = {}) {
  const chain = await chainOf(options);
  blocks(chain, 7);
  chain.rotateAuthorities({ delay });
  blocks(chain, height - 7);
  return { chain, node: await nodeOf(chain) };
}

async function nodeOf(
  chain: Devchain,
  change: (connection: NodeConnection) => NodeConnection = (connection) => connection,
): Promise<SubstrateNode> {
  const connection = await connectNode((await serve(chain)).url);
  closeLater(() => connection.close());
  return new SubstrateNode(change(connection), crypto);
}

/** The light client that started at the genesis and has verified all warp fragments. */
async function proven(node: SubstrateNode) {
  let client = startFromGenesis(crypto, decodeBridgeInitInfo(await fetchGenesisInfo(node)));
  for await (const fragment of fetchWarpFragments(node, 1))
    client = advanceByWarpProof(crypto, client, { fragments: [fragment], isFinished: true });
  return client;
}

describe("a change announced at block 8 with delay 1", () => {
  it("is followed to the end of its set, and the checkpoint names the next signers", async () => {
    const { chain, node } = await announcing(1, 9);
    const client = await proven(node);
    expect([client.finalized.number, client.authorities.setId]).toEqual([9, 1n]);
    blocks(chain, 1);
    expect(await tryAuthorities(node, await node.headerAt(9), client.authorities, atOnce)).toEqual(
      client.authorities,
    );
    expect((await fetchCheckpoint(node, crypto, 9, atOnce)).authorities).toEqual(client.authorities);
  });

  it("relay/checkpoint-untried: a checkpoint at block 9 waits for block 10", async () => {
    const { node } = await announcing(1, 9);
    const { authorities } = await proven(node);
    await expect(tryAuthorities(node, await node.headerAt(9), authorities, atOnce)).rejects.toMatchObject({
      detail: { code: "relay/checkpoint-untried", number: 9 },
    });
  });

  it("relay/change-pending: there is no checkpoint at block 8", async () => {
    const { node } = await announcing(1, 12);
    await expect(fetchCheckpoint(node, crypto, 8, atOnce)).rejects.toMatchObject({
      detail: { code: "relay/change-pending", number: 8 },
    });
  });
});

it("relay/change-pending: with delay 3, there is no checkpoint at block 10", async () => {
  const { node } = await announcing(3, 10);
  const { finalized, authorities } = await proven(node);
  expect([finalized.number, authorities.setId]).toEqual([10, 0n]);
  await expect(tryAuthorities(node, await node.headerAt(10), authorities, atOnce)).rejects.toMatchObject({
    detail: { code: "relay/change-pending", number: 10 },
  });
});

it("changes with delays are followed over several sets", async () => {
  const { chain, node } = await announcing(3, 20);
  chain.rotateAuthorities({ delay: 2 });
  blocks(chain, 10);
  const client = await proven(node);
  expect([client.finalized.number, client.authorities.setId]).toEqual([30, 2n]);
});

describe("the set id", () => {
  /** Makes the node's storage contain this set id, whichever set id voters sign. */
  const withSetId = (setId: bigint) => (connection: NodeConnection) => ({
    ...connection,
    closed: connection.closed,
    request: async (method: string, ...parameters: readonly unknown[]) =>
      method === "state_getStorage" && parameters[0] === to0x(grandpaCurrentSetIdKey(crypto))
        ? to0x(encode(setId, (w, id) => w.u64(id)))
        : connection.request(method, ...parameters),
  });

  it.each([0n, 2n, 5n])("is the id that voters sign, not the id in storage (%s)", async (setId) => {
    const { chain } = await announcing(0, 12);
    const node = await nodeOf(chain, withSetId(setId));
    const checkpoint = await fetchCheckpoint(node, crypto, 10, atOnce);
    expect(checkpoint.authorities.setId).toBe(1n);
    expect(startFromCheckpoint(crypto, checkpoint).finalized.number).toBe(10);
  });

  it("relay/checkpoint-unsigned: is refused if it is far from the id that voters sign", async () => {
    const { chain } = await announcing(0, 12);
    const node = await nodeOf(chain, withSetId(100n));
    await expect(fetchCheckpoint(node, crypto, 10, atOnce)).rejects.toMatchObject({
      detail: { code: "relay/checkpoint-unsigned", number: 10, setId: 100n },
    });
  });
});

it.each(["relay/answer-too-large", "relay/node-response-limit"] as const)(
  "uses the justification stored with the block if a finality proof is refused with %s",
  async (code) => {
    const { chain } = await announcing(0, 12);
    const node = await nodeOf(chain, (connection) => ({
      ...connection,
      closed: connection.closed,
      request: async (method, ...parameters) => {
        if (method === "grandpa_proveFinality") throw new RelayError({ code, method, reason: "" });
        return connection.request(method, ...parameters);
      },
    }));
    expect((await fetchCheckpoint(node, crypto, 10, atOnce)).authorities.setId).toBe(1n);
  },
);

it("relay/checkpoint-unsigned: authorities that did not sign are refused", async () => {
  const { chain, node } = await announcing(0, 12);
  chain.setFault("forged", faults.wrongSignature());
  await expect(fetchCheckpoint(node, crypto, 10, atOnce)).rejects.toMatchObject({
    code: "relay/checkpoint-unsigned",
  });
});

it("relay/checkpoint-mismatch: authorities that the state does not have are refused", async () => {
  const { node } = await announcing(0, 12);
  const { authorities } = await fetchCheckpoint(node, crypto, 7, atOnce);
  await expect(tryAuthorities(node, await node.headerAt(10), authorities, atOnce)).rejects.toMatchObject({
    detail: { code: "relay/checkpoint-mismatch", number: 10 },
  });
});

it("relay/checkpoint-untried: a node without justifications cannot serve for a checkpoint", async () => {
  const { node } = await announcing(20, 7, { strict: true });
  await expect(fetchCheckpoint(node, crypto, 5, atOnce)).rejects.toMatchObject({
    detail: { code: "relay/checkpoint-untried", number: 5 },
  });
});

it("waits for a justification that the node announces", async () => {
  const { chain, node } = await announcing(20, 7, { strict: true });
  const made = fetchCheckpoint(node, crypto, 5, { patienceMs: 20_000 });
  const timer = setInterval(() => chain.produceBlock(), 50);
  closeLater(() => clearInterval(timer));
  expect((await made).authorities.setId).toBe(0n);
});

describe("a checkpoint from elsewhere", () => {
  /** A node of a chain, and the checkpoint at a block that another node of the same chain made. */
  async function elsewhere(at: number, options: DevchainOptions = {}) {
    const { node } = await announcing(0, 12, options);
    return { node, made: await fetchCheckpoint((await announcing(0, 12)).node, crypto, at, atOnce) };
  }
  const pruned = { statePruning: 2 };
  const withAuthorities = (
    made: Checkpoint,
    change: (all: readonly Authority[]) => readonly Authority[],
  ) => ({
    ...made,
    authorities: { ...made.authorities, authorities: change(made.authorities.authorities) },
  });

  it.each([5, 9])(
    "is accepted at block %i, although the node has discarded the block's state",
    async (at) => {
      const { node, made } = await elsewhere(at, pruned);
      await expect(node.readProof([grandpaCurrentSetIdKey(crypto)], await node.hashAt(at))).rejects.toThrow(
        "relay/state-discarded",
      );
      await tryCheckpoint(node, made);
    },
  );

  it.each<[string, string, (made: Checkpoint) => Checkpoint]>([
    ["relay/checkpoint-off-chain", "genesis", (made) => ({ ...made, genesisHash: new Uint8Array(32) })],
    [
      "relay/checkpoint-off-chain",
      "block",
      (made) => ({
        ...made,
        encodedHeader: made.encodedHeader.map((byte, i) => (i === 0 ? byte ^ 1 : byte)),
      }),
    ],
    [
      "relay/checkpoint-unsigned",
      "set id",
      (made) => ({ ...made, authorities: { ...made.authorities, setId: 0n } }),
    ],
    [
      "relay/checkpoint-unsigned",
      "set of authorities",
      (made) => withAuthorities(made, (all) => all.map((one) => ({ ...one, id: one.id.toReversed() }))),
    ],
    [
      "relay/checkpoint-mismatch",
      "set of authorities, although they signed",
      (made) => withAuthorities(made, (all) => all.slice(0, 1)),
    ],
    [
      "relay/checkpoint-mismatch",
      "pending change",
      (made) => ({
        ...made,
        pending: [{ announcedAt: 8, enactsAt: 12, authorities: made.authorities.authorities }],
      }),
    ],
  ])("%s: is refused for another %s", async (code, _, change) => {
    const { node, made } = await elsewhere(9);
    await tryCheckpoint(node, made);
    await expect(tryCheckpoint(node, change(made))).rejects.toMatchObject({ detail: { code, number: 9 } });
  });

  it("relay/node-behind: is refused if the node has not finalized its block", async () => {
    const { made } = await elsewhere(9);
    const { node } = await announcing(0, 8);
    await expect(tryCheckpoint(node, made)).rejects.toMatchObject({
      detail: { code: "relay/node-behind", node: 8, worker: 9 },
    });
  });

  it("relay/checkpoint-untried: is refused if the node has no justification that could try it", async () => {
    const { made } = await elsewhere(5);
    const { node } = await announcing(20, 7, { strict: true });
    await expect(tryCheckpoint(node, made)).rejects.toMatchObject({
      detail: { code: "relay/checkpoint-untried", number: 5 },
    });
  });
});
