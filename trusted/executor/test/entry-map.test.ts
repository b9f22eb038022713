import { describe, expect, it, onTestFinished, vi } from "vitest";
import { EntryMap } from "../src/state/entry-map.ts";

const value = (n: number) => Uint8Array.of(n);

describe("an entry map", () => {
  it("holds what was set last, and nothing that was deleted", () => {
    const map = new EntryMap(7);
    for (let i = 0; i < 5_000; i++) map.set(`path ${i}`, value(i));
    for (let i = 0; i < 5_000; i += 2) map.set(`path ${i}`, value(i + 1));
    for (let i = 0; i < 5_000; i += 5) map.delete(`path ${i}`);
    const left = Array.from({ length: 5_000 }, (_, i) => i).filter((i) => i % 5 !== 0);
    expect([...map.keys()].sort()).toEqual(left.map((i) => `path ${i}`).sort());
    expect(left.map((i) => map.get(`path ${i}`))).toEqual(left.map((i) => value(i % 2 === 0 ? i + 1 : i)));
    expect([map.get("path 0"), map.has("path 0"), map.has("path 1")]).toEqual([undefined, false, true]);
    map.clear();
    expect([...map.keys()]).toEqual([]);
  });

  it.each([0, 1, 0xffff_ffff])("divides its entries among small maps, with the seed %i", (seed) => {
    const map = new EntryMap(seed);
    let largest = 0;
    const set = vi.spyOn(Map.prototype, "set").mockImplementation(function (this: Map<unknown, unknown>) {
      largest = Math.max(largest, ++counts(this).count);
      return this;
    });
    onTestFinished(() => set.mockRestore());
    for (let i = 0; i < 100_000; i++) map.set(`path ${i}`, value(0));
    set.mockRestore();
    expect(largest).toBeLessThan(400);
  });

  it("has an empty copy with the same seed", () => {
    const map = new EntryMap(7);
    map.set("path", value(1));
    const copy = map.emptyCopy();
    expect([...copy.keys()]).toEqual([]);
    copy.set("path", value(2));
    expect(map.get("path")).toEqual(value(1));
  });
});

const counted = new WeakMap<object, { count: number }>();

/** How many entries a test has set in a map. */
function counts(map: object): { count: number } {
  const known = counted.get(map);
  if (known !== undefined) return known;
  const none = { count: 0 };
  counted.set(map, none);
  return none;
}
