/**
 * The interface of signers of queries. The client itself has no user keys: a key pair of the caller, a
 * browser extension or a wallet signs.
 */
import { utf8 } from "@pruntime/core/bytes";
import { type OriginClaim, originClaim, type SignatureType } from "@pruntime/core/channel";
import { portableCrypto } from "@pruntime/core/crypto";

/** Signs the text of queries for one account. */
export interface QuerySigner {
  /** The account id that the worker sees, 32 bytes. */
  readonly account: Uint8Array;
  readonly sigType: SignatureType;
  /** The key, address or account that the query gives as its `origin`; see SignatureType. */
  readonly origin: Uint8Array;
  readonly sign: (message: Uint8Array) => Uint8Array | Promise<Uint8Array>;
}

type Sign = QuerySigner["sign"];

/**
 * Returns a signer for a key pair of the caller. For ecdsa, the public key is compressed, and `sign` returns
 * r ‖ s ‖ v over blake2b-256 of the message.
 */
export function keyPairSigner(
  sigType: "sr25519" | "ed25519" | "ecdsa",
  publicKey: Uint8Array,
  sign: Sign,
): QuerySigner {
  const account = sigType === "ecdsa" ? portableCrypto.blake2b256(publicKey) : publicKey;
  return { account, sigType, origin: publicKey, sign };
}

/** Returns a signer for an ecdsa key whose account id is known, but whose public key is not. */
export function ecdsaAccount(account: Uint8Array, sign: Sign): QuerySigner {
  return { account, sigType: "ecdsa", origin: account, sign };
}

/** Signs a query's text and returns the claim that accompanies it. */
export async function signText(signer: QuerySigner, text: string): Promise<OriginClaim> {
  return originClaim(signer.sigType, signer.origin, await signer.sign(utf8(text)));
}

/** A claim as JSON, as a plain or v1 query contains it. */
export function claimJson({ origin, sigB64, sigType }: OriginClaim): {
  readonly origin: string;
  readonly sig_b64: string;
  readonly sig_type: string;
} {
  return { origin, sig_b64: sigB64, sig_type: sigType };
}
