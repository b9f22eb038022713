/**
 * The crypto port: every primitive that the product needs, as pure functions of their inputs.
 * `portableCrypto` (noble, scure) runs anywhere. `@pruntime/crypto-native` implements the port with OpenSSL,
 * libsodium and wasm. The same tests check both implementations against the same vectors.
 *
 * For malformed keys, signatures and points, primitives return `false` or `undefined` and do not throw. The
 * caller decides what such a failure means and gives it a code. If an AES key, or the IV passed to `seal`,
 * has the wrong length, the caller has a bug, and the primitive throws {@link CryptoError}
 * `crypto/bad-length`. Each byte string that a primitive returns is a plain `Uint8Array` with its own buffer.
 */
export interface Crypto {
  /** Names the implementation in logs and benchmarks. */
  readonly name: string;
  readonly blake2b256: (data: Uint8Array) => Uint8Array;
  readonly blake2b512: (data: Uint8Array) => Uint8Array;
  readonly blake2b128: (data: Uint8Array) => Uint8Array;
  readonly twox64: (data: Uint8Array) => Uint8Array;
  readonly twox128: (data: Uint8Array) => Uint8Array;
  readonly sha256: (data: Uint8Array) => Uint8Array;
  readonly sha384: (data: Uint8Array) => Uint8Array;
  readonly sha512: (data: Uint8Array) => Uint8Array;
  /** Ethereum's hash function, for wallets that sign queries. */
  readonly keccak256: (data: Uint8Array) => Uint8Array;
  readonly hmacSha256: (key: Uint8Array, data: Uint8Array) => Uint8Array;
  readonly ed25519: Ed25519;
  readonly sr25519: Sr25519;
  readonly secp256k1: Secp256k1;
  readonly p256: P256;
  readonly p384: P384;
  readonly rsa: Rsa;
  /** Prepares AES-256-GCM with a 32-byte key. The result can be used for many messages. */
  readonly aes256Gcm: (key: Uint8Array) => Aead;
}

/** Ed25519 verification. Signatures that authenticate a caller and votes follow different rules. */
export interface Ed25519 {
  /**
   * Whether the owner of `publicKey` signed `message`, by RFC 8032 with the cofactor. Encodings that are not
   * canonical are refused. Keys of small order are refused, because anyone can sign for such a key.
   */
  readonly verify: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;
  /**
   * Verifies votes by the rules of ZIP-215, which GRANDPA nodes follow. ZIP-215 accepts keys of small order,
   * so a valid vote authenticates no one: the caller checks that the key belongs to an authority.
   *
   * Yields one verdict for each of `items`, in their order: whether the signature is valid. A provider that
   * uses one thread verifies an item only when its verdict is requested. A fast provider checks a refused
   * signature again with its ZIP-215 verifier, at most `maxSecondLooks` times. Further refusals are final,
   * so a flood of bad signatures cannot cause many slow checks.
   *
   * A provider that uses other threads also yields promises between the verdicts. Each settles when a part of
   * the items is verified, and never rejects. A caller that does not wait for one gets the same verdicts, but
   * the calling thread verifies the rest.
   */
  readonly verifyVotes: (
    items: readonly SignedMessage[],
    maxSecondLooks: number,
  ) => Iterable<boolean | Promise<void>>;
}

/**
 * A signature to verify, the message that it should cover, and the public key (32 bytes) of the expected
 * signer.
 */
