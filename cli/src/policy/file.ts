/** Reads policies from files, verifies their hash or signature, and signs them. */
import { createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import {
  decodePolicyDocument,
  type Policy,
  type PolicyDocument,
  type PolicyTrust,
  policyHash,
  readPolicy,
  verifyPolicy,
} from "@pruntime/core/attestation";
import type { Crypto } from "@pruntime/core/crypto";
import { CliError } from "../error.ts";
import { hexArgument } from "../offline/arguments.ts";
import { maxDocumentBytes, maxLineBytes, readBytes, readText } from "../terminal/file.ts";

/**
 * The hash or the key that makes the policy trusted. Without either option, the policy is trusted because it
 * is the user's own file.
 */
export interface TrustOptions {
  readonly pin?: string;
  readonly signedBy?: string;
}

/** A decoded policy, with its hash and the result of the verification. */
export interface PolicyFile {
  readonly document: PolicyDocument;
  readonly policy: Policy;
  readonly hash: Uint8Array;
  /** What was verified in addition to the file's format. */
  readonly checked: "nothing" | "hash" | "signature";
}

/**
 * Reads a policy, and verifies the hash or the signature that the options name.
 * @throws {@link CliError} `cli/bad-argument`, `cli/bad-file`; PolicyError, JsonError, BytesError
 */
export function readPolicyFile(crypto: Crypto, path: string, options: TrustOptions): PolicyFile {
  const trusted = trustOf(options);
  const document = decodePolicyDocument(readText(path, maxDocumentBytes));
  const hash = policyHash(crypto, document.policy);
  if (trusted === undefined)
    return { document, hash, policy: readPolicy(document.policy, ""), checked: "nothing" };
  const policy = verifyPolicy(crypto, trusted, document);
  return { document, hash, policy, checked: trusted.kind === "pinned" ? "hash" : "signature" };
}

function trustOf({ pin, signedBy }: TrustOptions): PolicyTrust | undefined {
  if (pin !== undefined && signedBy !== undefined)
    throw new CliError({ code: "cli/bad-argument", name: "--pin", want: "given without --signed-by" });
  if (pin !== undefined) return { kind: "pinned", hash: hexArgument("--pin", pin, 32) };
  return signedBy === undefined
    ? undefined
    : { kind: "signed", publicKey: hexArgument("--signed-by", signedBy, 32) };
}

/** Signs the hash with the key in a PEM file. @throws {@link CliError} */
export function signHash(
  keyPath: string,
  hash: Uint8Array,
): { readonly signature: Uint8Array; readonly publicKey: Uint8Array } {
  const key = privateKey(keyPath);
  const { x = "" } = createPublicKey(key).export({ format: "jwk" });
  return {
    signature: Uint8Array.from(sign(null, hash, key)),
    publicKey: Uint8Array.from(Buffer.from(x, "base64url")),
  };
}

function privateKey(path: string): KeyObject {
  const want = "a PEM file with an ed25519 private key, as `openssl genpkey -algorithm ed25519` makes it";
  const pem = Buffer.from(readBytes(path, maxLineBytes));
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch (cause) {
    throw new CliError({ code: "cli/bad-argument", name: "--key", want }, { cause });
  }
  if (key.asymmetricKeyType !== "ed25519")
    throw new CliError({ code: "cli/bad-argument", name: "--key", want });
  return key;
}
