/**
 * The commitment of a handover, which is put on the chain. It is a hash of fresh nonces, so no block before
 * the handover contains it. Each worker judges the other by a block that contains it. So neither worker can
 * be made to judge by an older state, in which the policy still accepts code that was revoked since.
 */
import { concat, utf8 } from "../bytes/index.ts";
import type { Crypto } from "../crypto/index.ts";
import { canonicalJson } from "../json/index.ts";
import { endorsedEvidenceToJson } from "./evidence/index.ts";
import type { EndorsedEvidence } from "./kinds.ts";

/** The random bytes that the two sides of a handover draw, 32 bytes each. */
export interface HandoverNonces {
  /** Drawn by the receiver. */
  readonly challenge: Uint8Array;
  /** Drawn by the source. */
  readonly nonce: Uint8Array;
}

/** What one side of a handover presents. */
export interface HandoverSide {
  /** Identity key, 33 bytes. */
  readonly publicKey: Uint8Array;
  /** The key that the evidence vouches for, 65 bytes. The receiver's is the key of this handover. */
  readonly ecdhPublicKey: Uint8Array;
  /** As {@link evidenceHash} returns it. */
  readonly evidenceHash: Uint8Array;
}

const tag = utf8("pruntime/handover/commitment/1");
const consentTag = utf8("pruntime/handover/consent/1");

/**
 * `sha256(tag ‖ challenge(32) ‖ nonce(32) ‖ source ‖ receiver)`, where each side is
 * `identity key(33) ‖ key agreement key(65) ‖ evidence hash(32)`. The caller has checked the lengths.
 */
export function handoverCommitment(
  crypto: Pick<Crypto, "sha256">,
  { challenge, nonce }: HandoverNonces,
  source: HandoverSide,
  receiver: HandoverSide,
): Uint8Array {
  const side = ({ publicKey, ecdhPublicKey, evidenceHash }: HandoverSide) =>
    concat(publicKey, ecdhPublicKey, evidenceHash);
  return crypto.sha256(concat(tag, challenge, nonce, side(source), side(receiver)));
}

/**
 * SHA-256 of the canonical JSON of evidence with its endorsements.
 * @throws as {@link endorsedEvidenceToJson}
 */
export function evidenceHash(crypto: Pick<Crypto, "sha256">, evidence: EndorsedEvidence): Uint8Array {
  return crypto.sha256(utf8(canonicalJson(endorsedEvidenceToJson(evidence))));
}

/**
 * What a policy key signs to consent to one handover: `sha256(tag ‖ genesis hash(32) ‖ commitment(32))`. The
 * commitment covers the nonces, keys and evidence of both workers, and the evidence is bound to their anchor,
 * so the signature counts for nothing else.
 * @param genesisHash of the chain that the workers take commands from
 */
export function consentHash(
  crypto: Pick<Crypto, "sha256">,
  genesisHash: Uint8Array,
  commitment: Uint8Array,
): Uint8Array {
  return crypto.sha256(concat(consentTag, genesisHash, commitment));
}
