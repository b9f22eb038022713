import {
  equal,
  from0x,
  fromBase64,
  fromHex,
  fromUtf8,
  to0x,
  toBase64,
  toHex,
  utf8,
} from "@pruntime/core/bytes";
import { Broken, canonical, each, type Target } from "../target.ts";

const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");

/**
 * Decodes UTF-8 with the platform's decoder in its strictest mode; `undefined` if the decoder refuses the
 * bytes.
 */
function platformUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function readUtf8(bytes: Uint8Array): string {
  const wanted = platformUtf8(bytes);
  try {
    const text = canonical(bytes, fromUtf8(bytes), utf8);
    if (text !== wanted) throw new Broken("decoded another text than TextDecoder");
    return text;
  } catch (error) {
    if (wanted !== undefined && !(error instanceof Broken))
      throw new Broken("refused a text that TextDecoder accepts");
    throw error;
  }
}

function same(text: string, again: string): void {
  if (text !== again) throw new Broken("an accepted text has another form");
}

export const target: Target = {
  words: ["=", "==", "0x", "A", "/", "+", "-", "_", "\u{10ffff}", "é", "\ufeff", "\0"],
  run: (input) =>
    each(input, {
      utf8: readUtf8,
      hex: (bytes) => {
        const read = fromHex(latin1(bytes));
        same(latin1(bytes).toLowerCase(), toHex(read));
        return read;
      },
      hex0x: (bytes) => {
        const read = from0x(latin1(bytes));
        same(latin1(bytes).toLowerCase(), to0x(read));
        return read;
      },
      base64: (bytes) => {
        const read = fromBase64(latin1(bytes));
        same(latin1(bytes), toBase64(read));
        if (!equal(read, Buffer.from(latin1(bytes), "base64")))
          throw new Broken("decoded other bytes than Buffer");
        return read;
      },
    }),
  genuine: () => ({
    utf8: utf8("ASCII, é, €, 𝄞, \u{10ffff}\ufeff\0"),
    hex: utf8("00ff7fDEADbeef"),
    "hex-0x": utf8("0x00ff7fDEADbeef"),
    base64: utf8(toBase64(Uint8Array.from({ length: 64 }, (_, i) => 4 * i + 3))),
    "base64-padded": utf8(toBase64(new Uint8Array(31).fill(0xfb))),
  }),
};
