/** Judges the other worker by policies that no host can choose. */
import {
  type AttestationRoots,
  appraise,
  appraiseLineage,
  evidenceHash,
  type HandoverNonces,
  type HandoverSide,
  type Holder,
  handoverCommitment,
  holderOf,
  verifyBinding,
  verifyEvidence,
} from "@pruntime/core/attestation";
import { equal } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import { rulesNumber } from "@pruntime/core/version";
import type { Work } from "@pruntime/core/work";
import { type Chain, genesisOf } from "../chain.ts";
import { readCommittedBlock } from "./committed-block.ts";
import { HandoverError } from "./error.ts";
import type { Judged } from "./event.ts";
import { judgingPolicies } from "./judging-policies.ts";
import { type PeerKeys, transcriptHash } from "./transcript.ts";

/** The worker that judges, and the handover in which it does so. */
export interface Judge {
  readonly crypto: Crypto;
  readonly roots: AttestationRoots;
  readonly chain: Chain;
  readonly nonces: HandoverNonces;
  /** The keys that this worker presented. */
  readonly own: PeerKeys;
}

/** The other worker, accepted. */
export interface Accepted {
  /** The handover's commitment, 32 bytes. */
  readonly commitment: Uint8Array;
  /** The code that the other worker runs. */
  readonly holder: Holder;
}

/**
 * Checks that the policies accept the other worker and the lineage of its keys, and that the other worker's
 * evidence is bound to its keys, to their lineage, to this chain and to this handover. The time is that of a
 * final block that contains the handover's commitment, and so is the policy if it is the registry's. The
 * check runs in units.
 * @param role the other worker's
 * @throws {@link HandoverError}; AttestationError, BindingError; as {@link readCommittedBlock} and
 * {@link judgingPolicies}
 */
export function* verifyPeer(
  { crypto, roots, chain, nonces, own }: Judge,
  role: "source" | "receiver",
  { other, ownEvidence, block, ...given }: Judged,
): Work<Accepted> {
  const { publicKey, ecdhPublicKey, lineage, evidence, rules } = other;
  if (equal(publicKey, own.publicKey)) throw new HandoverError({ code: "handover/own-evidence" });
  // Different rules give a different anchor, so the binding below would fail too, but hide the cause.
  if (rules !== rulesNumber)
    throw new HandoverError({ code: "handover/other-rules", other: rules, own: rulesNumber });
  const ours = { ...own, evidenceHash: ownEvidence };
  const theirs = { publicKey, ecdhPublicKey, evidenceHash: evidenceHash(crypto, evidence) };
  const sides: [HandoverSide, HandoverSide] = role === "source" ? [theirs, ours] : [ours, theirs];
  const commitment = handoverCommitment(crypto, nonces, ...sides);
  const judging = yield* readCommittedBlock(crypto, chain, commitment, block);
  const { at, atMs } = judging;
  yield;
  const policies = yield* judgingPolicies(crypto, chain, judging, given);
  yield;
  const authentic = verifyEvidence(crypto, roots, evidence, atMs);
  yield;
  const nonce = transcriptHash(crypto, nonces);
  const keys = { publicKey, ecdhPublicKey, lineage };
  const bound = { ...keys, genesisHash: genesisOf(chain), anchor: chain.anchor, nonce };
  verifyBinding(crypto, { purpose: `handover-${role}`, ...bound }, authentic);
  for (const policy of policies) {
    const ofCode = appraise(policy, authentic, atMs).reasons;
    const reasons = [...ofCode, ...appraiseLineage(policy, lineage, atMs)];
    if (reasons.length > 0)
      throw new HandoverError({ code: "handover/not-accepted", rules: reasons.map(({ rule }) => rule) });
    yield;
  }
  return { commitment, holder: holderOf(authentic, at) };
}
