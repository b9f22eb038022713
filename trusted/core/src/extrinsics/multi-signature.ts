import type { Reader } from "../scale/index.ts";

/** The schemes of `sp_runtime::MultiSignature`, in the order of their tags. */
export const signatureSchemes = ["ed25519", "sr25519", "ecdsa"] as const;

/** The signature of an extrinsic. It is decoded, but not verified. */
export interface MultiSignature {
  readonly kind: (typeof signatureSchemes)[number];
  /** 64 bytes, or 65 for ecdsa. */
  readonly bytes: Uint8Array;
}

/**
 * Reads `tag u8 ‖ signature`; the bytes are a view of the input.
 * @throws CodecError
 */
export function readMultiSignature(r: Reader): MultiSignature {
  const tag = r.u8();
  const kind = signatureSchemes[tag];
  if (kind === undefined) throw r.badTag("MultiSignature", tag);
  return { kind, bytes: r.take(kind === "ecdsa" ? 65 : 64) };
}
