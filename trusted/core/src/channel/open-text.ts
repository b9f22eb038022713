import { fromUtf8 } from "../bytes/index.ts";
import type { Aead } from "../crypto/index.ts";
import { ChannelError } from "./error.ts";

/**
 * Decrypts a sealed text.
 * @throws {@link ChannelError} `channel/bad-iv`, `channel/bad-tag`; BytesError `bytes/bad-utf8`
 */
export function openText(
  aead: Aead,
  iv: Uint8Array,
  cipher: Uint8Array,
  aad: Uint8Array = new Uint8Array(),
): string {
  return fromUtf8(openBytes(aead, iv, cipher, aad));
}

/**
 * Decrypts sealed bytes.
 * @throws {@link ChannelError} `channel/bad-iv`, `channel/bad-tag`
 */
export function openBytes(aead: Aead, iv: Uint8Array, cipher: Uint8Array, aad: Uint8Array): Uint8Array {
  if (iv.length !== 12) throw new ChannelError({ code: "channel/bad-iv", length: iv.length });
  const bytes = aead.open(iv, cipher, aad);
  if (bytes === undefined) throw new ChannelError({ code: "channel/bad-tag" });
  return bytes;
}
