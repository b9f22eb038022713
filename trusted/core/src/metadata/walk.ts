/**
 * Walks over an encoded value without decoding it, and collects the remarks in the calls inside the value.
 */
import { readCompactAny, readCompactU32 } from "../scale/index.ts";
import { MetadataError } from "./error.ts";
import type { Layout, Layouts } from "./layout.ts";
import type { ValueReader } from "./value.ts";

/**
 * How deeply values may be nested where they are only skipped.
 * @limit levels
 * @source chosen: a type that contains itself could nest values without a container between them
 * @past `metadata/too-deep`
 */
const maxOpen = 65_536;

/** Walks over one value to its end. @throws as {@link Walk.run} */
export function walk(
  r: ValueReader,
  layouts: Layouts,
  start: number,
  found: (remark: Uint8Array) => void,
): void {
  new Walk(r, layouts, start, found).run(Infinity);
}

/**
 * A walk over one value and the values inside it, in the order of their bytes. It uses neither a stack frame
 * nor an object for each value. It counts the parts of a value (`spend`) before it reads the first part, and
 * never counts more parts than the reader of the type does. Every value that the reader accepts therefore
 * passes the walk.
 */
export class Walk {
  readonly #r: ValueReader;
  readonly #layouts: Layouts;
  readonly #found: (remark: Uint8Array) => void;
  // The values that the walk is inside, the innermost last: the layouts of each value's parts, the number of
  // parts still to be read, and whether the value is a container. A list of one layout counts for all parts.
  readonly #parts: (readonly number[])[];
  readonly #left = [1];
  readonly #contained = [false];

  /**
   * @param found receives each remark, as a view of the input. The caller must discard the remarks if the
   * walk throws.
   */
  constructor(r: ValueReader, layouts: Layouts, start: number, found: (remark: Uint8Array) => void) {
    this.#r = r;
    this.#layouts = layouts;
    this.#found = found;
    this.#parts = [[start]];
  }

  /**
   * Takes at most `steps` steps, and returns whether the walk has ended.
   * @throws CodecError; MetadataError `metadata/too-deep`, `metadata/too-large`
   */
  run(steps: number): boolean {
    for (let step = 0; step < steps; step++) {
      const top = this.#parts.length - 1;
      if (top < 0) return true;
      const rest = this.#left[top] as number;
      if (rest === 0) {
        this.#close();
        continue;
      }
      this.#left[top] = rest - 1;
      const list = this.#parts[top] as readonly number[];
      this.#enter(this.#layouts.at(list[list.length === 1 ? 0 : list.length - rest] as number));
    }
    return false;
  }

  #enter(layout: Layout): void {
    const r = this.#r;
    switch (layout.kind) {
      case "fixed":
        r.skip(layout.bytes);
        break;
      case "compact":
        readCompactAny(r);
        break;
      case "bits":
        r.skip(Math.ceil(readCompactU32(r) / (8 * layout.storeBytes)) * layout.storeBytes);
        break;
      case "parts":
        this.#open(layout.parts, layout.parts.length);
        break;
      case "variant": {
        const tag = r.u8();
        const alternative = layout.alternatives.get(tag);
        if (alternative === undefined) throw r.badTag("variant", tag);
        this.#open(alternative, alternative.length);
        break;
      }
      case "sequence": {
        const count = r.count(layout.elementBytes ?? 1);
        if (layout.elementBytes !== undefined) r.skip(count * layout.elementBytes);
        else this.#open(layout.element, count, true);
        break;
      }
      case "array":
        this.#open(layout.element, layout.length);
        break;
      case "boxed":
        this.#open(layout.call, 1, true);
        break;
      case "remark":
        this.#found(r.vecU8());
        break;
    }
  }

  #open(list: readonly number[], count: number, isContainer = false): void {
    const r = this.#r;
    r.spend(count);
    if (count === 0) return;
    if (this.#parts.length === maxOpen)
      throw new MetadataError({ code: "metadata/too-deep", offset: r.offset, limit: maxOpen });
    if (isContainer) r.enter(0);
    this.#parts.push(list);
    this.#left.push(count);
    this.#contained.push(isContainer);
  }

  #close(): void {
    this.#parts.pop();
    this.#left.pop();
    if (this.#contained.pop() === true) this.#r.leave();
  }
}
