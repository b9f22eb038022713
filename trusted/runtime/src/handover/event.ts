/** The messages of a handover, and the answer to each. */
import type { EndorsedEvidence, HandoverNonces } from "@pruntime/core/attestation";
import type { PeerKeys } from "./transcript.ts";

/** What the other worker presents. */
export interface Shown extends PeerKeys {
  readonly evidence: EndorsedEvidence;
  /** The rules number of the other worker's program. */
  readonly rules: number;
}

/** A block that a host presents, with proofs. */
export interface CommittedBlock {
  /** The header in SCALE. */
  readonly header: Uint8Array;
  /** The index of the extrinsic that contains the commitment. */
  readonly extrinsic: number;
  /** The nodes that prove this extrinsic under the header's extrinsics root. */
  readonly extrinsicProof: readonly Uint8Array[];
  /**
   * The nodes that prove `Timestamp.Now` in the block's state and, if the registry's policy decides,
   * `Registry.Policy`.
   */
  readonly stateProof: readonly Uint8Array[];
}

/** What a worker needs to judge the other one. */
export interface Judged {
  readonly other: Shown;
  /** The hash of the evidence that this worker presented, with its endorsements, 32 bytes. */
  readonly ownEvidence: Uint8Array;
  /** A final block that contains the handover's commitment. */
  readonly block: CommittedBlock;
  /** The text of the policy whose hash the anchor names. It has no effect with another policy authority. */
  readonly policy?: string | undefined;
  /**
   * The signature of the anchor's policy key over the `consentHash` of this handover. It has no effect on a
   * worker that can read its chain's runtime, or with another policy authority.
   */
  readonly consent?: Uint8Array | undefined;
}

/** A step of a handover. */
export type HandoverEvent =
  /**
   * To the receiver, which draws a challenge and a key for this handover, and forgets any earlier handover in
   * which it is the receiver.
   */
  | { readonly kind: "handover-begin" }
  /**
   * To the source, with the receiver's challenge. The source draws a nonce and forgets any earlier handover
   * in which it is the source.
   */
  | { readonly kind: "handover-offer"; readonly challenge: Uint8Array }
  /** To the receiver, with the source's nonce. */
  | { readonly kind: "handover-accept"; readonly nonce: Uint8Array }
  /** To the source, with what the receiver presents. */
  | ({ readonly kind: "handover-release"; readonly nonces: HandoverNonces } & Judged)
  /** To the receiver, with what the source presents and the sealed keys. */
  | ({ readonly kind: "handover-complete"; readonly sealed: Uint8Array } & Judged);

/** The answer to each step. */
export interface HandoverAnswers {
  readonly "handover-begin": { readonly challenge: Uint8Array };
  /** `reportData` is the report data that the worker's evidence must contain, 64 bytes. */
  readonly "handover-offer": { readonly nonce: Uint8Array; readonly reportData: Uint8Array };
  /** `ecdhPublicKey` is the key that the receiver drew for this handover, 65 bytes. */
  readonly "handover-accept": { readonly ecdhPublicKey: Uint8Array; readonly reportData: Uint8Array };
  readonly "handover-release": { readonly sealed: Uint8Array };
  /** The key agreement key that the worker uses from its next start on, 65 bytes. */
  readonly "handover-complete": { readonly ecdhPublicKey: Uint8Array };
}
