/**
 * Signers that have a secret key. This is a separate entry point because callers that sign with an extension
 * or a wallet do not need it.
 */
import { ed25519CreateDerive, sr25519CreateDerive } from "@polkadot-labs/hdkd";
import { portableCrypto } from "@pruntime/core/crypto";
import { ClientError } from "../error.ts";
import { keyPairSigner, type QuerySigner } from "../signers/signer.ts";

/**
 * Returns a signer for a secret key.
 * @param secret 32 bytes: a mini secret (sr25519), a seed (ed25519) or a scalar (ecdsa)
 * @throws {@link ClientError} `client/bad-account`
 */
export function secretSigner(sigType: "sr25519" | "ed25519" | "ecdsa", secret: Uint8Array): QuerySigner {
  if (secret.length !== 32)
    throw new ClientError({ code: "client/bad-account", want: "a secret of 32 bytes" });
  if (sigType === "ecdsa") return ecdsaSigner(secret);
  const { publicKey, sign } = (
    sigType === "sr25519" ? sr25519CreateDerive(secret) : ed25519CreateDerive(secret)
  )("");
  return keyPairSigner(sigType, publicKey, sign);
}

function ecdsaSigner(secret: Uint8Array): QuerySigner {
  const signer = portableCrypto.secp256k1.signer(secret);
  if (signer === undefined) throw new ClientError({ code: "client/bad-account", want: "a secp256k1 scalar" });
  return keyPairSigner("ecdsa", signer.publicKey, (message) =>
    signer.signRecoverable(portableCrypto.blake2b256(message)),
  );
}
