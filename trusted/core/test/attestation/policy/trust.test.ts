import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  decodePolicy,
  decodePolicyDocument,
  policyHash,
  verifyPolicy,
} from "../../../src/attestation/index.ts";
import { fromHex, toHex } from "../../../src/bytes/index.ts";
import { portableCrypto as crypto } from "../../../src/crypto/index.ts";
import { parseJson } from "../../../src/json/index.ts";
import { vectors } from "../../crypto/vectors.ts";
import { smallOrderEncodings } from "../../crypto/zip215.ts";
import { codeOf } from "../../support/code.ts";

const text = readFileSync(new URL("../../../../../vectors/policy/example.json", import.meta.url), "utf8");
const known = vectors("policy/hash.json") as {
  readonly hash: string;
  readonly publicKey: string;
  readonly signature: string;
};
const signed = (policy: string, signature = known.signature) =>
  `{"signature":"${signature}","policy":${policy}}`;
const pinned = { kind: "pinned", hash: fromHex(known.hash) } as const;
const byKey = { kind: "signed", publicKey: fromHex(known.publicKey) } as const;
const flipped = (hex: string, at: number) =>
  toHex(fromHex(hex).map((byte, i) => (i === at ? byte ^ 1 : byte)));
const altered = text.replace('"allowDebug": false', '"allowDebug": true');

describe("vectors/policy", () => {
  it("has the hash and the signature that another implementation computed", () => {
    expect(toHex(policyHash(crypto, parseJson(text)))).toBe(known.hash);
    expect(verifyPolicy(crypto, pinned, decodePolicyDocument(text))).toEqual(decodePolicy(text));
    expect(verifyPolicy(crypto, byKey, decodePolicyDocument(signed(text)))).toEqual(decodePolicy(text));
  });
});

describe("policyHash", () => {
  it("does not depend on spaces or the order of keys", () => {
    const keys = Object.entries(JSON.parse(text) as object).reverse();
    expect(toHex(policyHash(crypto, parseJson(JSON.stringify(Object.fromEntries(keys)))))).toBe(known.hash);
  });

  it("differs for every other policy, even one with the same meaning", () => {
    expect(toHex(policyHash(crypto, parseJson(altered)))).not.toBe(known.hash);
    const hashes = ['{"version":1}', '{"version":1,"allowDebug":false}'].map((one) =>
      toHex(policyHash(crypto, parseJson(one))),
    );
    expect(hashes[0]).not.toBe(hashes[1]);
  });

  it("is tagged: it is not the hash of the bare text", () =>
    expect(policyHash(crypto, parseJson('{"version":1}'))).not.toEqual(
      crypto.sha256(Buffer.from('{"version":1}')),
    ));
});

describe("verifyPolicy", () => {
  const codeWith = (trusted: Parameters<typeof verifyPolicy>[1], document: string) =>
    codeOf(() => verifyPolicy(crypto, trusted, decodePolicyDocument(document)));

  it("policy/wrong-hash: a policy other than the pinned one, signed or not", () => {
    expect(codeWith(pinned, altered)).toBe("policy/wrong-hash");
    expect(codeWith(pinned, signed(altered))).toBe("policy/wrong-hash");
    expect(codeWith({ kind: "pinned", hash: new Uint8Array() }, text)).toBe("policy/wrong-hash");
    for (const at of [0, 31])
      expect(codeWith({ kind: "pinned", hash: fromHex(flipped(known.hash, at)) }, text)).toBe(
        "policy/wrong-hash",
      );
  });

  it("accepts the pinned policy from a document with any signature", () =>
    expect(codeWith(pinned, signed(text, "00".repeat(64)))).toBe("accepted"));

  it("policy/bad-signature: any signature by a trusted key of small order, for which anyone can sign", () => {
    const zero = new Uint8Array(32);
    for (const publicKey of smallOrderEncodings)
      expect(codeWith({ kind: "signed", publicKey }, signed(text, toHex(publicKey) + toHex(zero)))).toBe(
        "policy/bad-signature",
      );
  });

  it("policy/not-signed: a policy without a signature if one is required", () =>
    expect(codeWith(byKey, text)).toBe("policy/not-signed"));

  it("policy/bad-signature: a signature over another policy, by another key, or altered", () => {
    expect(codeWith(byKey, signed(altered))).toBe("policy/bad-signature");
    expect(codeWith({ kind: "signed", publicKey: fromHex(flipped(known.publicKey, 5)) }, signed(text))).toBe(
      "policy/bad-signature",
    );
    expect(codeWith({ kind: "signed", publicKey: new Uint8Array(32) }, signed(text))).toBe(
      "policy/bad-signature",
    );
    expect(codeWith({ kind: "signed", publicKey: new Uint8Array() }, signed(text))).toBe(
      "policy/bad-signature",
    );
    for (const at of [0, 31, 32, 63])
      expect(codeWith(byKey, signed(text, flipped(known.signature, at)))).toBe("policy/bad-signature");
  });

  it("refuses a trusted text that is not a policy", () => {
    const empty = decodePolicyDocument("{}");
    expect(codeWith({ kind: "pinned", hash: policyHash(crypto, empty.policy) }, "{}")).toBe(
      "json/missing-key",
    );
  });
});

describe("decodePolicyDocument", () => {
  it.each([
    ["a signature alone", `{"signature":"${known.signature}"}`, "json/missing-key"],
    ["a signature of another length", signed("{}", "00".repeat(63)), "json/out-of-range"],
    ["a field beside the two", `{"policy":{},"signature":"${known.signature}","key":""}`, "json/unknown-key"],
    ["more text than a policy may have", `${" ".repeat(256 * 1024)}{}`, "json/too-long"],
  ])("refuses %s", (_, document, code) => expect(codeOf(() => decodePolicyDocument(document))).toBe(code));
});
