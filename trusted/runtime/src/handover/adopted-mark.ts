/**
 * The mark of a worker that receives keys. The source's mark comes with the keys. Otherwise a host could
 * bring the keys to a second chain: it would lead a new worker, which has only a low mark, along that chain,
 * have the keys handed over to it there, and restart it there with the keys.
 */
import type { BlockPoint, BlockRelation } from "@pruntime/core/light-client";
import { type Chain, finalizedOf, relationToMark } from "../chain.ts";
import { type Mark, withSerial } from "../mark.ts";
import { HandoverError } from "./error.ts";

/**
 * Returns the mark to store beside the received keys. If the receiver's chain contains the source's block,
 * the mark is the receiver's own, with the higher one of the two blocks of a parachain. If the source's block
 * is ahead, the mark is the source's, with its block of the parachain: below the source's block, the receiver
 * may be on any fork, so its own block of the parachain may be one that the right chain does not have, and
 * the received keys could then never be used. A source that is ahead with an earlier authority set than the
 * receiver's is on a fork. The serial of the newest policy is the higher of the two.
 * @param chain the receiver's chain
 * @param source the source's mark
 * @throws {@link HandoverError} `handover/other-fork`, `handover/too-far-ahead`
 */
export function adoptedMark(chain: Chain, source: Mark): Mark {
  const { mark: own, client } = chain;
  const relation = relationToMark(chain, source);
  const ahead = isAhead(source.finalized, relation.finalized, client.finalized);
  if (ahead ? source.setId < own.setId : relation.setId < source.setId)
    throw new HandoverError({ code: "handover/other-fork", number: source.finalized.number });
  const paraAhead =
    source.para !== undefined &&
    relation.para !== undefined &&
    isAhead(source.para, relation.para, finalizedOf(chain));
  const higher = ahead ? source : paraAhead ? { ...own, para: source.para } : own;
  return withSerial(higher, Math.max(own.policySerial, source.policySerial));
}

/** Tells whether a marked block is above the receiver's chain. If not, the chain must contain the block. */
function isAhead({ number }: BlockPoint, relation: BlockRelation, finalized: BlockPoint): boolean {
  if (relation === "other") throw new HandoverError({ code: "handover/other-fork", number });
  if (relation === "too-old")
    throw new HandoverError({ code: "handover/too-far-ahead", number, finalized: finalized.number });
  return relation === "ahead";
}
