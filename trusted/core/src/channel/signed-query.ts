/**
 * The signed form of a query, as in 2020:
 * `{"query_payload":"<text>","origin":null|{"origin","sig_b64","sig_type"}}`.
 * A client of a plain or v1 query sends this form, with the envelope as the text. A v2 query uses the form
 * twice. The inner form has the text that query-v2.ts defines, and the origin. The client seals the inner
 * form into an envelope. The outer form, which the client sends, has this envelope as its text, and no
 * origin.
 * The signature is over the UTF-8 bytes of `query_payload`. The inner `origin` is hex without `0x`. The
 * signature type determines which account `origin` names, and which bytes are signed:
 *
 * | `sig_type` | `origin` | account | signed bytes |
 * |---|---|---|---|
 * | sr25519, ed25519 | public key (32) | the key itself | payload, or payload in `<Bytes>…</Bytes>` |
 * | ecdsa | compressed key (33), account (32) | blake2b-256 of the key | blake2b-256 of what sr25519 signs |
 * | eip191, eip712 | address (20) or account (32) | address ‖ `@evm_address` | see wallet.ts |
 *
 * DIFF FROM 2020: the 2020 runtime verified `ecdsa` signatures, but then refused the query with "Bad origin".
 * Here the signer is the account that Substrate derives from the key.
 */
import { BytesError, concat, equal, fromBase64, fromHex, toBase64, toHex, utf8 } from "../bytes/index.ts";
import type { Crypto } from "../crypto/index.ts";
import {
  canonicalJson,
  type JsonReader,
  jsonAnnotated,
  jsonMap,
  jsonNullable,
  jsonObject,
  jsonOptional,
  jsonString,
  type Read,
} from "../json/index.ts";
import { QueryError, type QueryErrorDetail } from "./error.ts";
import { eip191Hash, eip712QueryHash, evmAccount, evmAddress } from "./wallet.ts";

/** The supported signature types of queries. */
const signatureTypes = ["sr25519", "ed25519", "ecdsa", "eip191", "eip712"] as const;

/** A supported signature type. */
export type SignatureType = (typeof signatureTypes)[number];

/** A query's claim about its sender, as text that is neither decoded nor verified. */
export interface OriginClaim {
  readonly origin: string;
  readonly sigB64: string;
  readonly sigType: string;
}

/** A query's envelope or v2 text, and the claim about its signer. */
export interface SignedQuery {
  /** The text, exactly as it was signed. */
  readonly queryPayload: string;
  /** `undefined` if the query is anonymous, or if `queryPayload` is the envelope of a v2 query. */
  readonly origin: OriginClaim | undefined;
}

const claimFields = jsonObject(
  {
    origin: jsonAnnotated(jsonString(), { description: "hex of a public key, an account or an address" }),
    sig_b64: jsonAnnotated(jsonString(), { contentEncoding: "base64" }),
    sig_type: jsonAnnotated(jsonString(), { description: signatureTypes.join(", ") }),
  },
  "ignored",
);

/** A signed query as JSON. */
type SignedQueryJson = {
  readonly query_payload: string;
  /** Absent or `null` if the query is anonymous, or if `query_payload` is the envelope of a v2 query. */
  readonly origin?: { readonly origin: string; readonly sig_b64: string; readonly sig_type: string } | null;
};

const signedQueryFields = jsonObject(
  {
    query_payload: jsonAnnotated(jsonString(), {
      description: "JSON text of the envelope; the signature is over its UTF-8 bytes",
    }),
    origin: jsonOptional(jsonNullable(claimFields)),
  },
  "ignored",
);

/**
 * Reads the `input` object of a `query` call.
 * @throws JsonError
 */
export const readSignedQuery: JsonReader<SignedQuery, SignedQueryJson> = jsonMap(
  signedQueryFields,
  ({ query_payload, origin }) => ({
    queryPayload: query_payload,
    origin: origin == null ? undefined : originOf(origin),
  }),
);

function originOf({ origin, sig_b64, sig_type }: Read<typeof claimFields>): OriginClaim {
  return { origin, sigB64: sig_b64, sigType: sig_type };
}

/** The text of a signed query. */
export function encodeSignedQuery({ queryPayload, origin }: SignedQuery): string {
  const claim = origin && { origin: origin.origin, sig_b64: origin.sigB64, sig_type: origin.sigType };
  return canonicalJson({ query_payload: queryPayload, origin: claim ?? null });
}

