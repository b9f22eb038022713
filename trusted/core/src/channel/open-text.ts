import { fromUtf8 } from "../bytes/index.ts";
import type { Aead } from "../crypto/index.ts";
import { ChannelError } from "./error.ts";
import { unpad } from "./padding.ts";

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
 * Decrypts a sealed text that was padded with `least`.
 * @throws {@link ChannelError} `channel/bad-iv`, `channel/bad-tag`, `channel/bad-padding`; BytesError
 * `bytes/bad-utf8`
 */
export function openPadded(
  aead: Aead,
  iv: Uint8Array,
  cipher: Uint8Array,
  aad: Uint8Array,
  least: number,
): string {
  return fromUtf8(unpad(openBytes(aead, iv, cipher, aad), least));
}

/**
 * Decrypts sealed bytes.
 * @throws {@link ChannelError} `channel/bad-iv`, `channel/bad-tag`
 */
export function openBytes(aead: Aead, iv: Uint8Array, cipher: Uint8Array, aad: Uint8Array): Uint8Array {
  requireIv(iv);
  const bytes = aead.open(iv, cipher, aad);
  if (bytes === undefined) throw new ChannelError({ code: "channel/bad-tag" });
  return bytes;
}

/**
 * Refuses a message that no key opens. `iv` is `undefined` if the key schedule derives the IV.
 * @throws {@link ChannelError} `channel/bad-iv`; `channel/bad-tag` for a ciphertext shorter than its tag
 */
export function requireOpenable(iv: Uint8Array | undefined, cipher: Uint8Array): void {
  if (iv !== undefined) requireIv(iv);
  if (cipher.length < tagBytes) throw new ChannelError({ code: "channel/bad-tag" });
}

/**
 * The tag at the end of a ciphertext of AES-GCM.
 * @format
 */
const tagBytes = 16;

function requireIv(iv: Uint8Array): void {
  if (iv.length !== 12) throw new ChannelError({ code: "channel/bad-iv", length: iv.length });
}
