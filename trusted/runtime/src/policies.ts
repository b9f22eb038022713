/**
 * The signed policies that a worker has found on its chain, if its anchor names a policy key. They are part
 * of the worker's state: the same blocks lead to the same policies, whatever a program makes of their texts.
 */
import { decodeSignedPolicy, policyLimits, signedPolicyHash } from "@pruntime/core/attestation";
import type { Crypto } from "@pruntime/core/crypto";
import type { Reader, Writer } from "@pruntime/core/scale";

/** A policy that the anchor's key has signed. */
export interface KnownPolicy {
  readonly serial: number;
  /** The chain time of the block that has the policy, in Unix milliseconds. */
  readonly sinceMs: bigint;
  /** JSON in UTF-8. It may not be a valid policy. */
  readonly text: Uint8Array;
}

/** The newest policies, in ascending order of their serials. */
export type Policies = readonly KnownPolicy[];

/**
 * The policies that a worker remembers.
 * @limit policies
 * @source chosen: about two a day for the usual delay of a week
 * @past the oldest is forgotten, and handovers wait until the oldest one that is left has been there for the
 * whole delay: `handover/policy-too-new`
 */
export const maxPolicies = 16;

/**
 * The highest serial. A policy with it revokes the key: no policy can replace it, and no code is accepted
 * after it, whatever its text says. Otherwise a thief of the key could sign the last policy.
 */
export const revokingSerial = 0xffff_ffff;

/** The chain and the key for which policies must be signed. */
export interface PolicySigner {
  readonly genesisHash: Uint8Array;
  /** An ed25519 key, 32 bytes. */
  readonly key: Uint8Array;
}

/** The serial of the newest policy; 0 if there is none. */
export function newestSerial(policies: Policies): number {
  return policies.at(-1)?.serial ?? 0;
}

/**
 * Returns the policies after a command with a policy. The command has no effect unless the key has signed its
 * policy for this chain, and its serial is the highest so far. A block without a time has no policies,
 * because no delay could begin.
 * @param timeMs the chain time of the command's block; 0 if the block has none
 */
export function policiesAfter(
  crypto: Pick<Crypto, "sha256" | "ed25519">,
  { genesisHash, key }: PolicySigner,
  policies: Policies,
  payload: Uint8Array,
  timeMs: bigint,
): Policies {
  const given = timeMs === 0n ? undefined : decodeSignedPolicy(payload);
  if (given === undefined || given.serial <= newestSerial(policies)) return policies;
  const { serial, signature, text } = given;
  if (!crypto.ed25519.verify(key, signedPolicyHash(crypto, genesisHash, given), signature)) return policies;
  return [...policies, { serial, sinceMs: timeMs, text: text.slice() }].slice(-maxPolicies);
}

/** Writes `serial u32 ‖ since u64 ‖ text`. */
export function writePolicy(w: Writer, { serial, sinceMs, text }: KnownPolicy): void {
  w.u32(serial).u64(sinceMs).raw(text);
}

/** Reads what {@link writePolicy} wrote, to the end of the bytes. @throws CodecError */
export function readPolicy(r: Reader): KnownPolicy {
  return { serial: r.u32(), sinceMs: r.u64(), text: r.take(r.left).slice() };
}

/**
 * Returns whether these can be the policies of a worker: not too many and not too long, with ascending
 * serials, and with times that do not go back.
 */
export function arePolicies(policies: Policies): boolean {
  return (
    policies.length <= maxPolicies &&
    policies.every(({ serial, sinceMs, text }, i) => {
      const before = policies[i - 1] ?? { serial: 0, sinceMs: 0n };
      return serial > before.serial && sinceMs >= before.sinceMs && text.length <= policyLimits.maxLength;
    })
  );
}