export interface SignedMessage {
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/**
 * Schnorrkel signatures over Ristretto with Substrate's signing context `substrate`. The identity point is
 * refused as a public key, because anyone could sign for it.
 */
export interface Sr25519 {
  readonly verify: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;
}

/** ECDSA over secp256k1. `hash` is the 32-byte digest that is signed. */
export interface Secp256k1 {
  /** Prepares a signer. Returns `undefined` when the 32 bytes are not a valid scalar. */
  readonly signer: (secret: Uint8Array) => Secp256k1Signer | undefined;
  /**
   * Verifies `signature`, r ‖ s (64 bytes). High-s forms are refused. `publicKey` is compressed (33 bytes) or
   * uncompressed (65 bytes).
   */
  readonly verify: (publicKey: Uint8Array, hash: Uint8Array, signature: Uint8Array) => boolean;
  /**
   * Returns the compressed public key of the signer of r ‖ s ‖ v (65 bytes, v in 0..3 or 27..30), or
   * `undefined` if there is none. High-s forms are refused.
   */
  readonly recover: (hash: Uint8Array, signature: Uint8Array) => Uint8Array | undefined;
  /**
   * Returns the uncompressed form (65 bytes) of a compressed key, or `undefined` when `publicKey` is not a
   * compressed point of the curve.
   */
  readonly uncompress: (publicKey: Uint8Array) => Uint8Array | undefined;
}

/** A secret key that is ready to sign 32-byte hashes. */
export interface Secp256k1Signer {
  /** The compressed public key, 33 bytes. */
  readonly publicKey: Uint8Array;
  /**
   * Signs deterministically (RFC 6979) and returns r ‖ s, 64 bytes, in the low-s form.
   * @throws CryptoError `crypto/bad-length` if the hash does not have 32 bytes
   */
  readonly sign: (hash: Uint8Array) => Uint8Array;
  /** Signs as `sign` does and returns r ‖ s ‖ v, 65 bytes, v in 0..3. */
  readonly signRecoverable: (hash: Uint8Array) => Uint8Array;
}

/** ECDH and ECDSA over the curve P-256. */
export interface P256 {
  /** Prepares a key pair. Returns `undefined` when the 32 bytes are not a valid scalar. */
  readonly keyPair: (secret: Uint8Array) => P256KeyPair | undefined;
  /**
   * Verifies ECDSA over SHA-256 of `message`, for attestation chains. `publicKey` is uncompressed (65 bytes),
   * `signature` is r ‖ s (64 bytes) with a low or a high s.
   */
  readonly verify: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;
}

/** A key pair for key agreement. */
export interface P256KeyPair {
  /** The uncompressed public key, 65 bytes with a leading 0x04. */
  readonly publicKey: Uint8Array;
  /**
   * The x-coordinate of the shared point, 32 bytes, big-endian. `undefined` when `peer` is not an
   * uncompressed point of the curve.
   */
  readonly sharedX: (peer: Uint8Array) => Uint8Array | undefined;
}

/** ECDSA over the curve P-384. */
export interface P384 {
  /**
   * Verifies ECDSA over SHA-384 of `message`, for attestation chains. `publicKey` is uncompressed (97 bytes),
   * `signature` is r ‖ s (96 bytes) with a low or a high s.
   */
  readonly verify: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;
}

/**
 * RSA signatures (RFC 8017) of attestation chains. The length of the modulus is a multiple of 8, from 2048 to
 * 4096 bits. The exponent is 65537. A signature is as long as the modulus. Everything else is refused.
 */
export interface Rsa {
  /** Verifies RSASSA-PKCS1-v1_5. */
  readonly verifyPkcs1: (
    hash: RsaHash,
    key: RsaPublicKey,
    message: Uint8Array,
    signature: Uint8Array,
  ) => boolean;
  /** Verifies RSASSA-PSS with a salt of 48 bytes, and with SHA-384 for both the message and the mask. */
  readonly verifyPssSha384: (key: RsaPublicKey, message: Uint8Array, signature: Uint8Array) => boolean;
}

/** The hash function of a PKCS #1 v1.5 signature. */
export type RsaHash = "sha256" | "sha384" | "sha512";

/** An RSA public key. Both numbers are big-endian, without leading zeros. */
export interface RsaPublicKey {
  readonly modulus: Uint8Array;
  readonly exponent: Uint8Array;
}

/** Authenticated encryption under one key. `aad` is authenticated but not encrypted. */
export interface Aead {
  /** Returns the ciphertext followed by a 16-byte tag. `iv` is 12 bytes. */
  readonly seal: (iv: Uint8Array, plaintext: Uint8Array, aad: Uint8Array) => Uint8Array;
  /**
   * Returns the plaintext, or `undefined` when the tag does not match, the input is shorter than a tag, or
   * `iv` is not 12 bytes.
   */
  readonly open: (iv: Uint8Array, ciphertext: Uint8Array, aad: Uint8Array) => Uint8Array | undefined;
}

/**
 * Returns a new array of `length` unpredictable bytes. Randomness is an input of the trusted tiers: only the
 * enclave shell and clients create a random source.
 */
export type Random = (length: number) => Uint8Array;
