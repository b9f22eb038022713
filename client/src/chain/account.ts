/** Accounts from secret URIs: `//Alice`, a BIP-39 phrase with a path, or a 32-byte seed in hex. */
import { sr25519CreateDerive } from "@polkadot-labs/hdkd";
import {
  DEV_PHRASE,
  entropyToMiniSecret,
  mnemonicToEntropy,
  parseSuri,
  ss58Address,
  validateMnemonic,
} from "@polkadot-labs/hdkd-helpers";
import { from0x, fromHex } from "@pruntime/core/bytes";
import { getPolkadotSigner, type PolkadotSigner } from "polkadot-api/signer";
import { ClientError } from "../error.ts";
import { keyPairSigner, type QuerySigner } from "../signers/signer.ts";
import { readAccount } from "../signers/ss58.ts";

/** An account whose secret key this program has. */
export interface Account {
  /** Account id, 32 bytes. */
  readonly id: Uint8Array;
  readonly address: string;
  /** Signs queries. */
  readonly query: QuerySigner;
  /** Signs extrinsics. */
  readonly chain: PolkadotSigner;
}

/**
 * Derives a key pair from a secret URI: `//Name`, a BIP-39 phrase with an optional path, or a seed of 64 hex
 * digits.
 * @throws {@link ClientError} `client/bad-account`
 */
export function accountOf(suri: string): Account {
  const { publicKey, sign } = keyPairOf(suri);
  return {
    id: publicKey,
    address: addressOf(publicKey),
    query: keyPairSigner("sr25519", publicKey, sign),
    chain: getPolkadotSigner(publicKey, "Sr25519", sign),
  };
}

/**
 * Reads an account id: an SS58 address, 64 hex digits with or without `0x`, or a secret URI such as `//Bob`.
 * @throws {@link ClientError} `client/bad-account`
 */
export function accountIdOf(text: string): Uint8Array {
  if (text.startsWith("//")) return accountOf(text).id;
  try {
    return readAccount(text);
  } catch (cause) {
    throw new ClientError(
      { code: "client/bad-account", want: "an SS58 address, 64 hex digits, or //Name" },
      { cause },
    );
  }
}

/** The SS58 address of an account id, with the prefix of chains in general. */
export function addressOf(id: Uint8Array): string {
  return ss58Address(id, 42);
}

function keyPairOf(suri: string): {
  readonly publicKey: Uint8Array;
  readonly sign: (message: Uint8Array) => Uint8Array;
} {
  try {
    // parseSuri cannot read a path without a phrase before it.
    const {
      phrase = "",
      paths = "",
      password,
    } = parseSuri(suri.startsWith("/") ? `${DEV_PHRASE}${suri}` : suri);
    const pair = sr25519CreateDerive(seedOf(phrase, password))(paths);
    return { publicKey: pair.publicKey, sign: pair.sign };
  } catch (cause) {
    throw new ClientError(
      { code: "client/bad-account", want: "//Name, a BIP-39 phrase, or a seed of 64 hex digits" },
      { cause },
    );
  }
}

function seedOf(phrase: string, password: string | undefined): Uint8Array {
  if (/^(0x)?[0-9a-fA-F]{64}$/.test(phrase))
    return phrase.startsWith("0x") ? from0x(phrase) : fromHex(phrase);
  if (!validateMnemonic(phrase))
    throw new ClientError({ code: "client/bad-account", want: "a valid BIP-39 phrase" });
  return entropyToMiniSecret(mnemonicToEntropy(phrase), password);
}
