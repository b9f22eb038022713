import { createHmac, sign } from "node:crypto";
import { concat, fromBase64Url } from "@pruntime/core/bytes";
import { portableCrypto as crypto } from "@pruntime/core/crypto";
import { describe, expect, it } from "vitest";
import { withCases } from "../../../trusted/core/test/attestation/cases.ts";
import { ecKeys, type Keys } from "../../../trusted/core/test/attestation/pki.ts";
import { codeOf } from "../../../trusted/core/test/support/code.ts";
import { verifyEar } from "../../src/index.ts";

const [keys, others] = [ecKeys("P-256"), ecKeys("P-256")];
const pointOf = ({ x, y }: { readonly x?: string; readonly y?: string }) =>
  concat(Uint8Array.of(4), fromBase64Url(x ?? ""), fromBase64Url(y ?? ""));
const jwk = keys.publicKey.export({ format: "jwk" });
const key = pointOf(jwk);
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
const claims = { iat: 1, eat_profile: "p", submods: { A: { "ear.status": "affirming", more: 1 } }, more: {} };

function token(
  header: object = { alg: "ES256", typ: "JWT" },
  body: object = claims,
  by: Keys = keys,
): string {
  const signed = `${part(header)}.${part(body)}`;
  const signature = sign("sha256", Buffer.from(signed), { key: by.privateKey, dsaEncoding: "ieee-p1363" });
  return `${signed}.${signature.toString("base64url")}`;
}
const code = (text: string) => codeOf(() => verifyEar(crypto, key, text));

describe("verifyEar", () => {
  it("reads the claims that the trusted verifier signed", () =>
    expect(verifyEar(crypto, key, token())).toEqual({
      issuedAt: 1,
      profile: "p",
      nonce: undefined,
      statuses: { A: "affirming" },
    }));

  it("refuses another key's signature", () =>
    expect(code(token(undefined, undefined, others))).toBe("ear/bad-signature"));

  it("alg confusion: refuses the algorithm none, and HS256 with the public key as its secret", () => {
    const [none, hs] = [
      `${part({ alg: "none" })}.${part(claims)}`,
      `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}`,
    ];
    expect(code(`${none}.`)).toBe("ear/wrong-algorithm");
    for (const secret of [key, keys.publicKey.export({ type: "spki", format: "pem" })])
      expect(code(`${hs}.${createHmac("sha256", secret).update(hs).digest("base64url")}`)).toBe(
        "ear/wrong-algorithm",
      );
  });

  it("embedded JWT key: refuses a header that contains or names a key", () => {
    for (const more of [{ jwk }, { jku: "https://example.org" }, { x5c: [] }, { kid: "1" }, { crit: [] }])
      expect(code(token({ alg: "ES256", ...more }, claims, others))).toBe("json/unknown-key");
  });

  it.each(["", "a", "a.b", "a.b.c.d", `a.b.${"c".repeat(65_536)}`])(
    "refuses text that is not a token: %#",
    (text) => expect(code(text)).toBe("ear/bad-token"),
  );

  it("refuses base64 with padding, or in another alphabet", () => {
    expect(code(`${token()}==`)).toBe("bytes/bad-base64");
    expect(code(token().replace(/\.[^.]*$/, ".+/"))).toBe("bytes/bad-base64");
  });

  it("refuses malformed claims", () => {
    expect(code(token(undefined, { ...claims, iat: "1" }))).toBe("json/wrong-type");
    expect(code(token(undefined, { ...claims, submods: { A: {} } }))).toBe("json/missing-key");
    expect(code(token(undefined, { ...claims, submods: [] }))).toBe("json/wrong-type");
  });
});

describe("recorded attestation results", () => {
  withCases("ear-veraison-2024 is authentic, and no flipped bit of it is", ({ cases }) => {
    const one = cases.named("ear-veraison-2024");
    const trusted = pointOf(cases.json(one.jwk));
    const text = cases.text(one.token).trim();
    expect(verifyEar(crypto, trusted, text)).toEqual({
      issuedAt: Math.floor(Date.parse(one.at) / 1000) - 60,
      profile: one.expect.eatProfile,
      nonce: one.expect.eatNonce,
      statuses: one.expect.submods,
    });
    for (let i = 0; i < text.length; i += 5) {
      const flipped = text.slice(0, i) + String.fromCharCode(text.charCodeAt(i) ^ 1) + text.slice(i + 1);
      expect(
        codeOf(() => verifyEar(crypto, trusted, flipped)),
        `${i}`,
      ).not.toBe("accepted");
    }
  });
});
