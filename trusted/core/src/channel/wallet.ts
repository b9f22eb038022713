/**
 * Queries signed by Ethereum wallets. An EVM signer acts for the account `address(20) ‖ "@evm_address"`, as
 * in later Phala runtimes.
 *
 * eip191 (`personal_sign`): keccak256("\x19Ethereum Signed Message:\n" ‖ decimal length ‖ payload).
 * eip712 (`eth_signTypedData_v4`): the structure of Phala's SDK, in which `encodedQuery` is the UTF-8
 * payload.
 * @see https://eips.ethereum.org/EIPS/eip-712
 * @see https://github.com/Phala-Network/phala-blockchain/blob/654b1b699/crates/phactory/api/src/crypto/eip712.rs
 */
import { concat, from0x, to0x, utf8 } from "../bytes/index.ts";
import type { Crypto } from "../crypto/index.ts";

/** keccak256("phala/phat-contract"). */
const salt = "0x0ea813d1592526d672ea2576d7a07914cef2ca301b35c5eed941f7c897512a00";
const domainName = "Phat Contract Query";
const description = "You are signing a query request that would be sent to a Phat Contract.";

/** Returns the typed data that a wallet signs for a query's payload with `eth_signTypedData_v4`. */
export function queryTypedData(payload: Uint8Array): EvmTypedData {
  return {
    domain: { name: domainName, version: "1", salt },
    message: { description, encodedQuery: to0x(payload) },
    primaryType: "PhatContractQuery",
    types: {
      EIP712Domain: [field("name", "string"), field("version", "string"), field("salt", "bytes32")],
      PhatContractQuery: [field("description", "string"), field("encodedQuery", "bytes")],
    },
  };
}

/** Typed data of EIP-712, in the JSON form that wallets accept. */
export interface EvmTypedData {
  readonly domain: { readonly name: string; readonly version: string; readonly salt: string };
  readonly message: { readonly description: string; readonly encodedQuery: string };
  readonly primaryType: string;
  readonly types: Readonly<Record<string, readonly EvmField[]>>;
}

/** A field of an EIP-712 structure: its name and its Solidity type. */
export interface EvmField {
  readonly name: string;
  readonly type: string;
}

/** The 32-byte hash that `personal_sign` signs for a message. */
export function eip191Hash(crypto: Crypto, message: Uint8Array): Uint8Array {
  return crypto.keccak256(concat(utf8(`\x19Ethereum Signed Message:\n${message.length}`), message));
}

/** The 32-byte hash that `eth_signTypedData_v4` signs for {@link queryTypedData}. */
export function eip712QueryHash(crypto: Crypto, payload: Uint8Array): Uint8Array {
  const hash = (data: string | Uint8Array) => crypto.keccak256(typeof data === "string" ? utf8(data) : data);
  const domain = hash(
    concat(
      hash("EIP712Domain(string name,string version,bytes32 salt)"),
      hash(domainName),
      hash("1"),
      from0x(salt),
    ),
  );
  const message = hash(
    concat(
      hash("PhatContractQuery(string description,bytes encodedQuery)"),
      hash(description),
      hash(payload),
    ),
  );
  return hash(concat(Uint8Array.of(0x19, 0x01), domain, message));
}

/** The 20-byte address of a secp256k1 key, or `undefined` when the key is not a compressed point. */
export function evmAddress(crypto: Crypto, compressed: Uint8Array): Uint8Array | undefined {
  const point = crypto.secp256k1.uncompress(compressed);
  return point && crypto.keccak256(point.subarray(1)).slice(12);
}

/** The 32-byte account that an EVM address acts for. */
export function evmAccount(address: Uint8Array): Uint8Array {
  return concat(address, utf8("@evm_address"));
}

function field(name: string, type: string): EvmField {
  return { name, type };
}
