/** Appraises the other worker by the policy in the chain's state, which no host can choose. */
import {
  type AttestationRoots,
  appraise,
  type BindingPurpose,
  decodePolicy,
  type Policy,
  verifyBinding,
  verifyEvidence,
} from "@pruntime/core/attestation";
import { fromUtf8 } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import { decodeAll } from "@pruntime/core/scale";
import { registryPolicyKey } from "@pruntime/core/storage-key";
import { openStateProof } from "@pruntime/core/trie";
import { rulesNumber } from "@pruntime/core/version";
import { type Chain, genesisOf } from "../chain.ts";
import { HandoverError } from "./error.ts";
import type { Shown } from "./event.ts";
import { type Nonces, transcriptHash } from "./transcript.ts";

/**
 * Checks that the chain's policy accepts the other worker, and that the other worker's evidence is bound to
 * that worker's keys, to this chain and to this handover.
 * @throws {@link HandoverError}; AttestationError, BindingError, PolicyError, TrieError, JsonError
 */
export function verifyPeer(
  crypto: Crypto,
  roots: AttestationRoots,
  chain: Chain,
  purpose: BindingPurpose,
  nonces: Nonces,
  shown: Shown,
): void {
  // Different rules give a different anchor, so the binding below would fail too, but hide the cause.
  if (shown.rules !== rulesNumber)
    throw new HandoverError({ code: "handover/other-rules", other: shown.rules, own: rulesNumber });
  const { stateRoot, timeMs } = chain.dispatched;
  if (timeMs === 0n) throw new HandoverError({ code: "handover/not-synced" });
  const atMs = Number(timeMs);
  const policy = provenPolicy(crypto, stateRoot, shown.policyProof);
  const authentic = verifyEvidence(crypto, roots, shown.evidence, atMs);
  const { publicKey, ecdhPublicKey } = shown;
  const nonce = transcriptHash(crypto, nonces);
  verifyBinding(
    crypto,
    { purpose, publicKey, ecdhPublicKey, genesisHash: genesisOf(chain), anchor: chain.anchor, nonce },
    authentic,
  );
  const { accepted, reasons } = appraise(policy, authentic, atMs);
  if (!accepted)
    throw new HandoverError({ code: "handover/not-accepted", rules: reasons.map(({ rule }) => rule) });
}

function provenPolicy(crypto: Crypto, stateRoot: Uint8Array, proof: readonly Uint8Array[]): Policy {
  const value = openStateProof(crypto.blake2b256, stateRoot, proof).read(registryPolicyKey(crypto));
  if (value === undefined) throw new HandoverError({ code: "handover/no-policy" });
  return decodePolicy(fromUtf8(decodeAll(value, (r) => r.vecU8())));
}
