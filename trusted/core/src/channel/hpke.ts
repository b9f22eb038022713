/**
 * HPKE (RFC 9180) in base mode with DHKEM(P-256, HKDF-SHA256), HKDF-SHA256 and AES-256-GCM. A context
 * encrypts only one message, so the sequence number is always 0 and the nonce is the base nonce. Names follow
 * the RFC.
 * @see https://www.rfc-editor.org/rfc/rfc9180
 */
import { concat, utf8 } from "../bytes/index.ts";
import { type Aead, type Crypto, hkdfExpand, hkdfExtract, type P256KeyPair } from "../crypto/index.ts";
import { ChannelError } from "./error.ts";

/** The secrets that the sender and the recipient share after the key schedule. */
export interface HpkeContext {
  readonly aead: Aead;
  readonly baseNonce: Uint8Array;
  /** Derives a further secret of `length` bytes, at most 8160. It is independent of the message key. */
  readonly exporter: (context: Uint8Array, length: number) => Uint8Array;
}

const kemSuite = concat(utf8("KEM"), Uint8Array.of(0x00, 0x10));
const hpkeSuite = concat(utf8("HPKE"), Uint8Array.of(0x00, 0x10, 0x00, 0x01, 0x00, 0x02));
const modeBase = 0;
const empty = new Uint8Array();

/**
 * SetupBaseS with a given ephemeral key, which must be used only once. The public half of that key is `enc`.
 * @throws {@link ChannelError} `channel/bad-point`
 */
export function setupBaseSender(
  crypto: Crypto,
  recipient: Uint8Array,
  info: Uint8Array,
  ephemeral: P256KeyPair,
): HpkeContext {
  const dh = sharedX(ephemeral, recipient);
  return keySchedule(crypto, kemSecret(crypto, dh, ephemeral.publicKey, recipient), info);
}

/**
 * SetupBaseR, with the key pair of the recipient.
 * @throws {@link ChannelError} `channel/bad-point`
 */
export function setupBaseRecipient(
  crypto: Crypto,
  recipient: P256KeyPair,
  info: Uint8Array,
  enc: Uint8Array,
): HpkeContext {
  const dh = sharedX(recipient, enc);
  return keySchedule(crypto, kemSecret(crypto, dh, enc, recipient.publicKey), info);
}

/**
 * The raw x-coordinate of the shared point, 32 bytes.
 * @throws {@link ChannelError} `channel/bad-point`
 */
export function sharedX(own: P256KeyPair, peer: Uint8Array): Uint8Array {
  const x = own.sharedX(peer);
  if (x === undefined) throw new ChannelError({ code: "channel/bad-point" });
  return x;
}

/** ExtractAndExpand of DHKEM. */
function kemSecret(crypto: Crypto, dh: Uint8Array, enc: Uint8Array, recipient: Uint8Array): Uint8Array {
  const prk = labeledExtract(crypto, kemSuite, empty, "eae_prk", dh);
  return labeledExpand(crypto, kemSuite, prk, "shared_secret", concat(enc, recipient), 32);
}

function keySchedule(crypto: Crypto, sharedSecret: Uint8Array, info: Uint8Array): HpkeContext {
  const pskIdHash = labeledExtract(crypto, hpkeSuite, empty, "psk_id_hash", empty);
  const infoHash = labeledExtract(crypto, hpkeSuite, empty, "info_hash", info);
  const context = concat(Uint8Array.of(modeBase), pskIdHash, infoHash);
  const secret = labeledExtract(crypto, hpkeSuite, sharedSecret, "secret", empty);
  const exporterSecret = labeledExpand(crypto, hpkeSuite, secret, "exp", context, 32);
  return {
    aead: crypto.aes256Gcm(labeledExpand(crypto, hpkeSuite, secret, "key", context, 32)),
    baseNonce: labeledExpand(crypto, hpkeSuite, secret, "base_nonce", context, 12),
    exporter: (exportContext, length) =>
      labeledExpand(crypto, hpkeSuite, exporterSecret, "sec", exportContext, length),
  };
}

const version = utf8("HPKE-v1");

function labeledExtract(
  crypto: Crypto,
  suite: Uint8Array,
  salt: Uint8Array,
  label: string,
  ikm: Uint8Array,
): Uint8Array {
  return hkdfExtract(crypto, salt, concat(version, suite, utf8(label), ikm));
}

function labeledExpand(
  crypto: Crypto,
  suite: Uint8Array,
  prk: Uint8Array,
  label: string,
  info: Uint8Array,
  length: number,
): Uint8Array {
  const prefix = Uint8Array.of(length >> 8, length & 0xff);
  return hkdfExpand(crypto, prk, concat(prefix, version, suite, utf8(label), info), length);
}
