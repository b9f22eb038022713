/** Who signs queries. The client holds no keys of users: a keypair, a wallet or an extension stands behind this port. */
import { toHex, utf8 } from "@pruntime/core/bytes";
import { type OriginClaim, originClaim, type SignatureType } from "@pruntime/core/channel";

/** Signs a query's envelope for one account. */
export interface QuerySigner {
  /** The account id the worker will see, 32 bytes. */
  readonly account: Uint8Array;
  readonly sigType: SignatureType;
  /** The key, address or account that stands in `origin`; see SignatureType. */
  readonly origin: Uint8Array;
  readonly sign: (message: Uint8Array) => Uint8Array | Promise<Uint8Array>;
}

/** A signer over an sr25519 or ed25519 key pair that is at hand. */
export function keyPairSigner(
  sigType: "sr25519" | "ed25519",
  publicKey: Uint8Array,
  sign: (message: Uint8Array) => Uint8Array | Promise<Uint8Array>,
): QuerySigner {
  return { account: publicKey, sigType, origin: publicKey, sign };
}

/** The signed claim that goes beside an envelope's text. */
export async function signEnvelope(signer: QuerySigner, queryPayload: string): Promise<OriginClaim> {
  return originClaim(signer.sigType, signer.origin, await signer.sign(utf8(queryPayload)));
}

/** A signer's account as the 2020 interface writes accounts: hex without `0x`. */
export function accountHex(signer: QuerySigner): string {
  return toHex(signer.account);
}
