/** Walks over a value without building it, and collects the remarks in the calls that it contains. */
import { readCompactAny, readCompactU32 } from "../scale/index.ts";
import { type Layouts, special } from "./layout.ts";
import type { ValueReader } from "./value.ts";

/**
 * Walks over one value and the values inside it, in the order of their bytes. It uses neither a stack frame
 * nor an object for each value.
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
  const next = [start]; // layouts still to be read; the next one is at the end
  const times = [1]; // how many times to read each of them

  const push = (layout: number, count: number): void => {
    next.push(layout);
    times.push(count);
  };
  const enter = (layout: number, count: number): void => {
    r.enter(0); // the loop counts each part when it reaches the part
    push(special.leave, 1);
    push(layout, count);
  };
  const pushAll = (parts: readonly number[]): void => {
    for (let i = parts.length - 1; i >= 0; i--) push(parts[i] as number, 1);
  };

  for (let top = 0; top >= 0; top = next.length - 1) {
    r.spend(1);
    const position = next[top] as number;
    const layout = layouts.at(position);
    if (times[top] === 1) {
      next.pop();
      times.pop();
    } else times[top] = (times[top] as number) - 1;
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
        pushAll(layout.parts);
        break;
      case "variant": {
        const tag = r.u8();
        const parts = layout.alternatives.get(tag);
        if (parts === undefined) throw r.badTag("variant", tag);
        pushAll(parts);
        break;
      }
      case "sequence": {
        const count = r.count(layout.elementBytes ?? 1);
        if (layout.elementBytes !== undefined) r.skip(count * layout.elementBytes);
        else if (count > 0) enter(layout.element, count);
        break;
      }
      case "array":
        if (layout.length > 0) push(layout.element, layout.length);
        break;
      case "boxed":
        enter(layout.call, 1);
        break;
      case "leave":
        r.leave();
        break;
      case "remark":
        found(r.vecU8());
        break;
    }
  }
}
