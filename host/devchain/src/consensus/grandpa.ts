import { encodeJustification, precommitMessage } from "@pruntime/core/grandpa";
import type { Block } from "../block.ts";
import type { Validators } from "./authorities.ts";

/**
 * Makes a justification: the commit that all validators of the block's set sign. The validators' votes rotate
 * through the block and the blocks in `ahead`. The commit's ancestries are the headers of the later blocks
 * that can get a vote. Signatures are deterministic, so a commit can be made again and need not be stored.
 * @param ahead consecutive blocks after `block`, all in the same set
 */
export function justify(
  validators: Validators,
  block: Block,
  round: bigint,
  ahead: readonly Block[],
): Uint8Array {
  const { setId } = block;
  const targets = [block, ...ahead];
  const keys = validators.keys(setId);
  const precommits = keys.map(({ publicKey, sign }, voter) => {
    const { hash, header } = targets[voter % targets.length] ?? block;
    const signature = sign(precommitMessage(hash, header.number, round, setId));
    return { targetHash: hash, targetNumber: header.number, signature, id: publicKey };
  });
  const votesAncestries = ahead.slice(0, keys.length - 1).map(({ header }) => header);
  return encodeJustification({
    round,
    targetHash: block.hash,
    targetNumber: block.header.number,
    precommits,
    votesAncestries,
  });
}
