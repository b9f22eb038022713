import { encodeJustification, precommitMessage } from "@pruntime/core/grandpa";
import type { Block } from "../types.ts";
import type { Validators } from "./authorities.ts";

/** The commit all validators of the block's set sign for it. Signatures are deterministic, so it can be made again instead of kept. */
export function justify(validators: Validators, block: Block, round: bigint): Uint8Array {
  const { hash: targetHash, setId } = block;
  const targetNumber = block.header.number;
  const message = precommitMessage(targetHash, targetNumber, round, setId);
  const precommits = validators.keys(setId).map(({ publicKey, sign }) => {
    return { targetHash, targetNumber, signature: sign(message), id: publicKey };
  });
  return encodeJustification({ round, targetHash, targetNumber, precommits, votesAncestries: [] });
}
