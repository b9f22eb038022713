/**
 * Padding hides the length of a text. The sender pads the text before it seals it, so the ciphertext shows
 * only a size class: 256, 512, 1024, 2048 or 4096 bytes, and above that one of Padmé's lengths, which are at
 * most 12 % longer than the text. Each text has one padded form, and the receiver accepts no other.
 *
 * padded = length u32 LE ‖ text ‖ zeros
 * @see https://doi.org/10.2478/popets-2019-0056 (Padmé: section 4)
 */
import { ChannelError } from "./error.ts";

/**
 * What a shorter text counts as, so that texts below it are equally long. A query has about 800 bytes beside
 * its request, and a signer's claim has 200: a query of 2 KiB may be signed or not, by any kind of key. A
 * reply of 1 KiB may be a refusal, an amount or the execution receipt of a short command.
 * @format
 */
export const leastBytes: Readonly<Record<"command" | "query" | "reply", number>> = {
  command: 0,
  query: 2_000,
  reply: 1_000,
};

/**
 * The bytes before the text, which contain its length.
 * @format
 */
const headBytes = 4;

/** The size classes up to 4 KiB. */
const classes = [256, 512, 1024, 2048, 4096] as const;

/**
 * Pads a text of fewer than 2^30 bytes. If the text is shorter than `least` bytes, the result is as long as
 * for a text of `least` bytes.
 */
export function pad(text: Uint8Array, least: number): Uint8Array {
  const padded = new Uint8Array(paddedLength(Math.max(text.length, least)));
  new DataView(padded.buffer).setUint32(0, text.length, true);
  padded.set(text, headBytes);
  return padded;
}

/**
 * Returns the text in padded bytes, as a view.
 * @param least the `least` with which the sender pads
 * @throws {@link ChannelError} `channel/bad-padding`
 */
export function unpad(padded: Uint8Array, least: number): Uint8Array {
  const text = textIn(padded);
  const isCanonical =
    text !== undefined &&
    padded.length === paddedLength(Math.max(text.length, least)) &&
    padded.subarray(headBytes + text.length).every((byte) => byte === 0);
  if (!isCanonical) throw new ChannelError({ code: "channel/bad-padding" });
  return text;
}

/** Returns the text in padded bytes of any length, as a view; `undefined` if there is none. */
export function textIn(padded: Uint8Array): Uint8Array | undefined {
  if (padded.length < headBytes) return undefined;
  const length = new DataView(padded.buffer, padded.byteOffset).getUint32(0, true);
  return length > padded.length - headBytes ? undefined : padded.subarray(headBytes, headBytes + length);
}

/** The length of a padded text. */
export function paddedLength(textBytes: number): number {
  const bytes = headBytes + textBytes;
  return classes.find((size) => bytes <= size) ?? padme(bytes);
}

/** Rounds up to a length whose mantissa, in binary, has no more digits than its exponent. */
function padme(bytes: number): number {
  const exponent = 31 - Math.clz32(bytes);
  const step = 2 ** (exponent - (32 - Math.clz32(exponent)));
  return Math.ceil(bytes / step) * step;
}
