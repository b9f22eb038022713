/** The messages of a handover, and the answer to each. */
import type { EndorsedEvidence } from "@pruntime/core/attestation";
import type { Nonces, PeerKeys } from "./transcript.ts";

/** What the other worker presents, and a proof of the policy by which this worker appraises the evidence. */
export interface Shown extends PeerKeys {
  readonly evidence: EndorsedEvidence;
  /** The rules number of the other worker's program. */
  readonly rules: number;
  /** A read proof of the registry's policy in the state of this worker's last dispatched block. */
  readonly policyProof: readonly Uint8Array[];
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
  /** To the receiver, with what the source presents. */
  | { readonly kind: "handover-accept"; readonly nonce: Uint8Array; readonly source: Shown }
  /** To the source, with what the receiver presents. */
  | { readonly kind: "handover-release"; readonly nonces: Nonces; readonly receiver: Shown }
  /** To the receiver, with the sealed keys. */
  | { readonly kind: "handover-complete"; readonly sealed: Uint8Array };

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
