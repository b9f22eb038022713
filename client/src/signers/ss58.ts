/**
 * Reads account ids. SS58 addresses are base58 of `network prefix(1 or 2) ‖ account id(32) ‖ checksum(2)`.
 * The checksum is the first two bytes of blake2b-512("SS58PRE" ‖ prefix ‖ account id). Any network prefix is
 * accepted, because the account is the same.
 * @see https://docs.substrate.io/reference/address-formats/
 */
import { concat, equal, fromHex, to0x, utf8 } from "@pruntime/core/bytes";
import { portableCrypto } from "@pruntime/core/crypto";
import { ClientError } from "../error.ts";

const alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/** Returns the account id of an SS58 address, 32 bytes. @throws {@link ClientError} `client/bad-account` */
export function ss58Account(address: string): Uint8Array {
  const bytes = /^[1-9A-HJ-NP-Za-km-z]{34,60}$/.test(address) ? fromBase58(address) : new Uint8Array();
  const prefixLength = (bytes[0] ?? 255) < 64 ? 1 : 2;
  const known = (bytes[0] ?? 255) < 128 && bytes.length === prefixLength + 34;
  const body = bytes.subarray(0, prefixLength + 32);
  if (!known || !equal(bytes.subarray(body.length), checksumOf(body)))
    throw new ClientError({ code: "client/bad-account", want: "an SS58 address" });
  return body.slice(prefixLength);
}

/**
 * Reads an account id: an SS58 address, or 64 hex digits with or without `0x`.
 * @throws {@link ClientError} `client/bad-account`
 */
export function readAccount(text: string): Uint8Array {
  const [, digits] = /^(?:0x)?([0-9a-fA-F]{64})$/.exec(text) ?? [];
  return digits === undefined ? ss58Account(text) : fromHex(digits);
}

/** The SS58 address of an account id, 32 bytes, with the network prefix 42, which stands for no network. */
export function ss58Address(account: Uint8Array): string {
  const body = concat(Uint8Array.of(42), account);
  return toBase58(concat(body, checksumOf(body)));
}

function checksumOf(body: Uint8Array): Uint8Array {
  return portableCrypto.blake2b512(concat(utf8("SS58PRE"), body)).subarray(0, 2);
}

/** The first byte is not zero. */
function toBase58(bytes: Uint8Array): string {
  let text = "";
  for (let value = BigInt(to0x(bytes)); value > 0n; value /= 58n)
    text = `${alphabet[Number(value % 58n)]}${text}`;
  return text;
}

function fromBase58(text: string): Uint8Array {
  let value = 0n;
  for (const char of text) value = value * 58n + BigInt(alphabet.indexOf(char));
  const zeros = text.length - text.replace(/^1+/, "").length;
  const hex = value === 0n ? "" : value.toString(16);
  const digits = hex.length % 2 === 0 ? hex : `0${hex}`;
  const bytes = digits.match(/../g)?.map((pair) => Number.parseInt(pair, 16)) ?? [];
  return Uint8Array.from([...new Uint8Array(zeros), ...bytes]);
}
