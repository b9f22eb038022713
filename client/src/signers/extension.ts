/**
 * Signs queries with a browser extension of the polkadot-js family. The extension shows the text to the user
 * and signs it wrapped in `<Bytes>…</Bytes>`, so that a signed query cannot be used as a transaction.
 * Workers accept signatures over the wrapped text and over the plain text.
 * @see
 * https://github.com/polkadot-js/extension/blob/e4ce268b1cad5e39e75a2195e3aa6d0344de7745/packages/extension-inject/src/types.ts
 */
import { from0x, to0x } from "@pruntime/core/bytes";
import { ClientError } from "../error.ts";
import { ecdsaAccount, type QuerySigner } from "./signer.ts";
import { ss58Account } from "./ss58.ts";

/** The part of an extension's interface that this client uses; `injected.signer` has this shape. */
export interface RawSigner {
  readonly signRaw?: (raw: {
    readonly address: string;
    readonly data: string;
    readonly type: "bytes";
  }) => Promise<{ readonly signature: string }>;
}

/** An account as an extension describes it; entries of `injected.accounts.get()` have this shape. */
export interface ExtensionAccount {
  readonly address: string;
  /** Default: sr25519, because some extensions omit the type. */
  readonly type?: string;
}

const schemes = { sr25519: 0x01, ed25519: 0x00, ecdsa: 0x02 } as const;

/**
 * Returns a signer for an account of a browser extension.
 * @throws {@link ClientError} `client/bad-account`; `client/cannot-sign` if the extension cannot sign text,
 * or if this client does not support the account's type
 */
export function extensionSigner(
  signer: RawSigner,
  { address, type = "sr25519" }: ExtensionAccount,
): QuerySigner {
  const { signRaw } = signer;
  if (signRaw === undefined)
    throw new ClientError({ code: "client/cannot-sign", why: "the extension cannot sign text" });
  if (!isScheme(type))
    throw new ClientError({
      code: "client/cannot-sign",
      why: `this client does not support accounts of type ${type}`,
    });
  const account = ss58Account(address);
  const sign = async (message: Uint8Array): Promise<Uint8Array> => {
    const { signature } = await signRaw({ address, data: to0x(message), type: "bytes" });
    return bare(from0x(signature), type);
  };
  return type === "ecdsa" ? ecdsaAccount(account, sign) : { account, sigType: type, origin: account, sign };
}

function isScheme(type: string): type is keyof typeof schemes {
  return Object.hasOwn(schemes, type);
}

/** Removes the scheme number that some wallets prepend, as in a `MultiSignature`. */
function bare(signature: Uint8Array, type: keyof typeof schemes): Uint8Array {
  const length = type === "ecdsa" ? 65 : 64;
  return signature.length === length + 1 && signature[0] === schemes[type]
    ? signature.subarray(1)
    : signature;
}
