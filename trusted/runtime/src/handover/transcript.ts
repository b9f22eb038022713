/**
 * The values to which both sides bind their evidence, and under which the keys are sealed. Each side draws 32
 * bytes. The evidence of each side is bound to the hash of the two draws, so a message of one handover is
 * useless in a different handover. The evidence is also bound to its purpose, so the evidence of the source
 * cannot pass for evidence of the receiver, or the reverse.
 */
import type { HandoverNonces, Lineage } from "@pruntime/core/attestation";
import { concat, utf8 } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";

const tag = utf8("pruntime/handover/2");

/** The keys that a worker's evidence vouches for. */
export interface PeerKeys {
  /** Identity key: compressed secp256k1, 33 bytes. */
  readonly publicKey: Uint8Array;
  /**
   * Key agreement key: uncompressed P-256, 65 bytes. The source's is the one that it hands over. The
   * receiver's is the one that it drew for this handover.
   */
  readonly ecdhPublicKey: Uint8Array;
  /** The code that held the key agreement key before. The receiver's key is new, so its list is empty. */
  readonly lineage: Lineage;
}

/** `sha256(tag ‖ challenge ‖ nonce)` */
export function transcriptHash(
  crypto: Pick<Crypto, "sha256">,
  { challenge, nonce }: HandoverNonces,
): Uint8Array {
  return crypto.sha256(concat(tag, challenge, nonce));
}

/**
 * HPKE `info` of the sealed keys: tag ‖ genesis hash(32) ‖ anchor(32) ‖ the receiver's key(65). Their AAD is
 * the handover's commitment.
 */
export function sealingInfo(genesisHash: Uint8Array, anchor: Uint8Array, receiver: PeerKeys): Uint8Array {
  return concat(tag, genesisHash, anchor, receiver.ecdhPublicKey);
}
