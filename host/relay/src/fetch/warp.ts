/**
 * Makes the parts of a warp-sync proof from a node's finality proofs, because nodes serve complete warp-sync
 * proofs only over their network protocol. This file verifies nothing.
 */
import { decodeHeader } from "@pruntime/core/chain";
import { decodeJustification } from "@pruntime/core/grandpa";
import type { WarpFragment } from "@pruntime/core/warp";
import { RelayError } from "../error.ts";
import type { SubstrateNode } from "../node/node.ts";

/**
 * Yields a proof of the last block of each set that ended at or after block `from`, and then a proof of the
 * last block that the node can prove.
 * @throws {@link RelayError} `relay/bad-answer` for a proof of the wrong block; the errors of
 * {@link SubstrateNode}'s requests
 */
export async function* fetchWarpFragments(node: SubstrateNode, from: number): AsyncGenerator<WarpFragment> {
  const finalized = await node.finalizedNumber();
  for (let next = from; next <= finalized; ) {
    const proof = await node.proveFinality(next);
    if (proof === undefined) return;
    const justification = decodeJustification(proof.justification);
    const { targetNumber } = justification;
    if (targetNumber < next) return; // the node's latest proof is older than the requested block
    const { encoded, hash } = await node.headerAt(targetNumber);
    if (Buffer.compare(hash, justification.targetHash) !== 0)
      throw new RelayError({ code: "relay/bad-answer", method: "grandpa_proveFinality" });
    yield { header: decodeHeader(encoded), encodedHeader: encoded, justification };
    next = targetNumber + 1;
  }
}
