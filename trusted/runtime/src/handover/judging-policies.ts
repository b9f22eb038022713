/**
 * The policies by which a worker judges the other one in a handover. The anchor says whose policies they are.
 */
import {
  consentHash,
  decodePolicy,
  decodePolicyDocument,
  type Policy,
  verifyPolicy,
} from "@pruntime/core/attestation";
import { fromUtf8 } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import { decodeAll } from "@pruntime/core/scale";
import { registryPolicyKey } from "@pruntime/core/storage-key";
import type { StateProof } from "@pruntime/core/trie";
import { mapEach, type Work } from "@pruntime/core/work";
import { type Chain, genesisOf } from "../chain.ts";
import { newestSerial, type Policies, revokingSerial } from "../policies.ts";
import type { JudgingBlock } from "./committed-block.ts";
import { HandoverError } from "./error.ts";
import type { Judged } from "./event.ts";

/**
 * Reads the policies. All of them must accept the other worker.
 * @param given what the host brings for the policy authority
 * @throws {@link HandoverError} `handover/no-policy`, `handover/policy-key-revoked`,
 * `handover/policy-too-new`, `handover/not-final`, `handover/no-consent`, `handover/bad-consent`;
 * PolicyError, CodecError, TrieError, JsonError, BytesError
 */
export function* judgingPolicies(
  crypto: Crypto,
  chain: Chain,
  judging: JudgingBlock,
  given: Pick<Judged, "policy" | "consent">,
): Work<readonly Policy[]> {
  const { policyAuthority: authority, policies } = chain;
  switch (authority.kind) {
    case "registry":
      return [registryPolicy(crypto, judging.state)];
    case "hash": {
      if (given.policy === undefined) throw new HandoverError({ code: "handover/no-policy" });
      const trusted = { kind: "pinned", hash: authority.hash } as const;
      return [verifyPolicy(crypto, trusted, decodePolicyDocument(given.policy))];
    }
    case "key": {
      const untilMs = knownUntilMs(crypto, chain, authority.key, judging, given.consent);
      return yield* mapEach(inForce(policies, untilMs, authority.delaySec), 1, (policy) =>
        decodePolicy(fromUtf8(policy.text)),
      );
    }
  }
}

/**
 * Returns the end of the delay for which code must have been accepted: the time of the judging block. The
 * worker must have executed this block, because it then knows all policies up to it. A worker that cannot
 * read its chain's runtime knows only the policies up to its last executed block, so the delay ends there.
 * Otherwise, code could count that a policy adds in the last blocks that the worker can read, and that a
 * policy in a later block removes again. For the policies in later blocks, the policy key must have consented
 * to this handover.
 * @param key of the policies
 */
function knownUntilMs(
  crypto: Crypto,
  chain: Chain,
  key: Uint8Array,
  { at: { number }, atMs, commitment }: JudgingBlock,
  consent: Uint8Array | undefined,
): number {
  const { dispatched, unreadable } = chain;
  if (number <= dispatched.number) return atMs;
  if (unreadable === undefined)
    throw new HandoverError({ code: "handover/not-final", number, relation: "ahead" });
  if (consent === undefined)
    throw new HandoverError({ code: "handover/no-consent", since: unreadable.since });
  if (!crypto.ed25519.verify(key, consentHash(crypto, genesisOf(chain), commitment), consent))
    throw new HandoverError({ code: "handover/bad-consent" });
  return Number(dispatched.timeMs);
}

function registryPolicy(crypto: Crypto, state: StateProof): Policy {
  const policy = state.read(registryPolicyKey(crypto));
  if (policy === undefined) throw new HandoverError({ code: "handover/no-policy" });
  return decodePolicy(fromUtf8(decodeAll(policy, (r) => r.vecU8())));
}

/**
 * Returns the policies that were in force at any time from the delay before `untilMs` on. If all of them
 * accept code, then no policy has added it within the delay, and the newest has not removed it.
 * @throws {@link HandoverError} `handover/no-policy`, `handover/policy-key-revoked`;
 * `handover/policy-too-new` if it is not known what was in force when the delay began
 */
function inForce(policies: Policies, untilMs: number, delaySec: number): Policies {
  const [oldest] = policies;
  if (oldest === undefined) throw new HandoverError({ code: "handover/no-policy" });
  if (newestSerial(policies) === revokingSerial)
    throw new HandoverError({ code: "handover/policy-key-revoked" });
  const { serial, sinceMs } = oldest;
  const fromMs = BigInt(untilMs - 1_000 * delaySec);
  if (sinceMs > fromMs)
    throw new HandoverError({
      code: "handover/policy-too-new",
      serial,
      untilMs: Number(sinceMs) + 1_000 * delaySec,
    });
  return policies.filter((_, i) => {
    const next = policies[i + 1];
    return next === undefined || next.sinceMs > fromMs;
  });
}
