/**
 * Caches attestation results for as long as a client may rely on them. The cache does not cover the binding
 * of evidence, which a client checks each time.
 */
import {
  type Authentic,
  appraise,
  type EndorsedEvidence,
  endorsedEvidenceToJson,
  type Reason,
} from "@pruntime/core/attestation";
import { concat, toHex, utf8 } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import { canonicalJson } from "@pruntime/core/json";
import { ClientError } from "../error.ts";
import type { TrustedPolicy } from "./policy.ts";
import { verifyByKind } from "./verifiers.ts";

/** Authentic evidence that the policy accepts. */
export interface AcceptedEvidence {
  readonly authentic: Authentic;
  /** Unix milliseconds. The result is invalid from this moment on. */
  readonly untilMs: number;
}

const remembered = 64;

/** Attestation results, keyed by the hash of evidence and policy. Several clients may share one cache. */
export class AttestationResultCache {
  readonly #results = new Map<string, AcceptedEvidence & { readonly sinceMs: number }>();

  /**
   * Appraises evidence, or returns the cached result.
   * @throws EvidenceError and the errors of the evidence's kind; {@link ClientError} `client/policy-refused`,
   * `client/no-verifier`
   */
  async accept(
    crypto: Crypto,
    trusted: TrustedPolicy,
    evidence: EndorsedEvidence,
    nowMs: number,
  ): Promise<AcceptedEvidence> {
    const key = toHex(
      crypto.sha256(concat(trusted.hash, utf8(canonicalJson(endorsedEvidenceToJson(evidence))))),
    );
    const known = this.#results.get(key);
    if (known !== undefined && known.sinceMs <= nowMs && nowMs < known.untilMs) return known;
    this.#results.delete(key);
    const result = { ...(await acceptEvidence(crypto, trusted, evidence, nowMs)), sinceMs: nowMs };
    if (this.#results.size >= remembered) this.#results.delete(this.#results.keys().next().value as string);
    this.#results.set(key, result);
    return result;
  }
}

/** Verifies endorsed evidence and appraises it against a policy. */
async function acceptEvidence(
  crypto: Crypto,
  trusted: TrustedPolicy,
  evidence: EndorsedEvidence,
  nowMs: number,
): Promise<AcceptedEvidence> {
  const { policy } = trusted;
  const authentic = await verifyByKind(crypto, evidence, nowMs, policy.simulated !== undefined);
  requireAccepted(appraise(policy, authentic, nowMs).reasons);
  const ends = [
    authentic.validUntilMs,
    nowMs + policy.maxAgeSec * 1000,
    policy.notAfterMs ?? Number.POSITIVE_INFINITY,
  ];
  return { authentic, untilMs: Math.min(...ends) };
}

/**
 * Throws if a policy has given reasons for a refusal.
 * @throws {@link ClientError} `client/policy-refused`
 */
export function requireAccepted(reasons: readonly Reason[]): void {
  if (reasons.length > 0)
    throw new ClientError({ code: "client/policy-refused", reasons: reasons.map(wordsOf) });
}

function wordsOf({ rule, said }: Reason): string {
  return `${rule}: ${said}`;
}
