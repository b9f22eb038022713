/**
 * Files with a policy that is signed for a chain. `policy sign --serial` writes them, and `policy push` reads
 * them.
 */
import { encodeSignedPolicy, PolicyError, readPolicy, signedPolicyHash } from "@pruntime/core/attestation";
import { to0x, utf8 } from "@pruntime/core/bytes";
import type { Crypto } from "@pruntime/core/crypto";
import {
  canonicalJson,
  decodeJson,
  type Json,
  type JsonLimits,
  type JsonObject,
  json0x,
  jsonAny,
  jsonObject,
  jsonU32,
} from "@pruntime/core/json";
import { maxDocumentBytes, readText } from "../terminal/file.ts";
import { signHash } from "./file.ts";

/** A policy that its file's key has signed for a chain. */
export interface ChainPolicy {
  /** The genesis hash of the chain, 32 bytes. */
  readonly genesisHash: Uint8Array;
  /** The ed25519 key, 32 bytes. Only the workers' anchor says whether it is the right one. */
  readonly key: Uint8Array;
  readonly serial: number;
  /** The payload of the command that carries the policy. */
  readonly payload: Uint8Array;
}

const file = jsonObject({
  genesis: json0x(32),
  key: json0x(32),
  policy: jsonAny,
  serial: jsonU32,
  signature: json0x(64),
});

/**
 * The file of a signed policy.
 * @limit characters, levels
 * @source chosen: a policy, and room for the other fields
 * @past `json/too-long` or `json/too-deep`
 */
const fileLimits: JsonLimits = { maxLength: 257 * 1024, maxDepth: 9 };

/**
 * Signs a policy for a chain, with the key in a PEM file, and returns the content of the policy's file.
 * @throws CliError
 */
export function signForChain(
  crypto: Crypto,
  keyPath: string,
  policy: Json,
  { genesisHash, serial }: Pick<ChainPolicy, "genesisHash" | "serial">,
): { readonly publicKey: Uint8Array; readonly signed: JsonObject } {
  const hash = signedPolicyHash(crypto, genesisHash, { serial, text: textOf(policy) });
  const { signature, publicKey } = signHash(keyPath, hash);
  const [genesis, key] = [genesisHash, publicKey].map(to0x) as [string, string];
  return { publicKey, signed: { genesis, key, policy, serial, signature: to0x(signature) } };
}

/**
 * Reads the file of a policy that is signed for a chain.
 * @throws CliError; JsonError; PolicyError, also if the file's key has not signed the policy
 */
export function readChainPolicy(crypto: Crypto, path: string): ChainPolicy {
  const {
    genesis: genesisHash,
    key,
    policy,
    serial,
    signature,
  } = decodeJson(readText(path, maxDocumentBytes), file, fileLimits);
  readPolicy(policy, "/policy");
  const text = textOf(policy);
  if (!crypto.ed25519.verify(key, signedPolicyHash(crypto, genesisHash, { serial, text }), signature))
    throw new PolicyError({ code: "policy/bad-signature" });
  return { genesisHash, key, serial, payload: encodeSignedPolicy({ serial, signature, text }) };
}

function textOf(policy: Json): Uint8Array {
  return utf8(canonicalJson(policy));
}
