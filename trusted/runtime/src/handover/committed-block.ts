/**
 * Reads the block by which a handover is judged. The block is final and contains the handover's commitment,
 * so its state is not older than the handover. The worker need not have executed the block, unless the
 * anchor names a policy key. So a worker that cannot read its chain's new runtime can still hand over its
 * keys. With a policy key, it needs that key's consent (judging-policies.ts).
 */
import { indexOf } from "@pruntime/core/bytes";
import { decodeHeader, headerHash } from "@pruntime/core/chain";
import type { Crypto } from "@pruntime/core/crypto";
import type { BlockPoint } from "@pruntime/core/light-client";
import { decodeAll } from "@pruntime/core/scale";
import { timestampNowKey } from "@pruntime/core/storage-key";
import { openStateProofWork, orderedKey, type StateProof } from "@pruntime/core/trie";
import type { Work } from "@pruntime/core/work";
import { type Chain, relationTo } from "../chain.ts";
import { HandoverError } from "./error.ts";
import type { CommittedBlock } from "./event.ts";

/** A block that contains the handover's commitment. */
export interface JudgingBlock {
  readonly at: BlockPoint;
  /** 32 bytes. */
  readonly commitment: Uint8Array;
  /** The time in the block's state, in Unix milliseconds. */
  readonly atMs: number;
  readonly state: StateProof;
}

/**
 * Checks that the block is final and contains the commitment, and reads the time in its state.
 * @throws {@link HandoverError} `handover/not-final`, `handover/not-committed`, `handover/no-time`;
 * CodecError, TrieError
 */
export function* readCommittedBlock(
  crypto: Crypto,
  chain: Chain,
  commitment: Uint8Array,
  block: CommittedBlock,
): Work<JudgingBlock> {
  const { number, stateRoot, extrinsicsRoot } = decodeHeader(block.header);
  const at = { number, hash: headerHash(crypto, block.header) };
  const relation = relationTo(chain, at);
  if (relation !== "known") throw new HandoverError({ code: "handover/not-final", number, relation });
  const body = yield* openStateProofWork(crypto.blake2b256, extrinsicsRoot, block.extrinsicProof);
  const extrinsic = body.read(orderedKey(block.extrinsic));
  if (extrinsic === undefined || indexOf(extrinsic, commitment) === undefined)
    throw new HandoverError({ code: "handover/not-committed", number, extrinsic: block.extrinsic });
  yield;
  const state = yield* openStateProofWork(crypto.blake2b256, stateRoot, block.stateProof);
  const time = state.read(timestampNowKey(crypto));
  if (time === undefined) throw new HandoverError({ code: "handover/no-time" });
  return { at, commitment, atMs: Number(decodeAll(time, (r) => r.u64())), state };
}
