/** Whether evidence is authentic and acceptable, remembered for as long as that may be relied on. What it is bound to is never remembered: that is checked each time. */
import {
  type Authentic,
  type Evidence,
  evidenceToJson,
  judge,
  type Reason,
} from "@pruntime/core/attestation";
import { concat, toHex, utf8 } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import { canonicalJson } from "@pruntime/core/json";
import { ClientError } from "../error.ts";
import { authenticate } from "./authenticate.ts";
import type { TrustedPolicy } from "./policy.ts";

/** An accepted piece of evidence. */
export interface AcceptedEvidence {
  readonly authentic: Authentic;
  /** Unix milliseconds: from then on nothing may be concluded from it any more. */
  readonly untilMs: number;
}

const remembered = 64;

/** Verdicts by hash of evidence and policy. One may serve many clients. */
export class VerdictCache {
  readonly #verdicts = new Map<string, AcceptedEvidence & { readonly sinceMs: number }>();

  /** Judges, or finds that it has. @throws EvidenceError and those of the evidence's kind; {@link ClientError} `client/policy-refused` */
  accept(crypto: Crypto, trusted: TrustedPolicy, evidence: Evidence, nowMs: number): AcceptedEvidence {
    const key = toHex(crypto.sha256(concat(trusted.hash, utf8(canonicalJson(evidenceToJson(evidence))))));
    const known = this.#verdicts.get(key);
    if (known !== undefined && known.sinceMs <= nowMs && nowMs < known.untilMs) return known;
    this.#verdicts.delete(key);
    const verdict = { ...acceptEvidence(crypto, trusted, evidence, nowMs), sinceMs: nowMs };
    if (this.#verdicts.size >= remembered)
      this.#verdicts.delete(this.#verdicts.keys().next().value as string);
    this.#verdicts.set(key, verdict);
    return verdict;
  }
}

/** @throws EvidenceError and those of the evidence's kind; {@link ClientError} `client/policy-refused` */
export function acceptEvidence(
  crypto: Crypto,
  trusted: TrustedPolicy,
  evidence: Evidence,
  nowMs: number,
): AcceptedEvidence {
  const { policy } = trusted;
  const authentic = authenticate(crypto, evidence, nowMs, policy.simulated !== undefined);
  const { accepted, reasons } = judge(policy, authentic, nowMs);
  if (!accepted) throw new ClientError({ code: "client/policy-refused", reasons: reasons.map(wordsOf) });
  const ends = [
    authentic.validUntilMs,
    nowMs + policy.maxAgeSec * 1000,
    policy.notAfterMs ?? Number.POSITIVE_INFINITY,
  ];
  return { authentic, untilMs: Math.min(...ends) };
}

function wordsOf({ rule, said }: Reason): string {
  return `${rule}: ${said}`;
}
