/** The policy by which a worker judges the other one in a handover. The anchor says whose policy it is. */
import { decodePolicy, decodePolicyDocument, type Policy, verifyPolicy } from "@pruntime/core/attestation";
import { fromUtf8 } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import type { PolicyAuthority } from "@pruntime/core/light-client";
import { decodeAll } from "@pruntime/core/scale";
import { registryPolicyKey } from "@pruntime/core/storage-key";
import type { StateProof } from "@pruntime/core/trie";
import { HandoverError } from "./error.ts";

/**
 * Reads the policy of the authority.
 * @param state of the block with the handover's commitment. The registry's policy is read from it
 * @param text the policy, if the anchor names its hash
 * @throws {@link HandoverError} `handover/no-policy`; PolicyError, CodecError, TrieError, JsonError
 */
export function judgingPolicy(
  crypto: Crypto,
  authority: PolicyAuthority,
  state: StateProof,
  text: string | undefined,
): Policy {
  if (authority.kind === "hash") {
    if (text === undefined) throw new HandoverError({ code: "handover/no-policy" });
    return verifyPolicy(crypto, { kind: "pinned", hash: authority.hash }, decodePolicyDocument(text));
  }
  const policy = state.read(registryPolicyKey(crypto));
  if (policy === undefined) throw new HandoverError({ code: "handover/no-policy" });
  return decodePolicy(fromUtf8(decodeAll(policy, (r) => r.vecU8())));
}
