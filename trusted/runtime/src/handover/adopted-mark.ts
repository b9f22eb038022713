/**
 * The mark of a worker that receives keys. The source's mark comes with the keys. Otherwise a host could
 * bring the keys to a second chain: it would lead a new worker, which has only a low mark, along that chain,
 * have the keys handed over to it there, and restart it there with the keys.
 */
import type { BlockPoint, BlockRelation } from "@pruntime/core/light-client";
import { type Chain, finalizedOf, relationToMark } from "../chain.ts";
import type { Mark } from "../mark.ts";
import { HandoverError } from "./error.ts";

/**
 * Returns the mark to store beside the received keys: of each chain, the higher one of the two blocks that
 * the source and the receiver have marked. Below the source's block, the receiver may be on any fork, but it
 * restarts at its anchor and can then reach only the source's block.
 * @param chain the receiver's chain
 * @param source the source's mark
 * @throws {@link HandoverError} `handover/other-fork`, `handover/too-far-ahead`
 */
export function adoptedMark(chain: Chain, source: Mark): Mark {
  const { mark: own, client } = chain;
  const relation = relationToMark(chain, source);
  const ahead = isAhead(source.finalized, relation.finalized, client.finalized);
  if (!ahead && own.setId < source.setId)
    throw new HandoverError({ code: "handover/other-fork", number: source.finalized.number });
  const paraAhead =
    source.para !== undefined &&
    relation.para !== undefined &&
    isAhead(source.para, relation.para, finalizedOf(chain));
  const { finalized, setId } = ahead ? source : own;
  return { finalized, setId, para: paraAhead ? source.para : own.para };
}

/** Tells whether a marked block is above the receiver's chain. If not, the chain must contain the block. */
function isAhead({ number }: BlockPoint, relation: BlockRelation, finalized: BlockPoint): boolean {
  if (relation === "other") throw new HandoverError({ code: "handover/other-fork", number });
  if (relation === "too-old")
    throw new HandoverError({ code: "handover/too-far-ahead", number, finalized: finalized.number });
  return relation === "ahead";
}
