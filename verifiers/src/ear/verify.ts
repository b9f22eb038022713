/**
 * Verifies attestation results in EAR form (a profile of EAT, RFC 9711) in a JWT. The algorithm is always
 * ES256, and the caller provides the key, so a token cannot choose the algorithm or the key. A header with a
 * field other than `alg` and `typ` is rejected.
 * @see https://datatracker.ietf.org/doc/draft-ietf-rats-ear/
 */
import { fromBase64Url, fromUtf8, utf8 } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import { ProtocolError } from "@pruntime/core/errors";
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
} from "@pruntime/core/json";

/** The reasons why {@link verifyEar} rejects a token. */
export type EarErrorDetail =
  /** A token does not consist of three parts, or is longer than 65,536 characters. */
  | { readonly code: "ear/bad-token" }
  /** A token names an algorithm other than ES256, for example `none`. */
  | { readonly code: "ear/wrong-algorithm" }
  /** The trusted key did not sign the token, or the token was changed. */
  | { readonly code: "ear/bad-signature" };

/** Thrown for an attestation result that does not verify. */
export class EarError extends ProtocolError<EarErrorDetail> {}

/**
 * The claims of a token whose signature has been verified. The verifier does not check an expiry, so the
 * caller must check the token's age and nonce.
 */
export interface AuthenticEar {
  /** Unix seconds. */
  readonly issuedAt: number;
  readonly profile: string;
  readonly nonce: string | undefined;
  /**
   * The `ear.status` of each submodule, by the submodule's name. EAR defines `affirming`, `warning`,
   * `contraindicated` and `none`, but the verifier accepts any text.
   */
  readonly statuses: Readonly<Record<string, string>>;
}

/**
 * An attestation result (EAR) token.
 * @limit characters, levels
 * @source chosen: genuine tokens are much smaller
 * @past `ear/bad-token`, `json/too-deep`
 */
const limits: JsonLimits = { maxLength: 64 * 1024, maxDepth: 16 };
const header = jsonObject({ alg: jsonString(16), typ: jsonOptional(jsonString(16)) });
const status = jsonObject({ "ear.status": jsonString(32) }, "ignored");
const claims = jsonObject(
  { iat: jsonU32, eat_profile: jsonString(256), eat_nonce: jsonOptional(jsonString(256)), submods: jsonAny },
  "ignored",
);

/**
 * Verifies a token's signature and reads its claims.
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
