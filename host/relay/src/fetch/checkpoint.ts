/**
 * Makes a checkpoint from a node's answers: a finalized header, and the authorities that finalize the next
 * block. The node's answers are not verified against anything else. Use a trusted node, or compare the
 * checkpoint with a checkpoint from a trusted node.
 */
import type { Crypto } from "@pruntime/core/crypto";
import { type Checkpoint, startFromCheckpoint } from "@pruntime/core/light-client";
import { decodeAll } from "@pruntime/core/scale";
import { grandpaCurrentSetIdKey } from "@pruntime/core/storage-key";
import { RelayError } from "../error.ts";
import type { SubstrateNode } from "../node/node.ts";
import { fetchAuthorities } from "./authorities.ts";
import { type Trial, tryAuthorities } from "./trial.ts";

/** The maximum difference between the set id that voters sign and the set id in storage. */
const setIdSpread = 8n;

/**
 * Makes the checkpoint at a block. The checkpoint has the set id that the authorities sign, which may differ
 * from the set id in storage.
 * @param at the block's number; `undefined` selects the latest finalized block
 * @throws {@link RelayError} `relay/node-behind` if the block is not final yet; `relay/no-authorities`; as
 * {@link tryAuthorities}; LightClientError, FinalityError
 */
export async function fetchCheckpoint(
  node: SubstrateNode,
  crypto: Crypto,
  at: number | undefined,
  trial: Pick<Trial, "patienceMs"> = {},
): Promise<Checkpoint> {
  const finalized = await node.finalizedNumber();
  if (at !== undefined && at > finalized)
    throw new RelayError({ code: "relay/node-behind", node: finalized, worker: at });
  const header = await node.headerAt(at ?? finalized);
  const { authorities } = await fetchAuthorities(node, header.hash, header.number);
  const stored = await node.storage(grandpaCurrentSetIdKey(crypto), header.hash);
  const setId = stored === undefined ? 0n : decodeAll(stored, (r) => r.u64());
  const checkpoint: Checkpoint = {
    genesisHash: await node.genesisHash(),
    encodedHeader: header.encoded,
    authorities: await tryAuthorities(
      node,
      header,
      { setId, authorities },
      { ...trial, setIds: near(setId) },
    ),
    pending: [],
  };
  startFromCheckpoint(crypto, checkpoint);
  return checkpoint;
}

/** The set ids to try: first the set id in storage, then the nearby set ids, nearest first. */
function near(setId: bigint): bigint[] {
  const setIds = [setId];
  for (let distance = 1n; distance <= setIdSpread; distance++) {
    if (setId >= distance) setIds.push(setId - distance);
    setIds.push(setId + distance);
  }
  return setIds;
}
