/**
 * Makes a checkpoint from a node's answers: a finalized header, and the authorities that finalize the next
 * block. The node's answers are not verified. Use a trusted node, or compare the checkpoint with one from a
 * trusted node.
 */
import type { Crypto } from "@pruntime/core/crypto";
import { type Checkpoint, startFromCheckpoint } from "@pruntime/core/light-client";
import { decodeAll } from "@pruntime/core/scale";
import { grandpaCurrentSetIdKey, storagePrefix } from "@pruntime/core/storage-key";
import { RelayError } from "../error.ts";
import type { SubstrateNode } from "../node/node.ts";
import { fetchAuthorities } from "./authorities.ts";

/**
 * Makes the checkpoint at a block.
 * @param at the block's number; `undefined` selects the latest finalized block
 * @throws {@link RelayError} `relay/node-behind` if the block is not final yet; `relay/change-pending` if an
 * announced change of authorities is not enacted at the block, so use an earlier or a later block;
 * LightClientError, FinalityError
 */
export async function fetchCheckpoint(
  node: SubstrateNode,
  crypto: Crypto,
  at: number | undefined,
): Promise<Checkpoint> {
  const finalized = await node.finalizedNumber();
  if (at !== undefined && at > finalized)
    throw new RelayError({ code: "relay/node-behind", node: finalized, worker: at });
  const header = await node.headerAt(at ?? finalized);
  const pending = await node.storage(storagePrefix(crypto, "Grandpa", "PendingChange"), header.hash);
  if (pending !== undefined) throw new RelayError({ code: "relay/change-pending", number: header.number });
  const { authorities } = await fetchAuthorities(node, header.hash, header.number);
  const setId = await node.storage(grandpaCurrentSetIdKey(crypto), header.hash);
  const checkpoint: Checkpoint = {
    genesisHash: await node.genesisHash(),
    encodedHeader: header.encoded,
    authorities: {
      setId: setId === undefined ? 0n : decodeAll(setId, (r) => r.u64()),
      authorities,
    },
    pending: [],
  };
  startFromCheckpoint(crypto, checkpoint);
  return checkpoint;
}
