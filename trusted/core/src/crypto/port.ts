/**
 * The crypto port: every primitive the product needs, as pure functions of their inputs. `portableCrypto` (noble, scure) runs
 * anywhere; `@pruntime/crypto-native` injects OpenSSL, libsodium and wasm. One contract suite holds both to the same vectors.
 * Primitives answer with booleans or `undefined`; what a failure means is decided (and coded) by their caller.
 * Malformed keys, signatures and points answer "no"; they never throw. A symmetric key or an IV to seal with of the wrong length is no
 * input of anybody's but a bug of ours: it throws {@link CryptoError} `crypto/bad-length`. Results are plain `Uint8Array`s of their own.
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
  /** Ethereum's hash, for wallets that sign queries. */
  readonly keccak256: (data: Uint8Array) => Uint8Array;
  readonly hmacSha256: (key: Uint8Array, data: Uint8Array) => Uint8Array;
  readonly ed25519: Ed25519;
  readonly sr25519: Sr25519;
  readonly secp256k1: Secp256k1;
  readonly p256: P256;
  readonly p384: P384;
  readonly rsa: Rsa;
  /** AES-256-GCM under a 32-byte key; prepare once, use many times. */
  readonly aes256Gcm: (key: Uint8Array) => Aead;
}

/** ZIP-215 verification: the rule GRANDPA nodes follow. */
export interface Ed25519 {
  readonly verify: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;
  /**
   * Verdicts in the order of `items`. A fast provider asks its ZIP-215 arbiter again for at most `maxSecondLooks` refusals;
   * refusals beyond the cap stay refusals, so a flood of bad signatures cannot buy slow checks.
   */
  readonly verifyAll: (items: readonly SignedMessage[], maxSecondLooks: number) => readonly boolean[];
}

export interface SignedMessage {
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/** Schnorrkel over Ristretto with Substrate's signing context `substrate`. The identity is no public key: anybody could sign for it. */
export interface Sr25519 {
  readonly verify: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;
}

export interface Secp256k1 {
  /** Prepares a signer; `undefined` when the 32 bytes are no valid scalar. */
  readonly signer: (secret: Uint8Array) => Secp256k1Signer | undefined;
  /** `signature` is r ‖ s (64 bytes); high-s forms are refused. `publicKey` is compressed (33) or uncompressed (65). */
  readonly verify: (publicKey: Uint8Array, hash: Uint8Array, signature: Uint8Array) => boolean;
  /** The compressed public key that made r ‖ s ‖ v (65 bytes, v in 0..3 or 27..30), or `undefined`; high-s forms are refused. */
  readonly recover: (hash: Uint8Array, signature: Uint8Array) => Uint8Array | undefined;
  /** The uncompressed form (65 bytes) of a compressed key, or `undefined` when it is no point. */
  readonly uncompress: (publicKey: Uint8Array) => Uint8Array | undefined;
}

export interface Secp256k1Signer {
  /** Compressed, 33 bytes. */
  readonly publicKey: Uint8Array;
  /** Deterministic (RFC 6979), low-s; r ‖ s, 64 bytes. */
  readonly sign: (hash: Uint8Array) => Uint8Array;
  /** r ‖ s ‖ v, 65 bytes, v in 0..3. */
  readonly signRecoverable: (hash: Uint8Array) => Uint8Array;
}

export interface P256 {
  /** Prepares a key pair; `undefined` when the 32 bytes are no valid scalar. */
  readonly keyPair: (secret: Uint8Array) => P256KeyPair | undefined;
  /** ECDSA over SHA-256 of `message`; `publicKey` is uncompressed, `signature` is r ‖ s with s in either half. For attestation chains. */
  readonly verify: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;
}

export interface P256KeyPair {
  /** Uncompressed, 65 bytes, leading 0x04. */
  readonly publicKey: Uint8Array;
  /** Raw big-endian x-coordinate (32 bytes) of the shared point; `undefined` when `peer` is not an uncompressed curve point. */
  readonly sharedX: (peer: Uint8Array) => Uint8Array | undefined;
}

export interface P384 {
  /** ECDSA over SHA-384 of `message`; `publicKey` is uncompressed (97), `signature` is r ‖ s (96) with s in either half. For attestation chains. */
  readonly verify: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;
}

/**
 * RFC 8017 signatures of attestation chains. Keys are moduli of 2048 to 4096 bits that fill their bytes, with the exponent 65537; signatures
 * are as long as the modulus. Anything else is refused.
 */
export interface Rsa {
  /** RSASSA-PKCS1-v1_5. */
  readonly verifyPkcs1: (
    hash: RsaHash,
    key: RsaPublicKey,
    message: Uint8Array,
    signature: Uint8Array,
  ) => boolean;
  /** RSASSA-PSS with SHA-384 for message and mask, 48 bytes of salt. */
  readonly verifyPssSha384: (key: RsaPublicKey, message: Uint8Array, signature: Uint8Array) => boolean;
}

export type RsaHash = "sha256" | "sha384" | "sha512";

/** Both big-endian without leading zeros. */
export interface RsaPublicKey {
  readonly modulus: Uint8Array;
  readonly exponent: Uint8Array;
}

export interface Aead {
  /** Ciphertext ‖ 16-byte tag. `iv` is 12 bytes. */
  readonly seal: (iv: Uint8Array, plaintext: Uint8Array, aad: Uint8Array) => Uint8Array;
  /** `undefined` when the tag does not match, the input is shorter than a tag, or `iv` is not 12 bytes. */
  readonly open: (iv: Uint8Array, ciphertext: Uint8Array, aad: Uint8Array) => Uint8Array | undefined;
}

/** Fills a fresh array with unpredictable bytes. Randomness is an input: only the enclave shell or a client makes one. */
export type Random = (length: number) => Uint8Array;
