/**
 * The pages of a dump. A page is `last u8 ‖ content length u32 ‖ content ‖ zeros`. Content and zeros together
 * have a multiple of 64 KiB, so that the host learns little from their length. Every page except the last is
 * full. The enclave seals each page together with the dump's id and the page's index.
 */
import { Reader, Writer } from "@pruntime/core/scale";
import { DumpError } from "../error.ts";

/**
 * The length of a page's content and its padding is a multiple of this length.
 * @format
 */
const stepBytes = 64 << 10;

/**
 * The content of a page of a dump. Every page except the last has this much.
 * @limit bytes
 * @source chosen: sealing a page and writing it in base64 is one short unit of work
 * @past the next page begins
 */
export const fullContentBytes: number = 512 << 10;

/** A page, without its padding. */
export interface Page {
  /** Whether the dump ends with this page. */
  readonly last: boolean;
  readonly content: Uint8Array;
}

/** Writes a page, with its padding. */
export function encodePage({ last, content }: Page): Uint8Array {
  const padding = new Uint8Array(toNextStep(content.length));
  return new Writer().bool(last).u32(content.length).raw(content).raw(padding).finish();
}

/**
 * Reads a page, or a whole dump, which is a single page of any length. The content is a view.
 * @throws {@link DumpError} `dump/bad-page`; CodecError
 */
export function decodePage(bytes: Uint8Array): Page {
  const r = new Reader(bytes);
  const last = r.bool();
  const content = r.take(r.u32());
  const isPadded = r.left === toNextStep(content.length) && r.take(r.left).every((byte) => byte === 0);
  if (!isPadded || (!last && content.length !== fullContentBytes))
    throw new DumpError({ code: "dump/bad-page" });
  return { last, content };
}

/** How many bytes are missing from this many bytes to the next multiple of {@link stepBytes}. */
export function toNextStep(bytes: number): number {
  return Math.ceil(bytes / stepBytes) * stepBytes - bytes;
}
