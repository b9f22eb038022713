/**
 * Walks over an encoded value without decoding it, and collects the remarks in the calls inside the value.
 */
import { readCompactAny, readCompactU32 } from "../scale/index.ts";
import { MetadataError } from "./error.ts";
import type { Layouts } from "./layout.ts";
import type { ValueReader } from "./value.ts";

/**
 * How deeply values may be nested where they are only skipped.
 * @limit levels
 * @source chosen: a type that contains itself could nest values without a container between them
 * @past `metadata/too-deep`
 */
const maxOpen = 65_536;

/**
 * Walks over one value and the values inside it, in the order of their bytes. It uses neither a stack frame
 * nor an object for each value. It counts the parts of a value (`spend`) before it reads the first part, and
 * never counts more parts than the reader of the type does. Every value that the reader accepts therefore
 * passes the walk.
 * @param found receives each remark, as a view of the input. The caller must discard the remarks if the walk
 * throws.
 * @throws CodecError; MetadataError `metadata/too-deep`, `metadata/too-large`
 */
export function walk(
  r: ValueReader,
  layouts: Layouts,
  start: number,
  found: (remark: Uint8Array) => void,
): void {
  // The values that the walk is inside, the innermost last: the layouts of each value's parts, the number of
  // parts still to be read, and whether the value is a container. A list of one layout counts for all parts.
  const parts: (readonly number[])[] = [[start]];
  const left = [1];
  const contained = [false];

  const open = (list: readonly number[], count: number, isContainer = false): void => {
    r.spend(count);
    if (count === 0) return;
    if (parts.length === maxOpen)
      throw new MetadataError({ code: "metadata/too-deep", offset: r.offset, limit: maxOpen });
    if (isContainer) r.enter(0);
    parts.push(list);
    left.push(count);
    contained.push(isContainer);
  };
  const close = (): void => {
    parts.pop();
    left.pop();
    if (contained.pop() === true) r.leave();
  };

  for (let top = 0; top >= 0; top = parts.length - 1) {
    const rest = left[top] as number;
    if (rest === 0) {
      close();
      continue;
    }
    left[top] = rest - 1;
    const list = parts[top] as readonly number[];
    const layout = layouts.at(list[list.length === 1 ? 0 : list.length - rest] as number);
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
        open(layout.parts, layout.parts.length);
        break;
      case "variant": {
        const tag = r.u8();
        const alternative = layout.alternatives.get(tag);
        if (alternative === undefined) throw r.badTag("variant", tag);
        open(alternative, alternative.length);
        break;
      }
      case "sequence": {
        const count = r.count(layout.elementBytes ?? 1);
        if (layout.elementBytes !== undefined) r.skip(count * layout.elementBytes);
        else open(layout.element, count, true);
        break;
      }
      case "array":
        open(layout.element, layout.length);
        break;
      case "boxed":
        open(layout.call, 1, true);
        break;
      case "remark":
        found(r.vecU8());
        break;
    }
  }
}
