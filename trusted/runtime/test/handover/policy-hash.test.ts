/** Handovers that are judged by the policy whose hash the anchor names. */
import { policyHash } from "@pruntime/core/attestation";
import { portableCrypto as crypto } from "@pruntime/core/crypto";
import { parseJson } from "@pruntime/core/json";
import { expect, it } from "vitest";
import { allowed, chainOf, exchange, grow, lastSteps, policyOf, worker } from "../support/handover.ts";
import { refusal, take } from "../support/worker.ts";

const other = new Uint8Array(32).fill(0x66);
const policy = policyOf(allowed);
const policyAuthority = { kind: "hash", hash: policyHash(crypto, parseJson(policy)) } as const;

/**
 * The last steps between two workers whose anchor names the hash of `policy`.
 * @param inRegistry the policy in the registry of the block; by default, the chain has none
 */
function steps(code = allowed, inRegistry?: string) {
  const chain = chainOf();
  const [source, receiver] = [1, 2].map((fill) => worker(fill, chain, [], { policyAuthority })) as [
    ReturnType<typeof worker>,
    ReturnType<typeof worker>,
  ];
  const exchanged = exchange(source, receiver, [allowed, code]);
  grow(chain, { extrinsics: [exchanged.commitment], policy: inRegistry as string });
  for (const runtime of [source, receiver]) take(runtime, chain.headers(3, 3));
  return { source, receiver, ...lastSteps(exchanged, [chain.committed(3)]) };
}

it("gives keys to code that the policy allows, in any layout, on a chain without a registry", () => {
  const { source, receiver, release, complete } = steps();
  const { sealed } = take(source, { ...release, policy });
  const laidOut = JSON.stringify(JSON.parse(policy), null, 2);
  take(receiver, { ...complete(sealed), policy: laidOut });
});

it("handover/not-accepted: refuses other code, even if the registry allows it", () => {
  const { source, release } = steps(other, policyOf(other));
  expect(refusal(source, { ...release, policy })).toBe("handover/not-accepted");
});

it("policy/wrong-hash: refuses any other text, at both workers", () => {
  const { source, receiver, release, complete } = steps(other, policyOf(other));
  const text = { policy: policyOf(other) };
  expect(refusal(source, { ...release, ...text })).toBe("policy/wrong-hash");
  expect(refusal(receiver, { ...complete(new Uint8Array(0)), ...text })).toBe("policy/wrong-hash");
});

it("handover/no-policy: the text must be given, even if the registry has it", () => {
  const { source, release } = steps(allowed, policy);
  expect(refusal(source, release)).toBe("handover/no-policy");
});

it("json/too-long: the text is no longer than a policy may be", () => {
  const { source, release } = steps();
  expect(refusal(source, { ...release, policy: policy.padEnd(262_145) })).toBe("json/too-long");
});
