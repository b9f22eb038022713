import { describe, expect, it } from "vitest";
import {
  decodeSignedPolicy,
  encodeSignedPolicy,
  policyLimits,
  signedPolicyHash,
} from "../../../src/attestation/index.ts";
import { concat, toHex, utf8 } from "../../../src/bytes/index.ts";
import { portableCrypto as crypto } from "../../../src/crypto/index.ts";

const signature = new Uint8Array(64).fill(7);
const text = utf8('{"version":1}');
const policy = { serial: 0x01020304, signature, text };

describe("the payload of a signed policy", () => {
  it("is the serial, the signature and the text", () => {
    const payload = encodeSignedPolicy(policy);
    expect(toHex(payload)).toBe(`04030201${"07".repeat(64)}${toHex(text)}`);
    expect(decodeSignedPolicy(payload)).toEqual(policy);
    expect(decodeSignedPolicy(concat(new Uint8Array(3), payload).subarray(3))).toEqual(policy);
  });

  it("has a whole signature, and no more text than a policy may have", () => {
    const longest = encodeSignedPolicy({ ...policy, text: new Uint8Array(policyLimits.maxLength) });
    expect(decodeSignedPolicy(longest)?.text).toHaveLength(policyLimits.maxLength);
    expect(decodeSignedPolicy(concat(longest, Uint8Array.of(0)))).toBeUndefined();
    expect(decodeSignedPolicy(longest.subarray(0, 68))?.text).toHaveLength(0);
    for (let end = 0; end < 68; end++) expect(decodeSignedPolicy(longest.subarray(0, end))).toBeUndefined();
  });
});

it("the signature covers the chain, the serial and the text, under a tag of its own", () => {
  const genesisHash = new Uint8Array(32).fill(5);
  const message = concat(utf8("pruntime/policy/signed/1"), genesisHash, Uint8Array.of(4, 3, 2, 1), text);
  expect(signedPolicyHash(crypto, genesisHash, policy)).toEqual(crypto.sha256(message));
});
