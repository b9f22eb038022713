/**
 * The policies by which a worker judges the other one in a handover. The anchor says whose policies they are.
 */
import { decodePolicy, decodePolicyDocument, type Policy, verifyPolicy } from "@pruntime/core/attestation";
import { fromUtf8 } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import { decodeAll } from "@pruntime/core/scale";
import { registryPolicyKey } from "@pruntime/core/storage-key";
import type { StateProof } from "@pruntime/core/trie";
import { mapEach, type Work } from "@pruntime/core/work";
import type { Chain } from "../chain.ts";
import { newestSerial, type Policies, revokingSerial } from "../policies.ts";
import type { JudgingBlock } from "./committed-block.ts";
import { HandoverError } from "./error.ts";

/**
 * Reads the policies. All of them must accept the other worker.
 * @param text the policy, if the anchor names its hash
 * @throws {@link HandoverError} `handover/no-policy`, `handover/policy-key-revoked`,
 * `handover/policy-too-new`, `handover/not-final`; PolicyError, CodecError, TrieError, JsonError, BytesError
 */
export function* judgingPolicies(
  crypto: Crypto,
  { policyAuthority: authority, policies, dispatched }: Chain,
  { at, atMs, state }: JudgingBlock,
  text: string | undefined,
): Work<readonly Policy[]> {
  switch (authority.kind) {
    case "registry":
      return [registryPolicy(crypto, state)];
    case "hash": {
      if (text === undefined) throw new HandoverError({ code: "handover/no-policy" });
      const trusted = { kind: "pinned", hash: authority.hash } as const;
      return [verifyPolicy(crypto, trusted, decodePolicyDocument(text))];
    }
    case "key": {
      const { number } = at;
      if (number > dispatched.number)
        throw new HandoverError({ code: "handover/not-final", number, relation: "ahead" });
      return yield* mapEach(inForce(policies, atMs, authority.delaySec), 1, (policy) =>
        decodePolicy(fromUtf8(policy.text)),
      );
    }
  }
}

function registryPolicy(crypto: Crypto, state: StateProof): Policy {
  const policy = state.read(registryPolicyKey(crypto));
  if (policy === undefined) throw new HandoverError({ code: "handover/no-policy" });
  return decodePolicy(fromUtf8(decodeAll(policy, (r) => r.vecU8())));
}

/**
 * Returns the policies that were in force at any time from the delay before `atMs` on. If all of them accept
 * code, then no policy has added it within the delay, and the newest has not removed it.
 * @throws {@link HandoverError} `handover/no-policy`, `handover/policy-key-revoked`;
 * `handover/policy-too-new` if it is not known what was in force when the delay began
 */
function inForce(policies: Policies, atMs: number, delaySec: number): Policies {
  const [oldest] = policies;
  if (oldest === undefined) throw new HandoverError({ code: "handover/no-policy" });
  if (newestSerial(policies) === revokingSerial)
    throw new HandoverError({ code: "handover/policy-key-revoked" });
  const { serial, sinceMs } = oldest;
  const fromMs = BigInt(atMs - 1_000 * delaySec);
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
