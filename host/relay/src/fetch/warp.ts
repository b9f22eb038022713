/**
 * The parts of a warp-sync proof out of a node's finality proofs: nodes hand whole ones out only over their
 * network protocol. Nothing is believed here; who uses them verifies them.
 */
import { decodeHeader } from "@pruntime/core/chain";
import { decodeJustification } from "@pruntime/core/grandpa";
import type { WarpFragment } from "@pruntime/core/warp";
import { RelayError } from "../error.ts";
import type { SubstrateNode } from "../node/node.ts";

/**
 * For each set that ended from block `from` on its last block, then the last block the node can prove.
 * @throws {@link RelayError} `relay/bad-answer` for a proof of another block than was asked about, and what
 * reaching the node throws
 */
export async function* fetchWarpFragments(node: SubstrateNode, from: number): AsyncGenerator<WarpFragment> {
  const finalized = await node.finalizedNumber();
  for (let next = from; next <= finalized; ) {
    const proof = await node.proveFinality(next);
    if (proof === undefined) return;
    const justification = decodeJustification(proof.justification);
    const { targetNumber } = justification;
    if (targetNumber < next) return; // its last proof is older than what was asked about
    const { encoded, hash } = await node.headerAt(targetNumber);
    if (Buffer.compare(hash, justification.targetHash) !== 0)
      throw new RelayError({ code: "relay/bad-answer", method: "grandpa_proveFinality" });
    yield { header: decodeHeader(encoded), encodedHeader: encoded, justification };
    next = targetNumber + 1;
  }
}