/**
 * Encodes a wallet's signature as a claim, in the form that a query contains. `origin` is the key, address or
 * account that the table at the top of this file lists for `sigType`.
 */
export function originClaim(sigType: SignatureType, origin: Uint8Array, signature: Uint8Array): OriginClaim {
  return { origin: toHex(origin), sigB64: toBase64(signature), sigType };
}

/**
 * Verifies the signature of a query. Returns the account (32 bytes) that signed the query, or `undefined`
 * when the query is anonymous.
 * @throws {@link QueryError} `query/bad-encoding`, `query/bad-origin`, `query/bad-signature`
 */
export function verifyOrigin(crypto: Crypto, query: SignedQuery): Uint8Array | undefined {
  const claim = query.origin;
  if (claim === undefined) return undefined;
  const rule = Object.hasOwn(rules, claim.sigType) ? rules[claim.sigType as SignatureType] : undefined;
  if (rule === undefined) throw new QueryError({ code: "query/bad-encoding", field: "sig_type" });
  const origin = decodeField("origin", claim.origin, fromHex);
  const signature = decodeField("sig_b64", claim.sigB64, fromBase64);
  if (!rule.lengths.includes(origin.length))
    throw new QueryError({ code: "query/bad-origin", length: origin.length });
  const account = rule.signer(crypto, origin, utf8(query.queryPayload), signature);
  if (account === undefined) throw new QueryError({ code: "query/bad-signature" });
  return account;
}

interface Rule {
  /** The lengths that an origin of this signature type may have, in bytes. */
  readonly lengths: readonly number[];
  /** The account that `origin` names, or `undefined` if that account did not make the signature. */
  readonly signer: (
    crypto: Crypto,
    origin: Uint8Array,
    message: Uint8Array,
    signature: Uint8Array,
  ) => Uint8Array | undefined;
}

const rules: Readonly<Record<SignatureType, Rule>> = {
  sr25519: {
    lengths: [32],
    signer: (crypto, origin, message, signature) =>
      signedForms(message).some((form) => crypto.sr25519.verify(origin, form, signature))
        ? origin
        : undefined,
  },
  ed25519: {
    lengths: [32],
    signer: (crypto, origin, message, signature) =>
      signedForms(message).some((form) => crypto.ed25519.verify(origin, form, signature))
        ? origin
        : undefined,
  },
  ecdsa: { lengths: [32, 33], signer: ecdsaSigner },
  eip191: {
    lengths: [20, 32],
    signer: (crypto, origin, message, signature) =>
      evmSigner(crypto, origin, eip191Hash(crypto, message), signature),
  },
  eip712: {
    lengths: [20, 32],
    signer: (crypto, origin, message, signature) =>
      evmSigner(crypto, origin, eip712QueryHash(crypto, message), signature),
  },
};

const [opening, closing] = [utf8("<Bytes>"), utf8("</Bytes>")];

/**
 * Returns the two forms of a message that a wallet may sign. Browser extensions of polkadot-js wrap a message
 * before they sign it. The text is JSON, so it can never be mistaken for a wrapped message.
 */
function signedForms(message: Uint8Array): readonly Uint8Array[] {
  return [message, concat(opening, message, closing)];
}

function ecdsaSigner(
  crypto: Crypto,
  origin: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): Uint8Array | undefined {
  for (const form of signedForms(message)) {
    const key = crypto.secp256k1.recover(crypto.blake2b256(form), signature);
    if (key === undefined) continue;
    const account = crypto.blake2b256(key);
    if (equal(origin, origin.length === 33 ? key : account)) return account;
  }
  return undefined;
}

function evmSigner(
  crypto: Crypto,
  origin: Uint8Array,
  hash: Uint8Array,
  signature: Uint8Array,
): Uint8Array | undefined {
  const key = crypto.secp256k1.recover(hash, signature);
  const address = key && evmAddress(crypto, key);
  if (address === undefined) return undefined;
  const account = evmAccount(address);
  return equal(origin, origin.length === 20 ? address : account) ? account : undefined;
}

function decodeField(
  field: Extract<QueryErrorDetail, { code: "query/bad-encoding" }>["field"],
  text: string,
  decode: (text: string) => Uint8Array,
): Uint8Array {
  try {
    return decode(text);
  } catch (cause) {
    if (!(cause instanceof BytesError)) throw cause;
    throw new QueryError({ code: "query/bad-encoding", field }, { cause });
  }
}
