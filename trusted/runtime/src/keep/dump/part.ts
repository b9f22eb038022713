/**
 * The parts of a dump: `length u32 ‖ bytes` each, one after another through all pages. A part is small enough
 * to be written or read in one unit of work.
 */
import { concat } from "@pruntime/core/bytes";
import { u32At, Writer } from "@pruntime/core/scale";
import type { Work } from "@pruntime/core/work";
import { DumpError } from "../error.ts";
import { fullContentBytes, type Page, toNextStep } from "./page.ts";

/**
 * One part of a dump.
 * @limit bytes
 * @source chosen: room for a chain's metadata and for the longest value of an entry
 * @past `dump/inconsistent`
 */
const maxPartBytes = 16 << 20;

/** The bytes that a part takes in a dump. */
export function bytesOf(part: Uint8Array): number {
  return 4 + part.length;
}

/** Zeros, as a part, after which the parts of a dump have a multiple of 64 KiB. */
export function fillerAfter(bytes: number): Uint8Array {
  return new Uint8Array(toNextStep(bytes + 4));
}

/** Cuts the parts of a dump into pages. */
export class Pager {
  readonly #parts: Iterator<Uint8Array, void>;
  #rest: Uint8Array = new Uint8Array();
  /** The index of the next page. `undefined` after the last page. */
  next: number | undefined = 0;

  constructor(parts: Iterator<Uint8Array, void>) {
    this.#parts = parts;
  }

  /**
   * Returns the next page.
   * @param limit the greatest length of its content, in bytes
   * @throws what the parts throw
   */
  *page(limit: number = fullContentBytes): Work<Page> {
    const w = new Writer().raw(this.#rest);
    let length = this.#rest.length;
    while (length <= limit) {
      const { done, value } = this.#parts.next();
      if (done === true) break;
      w.u32(value.length).raw(value);
      length += bytesOf(value);
      yield;
    }
    const content = w.finish();
    this.#rest = content.slice(limit);
    const last = length <= limit;
    this.next = last ? undefined : (this.next ?? 0) + 1;
    return { last, content: content.subarray(0, limit) };
  }
}

/** Finds the parts in the contents of pages. */
export class PartReader {
  #rest: Uint8Array = new Uint8Array();

  /** How many bytes were taken that are not a whole part yet. */
  get left(): number {
    return this.#rest.length;
  }

  /**
   * The parts that end in the next page.
   * @throws {@link DumpError} `dump/inconsistent`
   */
  *take(content: Uint8Array): Generator<Uint8Array, void> {
    const bytes = concat(this.#rest, content);
    let at = 0;
    while (bytes.length - at >= 4) {
      const length = u32At(bytes, at);
      if (length > maxPartBytes) throw new DumpError({ code: "dump/inconsistent", what: "length" });
      if (bytes.length - at - 4 < length) break;
      yield bytes.subarray(at + 4, at + 4 + length);
      at += 4 + length;
    }
    this.#rest = bytes.slice(at);
  }
}
