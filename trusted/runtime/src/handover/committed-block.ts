/**
 * Reads the policy and the time by which a handover is judged. They come from the state of a final block that
 * contains the handover's commitment, so they are not older than the handover. The worker need not have
 * executed the block: a worker that cannot read its chain's new runtime can still hand over its keys.
 */
import { decodePolicy, type Policy } from "@pruntime/core/attestation";
import { fromUtf8, indexOf } from "@pruntime/core/bytes";
import { decodeHeader, headerHash } from "@pruntime/core/chain";
import type { Crypto } from "@pruntime/core/crypto";
import type { BlockPoint } from "@pruntime/core/light-client";
import { decodeAll } from "@pruntime/core/scale";
import { registryPolicyKey, timestampNowKey } from "@pruntime/core/storage-key";
import { openStateProofWork, orderedKey } from "@pruntime/core/trie";
import type { Work } from "@pruntime/core/work";
import { type Chain, relationTo } from "../chain.ts";
import { HandoverError } from "./error.ts";
import type { CommittedBlock } from "./event.ts";

/** The policy and the time of a block. */
export interface PolicyAt {
  readonly at: BlockPoint;
  readonly policy: Policy;
  /** Unix milliseconds. */
  readonly atMs: number;
}

/**
 * Checks that the block is final and contains the commitment, and reads the policy and the time in its state.
 * @throws {@link HandoverError} `handover/not-final`, `handover/not-committed`, `handover/no-time`,
 * `handover/no-policy`; CodecError, TrieError, PolicyError, JsonError
 */
export function* readCommittedBlock(
  crypto: Crypto,
  chain: Chain,
  commitment: Uint8Array,
  block: CommittedBlock,
): Work<PolicyAt> {
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
  const [time, policy] = [timestampNowKey(crypto), registryPolicyKey(crypto)].map((key) => state.read(key));
  if (time === undefined) throw new HandoverError({ code: "handover/no-time" });
  if (policy === undefined) throw new HandoverError({ code: "handover/no-policy" });
  return {
    at,
    atMs: Number(decodeAll(time, (r) => r.u64())),
    policy: decodePolicy(fromUtf8(decodeAll(policy, (r) => r.vecU8()))),
  };
}
