import { ProtocolError } from "@pruntime/core/errors";
import type { BlockRelation } from "@pruntime/core/light-client";

/** Why a handover stops. */
export type HandoverErrorDetail =
  /**
   * The message belongs to no handover in progress: call `handover_begin` again. A handover ends when it
   * takes too many blocks, when its worker restarts, and when the receiver refuses the keys.
   */
  | { readonly code: "handover/not-begun" }
  /** The message belongs to a handover other than the one in progress. */
  | { readonly code: "handover/wrong-nonce" }
  /**
   * The block is not a final block that this worker knows or, if the anchor names a policy key, that it has
   * executed. If the block is ahead, bring the worker to that block and repeat the step.
   */
  | { readonly code: "handover/not-final"; readonly number: number; readonly relation: BlockRelation }
  /** The block has no such extrinsic, or the extrinsic does not contain the handover's commitment. */
  | { readonly code: "handover/not-committed"; readonly number: number; readonly extrinsic: number }
  /** The block's state has no time, so the worker cannot tell whether evidence is in date. */
  | { readonly code: "handover/no-time" }
  /**
   * No policy states which workers may have the keys. If the anchor names the chain's registry, the registry
   * has none. If it names a hash, give the policy's text to the handover (--policy). If it names a key, push
   * a policy that the key has signed (`pruntime policy push`).
   */
  | { readonly code: "handover/no-policy" }
  /**
   * The oldest signed policy that the worker remembers came less than the anchor's delay ago, so no code
   * counts yet. Repeat the handover when the chain's time is `untilMs`, in Unix milliseconds. If the worker
   * cannot read its chain's runtime, its time stands still, and it cannot hand over its keys.
   */
  | { readonly code: "handover/policy-too-new"; readonly serial: number; readonly untilMs: number }
  /**
   * A policy with the highest serial, 4294967295, has revoked the policy key that the anchor names. No code
   * can get the keys any more: other workers need another anchor, and new keys.
   */
  | { readonly code: "handover/policy-key-revoked" }
  /**
   * The anchor names a policy key, and this worker cannot read its chain's runtime from block `since` on, so
   * it does not know the newest policies. The holder of the key must consent to this handover (`pruntime
   * handover --consent`).
   */
  | { readonly code: "handover/no-consent"; readonly since: number }
  /** The policy key that the anchor names has not signed this consent, for this chain and this handover. */
  | { readonly code: "handover/bad-consent" }
  /**
   * A policy does not accept the other worker. `rules` names the rules that it breaks. If the anchor names a
   * policy key, every policy that was in force within the delay must accept the other worker. So code that a
   * policy adds counts after the delay. If this worker cannot read its chain's runtime, the delay must have
   * passed before the last block that it has executed.
   */
  | { readonly code: "handover/not-accepted"; readonly rules: readonly string[] }
  /**
   * The other worker's program has different rules, so the same blocks can lead to a different state. Hand
   * keys over between programs with the same rules number.
   */
  | { readonly code: "handover/other-rules"; readonly other: number; readonly own: number }
  /** The other worker's identity key is this worker's own key. */
  | { readonly code: "handover/own-evidence" }
  /**
   * The receiver's chain has a block other than the source's highest final block at that height, or an
   * earlier authority set there. One of the two workers was led astray, so find out which chain is right.
   */
  | { readonly code: "handover/other-fork"; readonly number: number }
  /**
   * The receiver is so far ahead of the source's highest final block that it no longer remembers whether its
   * chain contains the block: bring the source to the chain's latest blocks, and call `handover_begin` again.
   */
  | { readonly code: "handover/too-far-ahead"; readonly number: number; readonly finalized: number }
  /** The sealed keys cannot be opened, or are not the keys that the source's evidence vouches for. */
  | { readonly code: "handover/bad-keys" };

/** A handover was refused. */
export class HandoverError extends ProtocolError<HandoverErrorDetail> {}
