/**
 * Attestation results as EAR (a profile of EAT, RFC 9711) in a JWT. One algorithm, ES256, under a key that the reader has beforehand: what the token says of keys and
 * algorithms decides nothing, and a header that says more is refused.
 * @see https://datatracker.ietf.org/doc/draft-ietf-rats-ear/
 */
import { fromBase64Url, fromUtf8, utf8 } from "../../bytes/index.ts";
import type { Crypto } from "../../crypto/index.ts";
import { ProtocolError } from "../../errors/index.ts";
import {
  decodeJson,
  type Json,
  type JsonLimits,
  type JsonReader,
  jsonAny,
  jsonObject,
  jsonOptional,
  jsonString,
  jsonU32,
} from "../../json/index.ts";

export type EarErrorDetail =
  /** A token does not consist of three parts, or is longer than any genuine one. */
  | { readonly code: "ear/bad-token" }
  /** A token names another algorithm than ES256: none at all, or one for which the public key would be the secret. */
  | { readonly code: "ear/wrong-algorithm" }
  /** A token is not signed by the key that is trusted: something in it was changed. */
  | { readonly code: "ear/bad-signature" };

/** An attestation result that is not to be believed. */
export class EarError extends ProtocolError<EarErrorDetail> {}

/** What is true of a token whose signature has been checked. It names no end: how old it may be, and whether the nonce is right, is the reader's to say. */
export interface AuthenticEar {
  /** Unix seconds. */
  readonly issuedAt: number;
  readonly profile: string;
  readonly nonce: string | undefined;
  /** `affirming`, `warning`, `contraindicated`, `none` by part. */
  readonly statuses: Readonly<Record<string, string>>;
}

const limits: JsonLimits = { maxLength: 64 * 1024, maxDepth: 16 };
const header = jsonObject({ alg: jsonString(16), typ: jsonOptional(jsonString(16)) });
const status = jsonObject({ "ear.status": jsonString(32) }, "ignored");
const claims = jsonObject(
  { iat: jsonU32, eat_profile: jsonString(256), eat_nonce: jsonOptional(jsonString(256)), submods: jsonAny },
  "ignored",
);

/**
 * @param key the trusted verifier's P-256 key, uncompressed
 * @throws {@link EarError}, BytesError, JsonError
 */
export function verifyEar(crypto: Pick<Crypto, "p256">, key: Uint8Array, token: string): AuthenticEar {
  const parts = token.split(".", 4);
  const [head = "", body = "", signature = ""] = parts;
  if (parts.length !== 3 || token.length > limits.maxLength) throw new EarError({ code: "ear/bad-token" });
  if (decodeJson(textOf(head), header, limits).alg !== "ES256")
    throw new EarError({ code: "ear/wrong-algorithm" });
  if (!crypto.p256.verify(key, utf8(`${head}.${body}`), fromBase64Url(signature)))
    throw new EarError({ code: "ear/bad-signature" });
  const { iat, eat_profile: profile, eat_nonce: nonce, submods } = decodeJson(textOf(body), claims, limits);
  return { issuedAt: iat, profile, nonce, statuses: statusesOf(submods, "/submods") };
}

const statusesOf: JsonReader<Readonly<Record<string, string>>> = (value: Json, at) => {
  jsonObject({}, "ignored")(value, at);
  const parts = Object.entries(value as Readonly<Record<string, Json>>);
  return Object.fromEntries(parts.map(([name, part]) => [name, status(part, `${at}/${name}`)["ear.status"]]));
};

function textOf(part: string): string {
  return fromUtf8(fromBase64Url(part));
}
