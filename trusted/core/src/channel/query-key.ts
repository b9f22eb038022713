/**
 * The key to which v2 queries are sealed. A worker draws the key when its process starts, and draws a new key
 * if the nonces of one block's queries fill the memory for nonces. The worker keeps the key in memory only,
 * and never hands the key over. So a copy of the worker's sealed secrets cannot open a query that was sealed
 * to the worker, and a restarted worker cannot open a query of its earlier process. The worker's identity key
 * signs the query key.
 */
import { concat, utf8 } from "../bytes/index.ts";
import { fixed32 } from "../chain/index.ts";
import type { Crypto, Secp256k1Signer } from "../crypto/index.ts";
import { ChannelError } from "./error.ts";

/** A query key and the signature of the identity key, in the form in which a worker shows both. */
export interface SignedQueryKey {
  /** Uncompressed P-256, 65 bytes. */
  readonly publicKey: Uint8Array;
  /** r ‖ s, 64 bytes. */
  readonly signature: Uint8Array;
}

/** The chain on which a query key is used. */
export interface QueryKeyChain {
  readonly genesisHash: Uint8Array;
  /** The hash of everything that the worker was given to trust, 32 bytes. */
  readonly anchor: Uint8Array;
}

const domain = utf8("pruntime/query-key/1");

/** The name of a query key in a query's envelope: the first 8 bytes of the sha256 of the key. */
export function queryKeyId(crypto: Crypto, publicKey: Uint8Array): Uint8Array {
  return crypto.sha256(publicKey).slice(0, 8);
}

/**
 * Signs a query key with the worker's identity key, over
 * sha256("pruntime/query-key/1" ‖ genesis hash(32) ‖ anchor(32) ‖ query key(65)).
 */
export function signQueryKey(
  crypto: Crypto,
  signer: Secp256k1Signer,
  chain: QueryKeyChain,
  publicKey: Uint8Array,
): SignedQueryKey {
  return { publicKey, signature: signer.sign(signedHash(crypto, chain, publicKey)) };
}

/**
 * Returns the query key if the trusted worker signed it for this chain.
 * @throws {@link ChannelError} `channel/bad-query-key`
 */
export function verifyQueryKey(
  crypto: Crypto,
  trusted: QueryKeyChain & { readonly publicKey: Uint8Array },
  { publicKey, signature }: SignedQueryKey,
): Uint8Array {
  if (!crypto.secp256k1.verify(trusted.publicKey, signedHash(crypto, trusted, publicKey), signature))
    throw new ChannelError({ code: "channel/bad-query-key" });
  return publicKey;
}

function signedHash(
  crypto: Crypto,
  { genesisHash, anchor }: QueryKeyChain,
  publicKey: Uint8Array,
): Uint8Array {
  return crypto.sha256(concat(domain, fixed32(genesisHash), fixed32(anchor), publicKey));
}
